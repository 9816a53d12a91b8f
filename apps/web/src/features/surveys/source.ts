/** The survey the pages below show. */

import type { Survey } from "@xingfu/contract";
import { createContext, useContext } from "react";

export const SurveyContext = createContext<Survey | null>(null);

export function useSurvey(): Survey {
  const survey = useContext(SurveyContext);
  if (survey === null) throw new Error("a page of a survey was drawn without it");
  return survey;
}
