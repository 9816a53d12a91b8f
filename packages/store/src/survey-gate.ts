/** Forms for people without an account: read by link or token, answered once, linked to nobody. */

import type { Form, Sheet, SurveyParty } from "@xingfu/domain/survey";
import type { QueryResultRow } from "pg";
import type { SurveyKey } from "./survey-key.ts";

/** Why a form is not open to whoever holds this key; "open" = it is. */
export type Opening = "open" | "unknown" | "spent" | "full" | "notYet" | "closed";

export interface OpenedForm {
  readonly outcome: Opening;
  readonly title: string;
  readonly asker: string;
  readonly purpose: string;
  readonly opensOn: string;
  readonly closesOn: string;
  readonly districtName: string;
  readonly isSample: boolean;
  /** the school, or the district for who belongs to none; null = the key is not known */
  readonly unitName: string | null;
  readonly party: SurveyParty | null;
  readonly form: Form | null;
}

export interface SurveyGate {
  /** null when there is no such survey */
  readSurveyForm(key: SurveyKey): Promise<OpenedForm | null>;
  /**
   * Stores the sheet and takes the token in one transaction; "stored", or why not. `sheetId`: a random UUID of the
   * browser, so that a sheet whose reply was lost can be sent again and is stored once; closing gives every sheet another.
   */
  answerSurvey(
    key: SurveyKey,
    answer: { readonly party: SurveyParty; readonly sheet: Sheet; readonly sheetId: string },
  ): Promise<{ readonly outcome: Exclude<Opening, "open"> | "stored"; readonly unitId: number | null }>;
  /** notes that `answers` more sheets for this school came from one place; not from where */
  flagSurvey(survey: {
    readonly districtId: number;
    readonly surveyId: number;
    readonly unitId: number;
    readonly answers: number;
  }): Promise<void>;
}

type Ask = <R extends QueryResultRow>(text: string, values: unknown[], name?: string) => Promise<R[]>;

export function surveyGate(ask: Ask): SurveyGate {
  const parts = ({ districtId, surveyId, hash, mac }: SurveyKey): unknown[] => [
    districtId,
    surveyId,
    Buffer.from(hash),
    mac === null ? null : Buffer.from(mac),
  ];
  return {
    async readSurveyForm(key) {
      const [row] = await ask<OpenedForm & { title: string | null }>(
        `select outcome, title, asker, purpose, opens_on as "opensOn", closes_on as "closesOn", district_name as "districtName",
           is_sample as "isSample", unit_name as "unitName", party, form from gate.read_survey($1, $2, $3, $4)`,
        parts(key),
        "gate.read_survey",
      );
      return row === undefined || row.title === null ? null : row;
    },
    async answerSurvey(key, { party, sheet, sheetId }) {
      const [row] = await ask<Awaited<ReturnType<SurveyGate["answerSurvey"]>>>(
        `select outcome, unit_id as "unitId" from gate.answer_survey($1, $2, $3, $4, $5, $6, $7)`,
        [...parts(key), party, JSON.stringify(sheet), sheetId],
        "gate.answer_survey",
      );
      return row ?? { outcome: "unknown", unitId: null };
    },
    async flagSurvey({ districtId, surveyId, unitId, answers }) {
      await ask("select gate.flag_survey($1, $2, $3, $4)", [districtId, surveyId, unitId, answers]);
    },
  };
}
