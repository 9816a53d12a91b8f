/** Wording of the page of people who answer; it comes with the script, so that nothing more has to travel. */

import chinese from "../../../locales/zh-CN/answer.json" with { type: "json" };

type Wording = typeof chinese;
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** Sentences by key, e.g. "refused.closed", with their values put in. */
export function sayFrom(wording: Wording): Say {
  return (key, values = {}) => {
    let found: unknown = wording;
    for (const part of key.split("."))
      found = typeof found === "object" && found !== null ? Reflect.get(found, part) : undefined;
    const sentence = typeof found === "string" ? found : key;
    return sentence.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ""));
  };
}

export const sayChinese = sayFrom(chinese);
