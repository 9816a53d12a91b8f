/**
 * Interface wording: one JSON file per language and part, loaded when a page first needs it. The Chinese wording of the
 * first pages comes with the program.
 */

import i18next from "i18next";
import type { BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import common from "../locales/zh-CN/common.json" with { type: "json" };
import overview from "../locales/zh-CN/overview.json" with { type: "json" };
import session from "../locales/zh-CN/session.json" with { type: "json" };
import { preferences } from "./preferences.ts";
import type { Language } from "./preferences.ts";

const first = { "zh-CN": { common, overview, session } };
const files = import.meta.glob<{ default: Record<string, unknown> }>([
  "../locales/*/*.json",
  "!../locales/zh-CN/{common,overview,session}.json",
  "!../locales/*/answer.json", // a page of its own, which brings its wording along
]);

const backend: BackendModule = {
  type: "backend",
  init() {
    // nothing to set up: the files are part of the build
  },
  read(language, part, done) {
    const load = files[`../locales/${language}/${part}.json`];
    if (load === undefined) done(new Error(`no wording for ${language}/${part}`), false);
    else
      load().then(
        ({ default: wording }) => done(null, wording),
        (error: Error) => done(error, false),
      );
  },
};

/** Starts with the wording every page needs and, so that the first page need not ask again, with that of `part`. */
export async function startWording(part: string): Promise<void> {
  const language = preferences().language;
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      resources: first,
      partialBundledLanguages: true,
      fallbackLng: false,
      ns: `../locales/${language}/${part}.json` in files ? ["common", part] : ["common"],
      defaultNS: "common",
      interpolation: { escapeValue: false }, // React escapes
      react: { useSuspense: true },
    });
  document.documentElement.lang = language;
}

export async function speak(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
