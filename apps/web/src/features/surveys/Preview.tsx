/** The form as people will see it on a phone: the very page, drawn here without sending anything. */

import type { SurveyParty, SurveyPlan } from "@xingfu/domain/survey";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useIsSample } from "../../lib/session.ts";
import { mountForm } from "./answer/page.ts";
import type { Draft } from "./answer/page.ts";
import { sayChinese } from "./answer/wording.ts";
import "./answer/answer.css";

export function Preview({ plan, party }: { readonly plan: SurveyPlan; readonly party: SurveyParty }) {
  const { t } = useTranslation("surveys");
  const isSample = useIsSample();
  const place = useRef<HTMLDivElement>(null);
  const kept = useRef<Draft | null>(null);
  useEffect(() => {
    const root = place.current;
    const form = plan.forms.find((candidate) => candidate.party === party);
    if (root === null || form === undefined) return;
    mountForm({
      root,
      head: { ...plan, unitName: t("builder.exampleSchool"), isSample },
      form,
      say: sayChinese,
      draft: kept.current,
      keep: (draft) => {
        kept.current = draft;
      },
      toTop: () => root.parentElement?.scrollTo(0, 0),
      send: null,
    });
  }, [plan, party, isSample, t]);
  return (
    <div className="phone">
      <div ref={place} className="survey-answer" lang="zh-CN" />
    </div>
  );
}
