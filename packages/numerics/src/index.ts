/**
 * Mathematics for everyone else: knows no school, does no input or output.
 *
 * Terms. A *formula* says which columns explain the outcome and which *groups* have effects of their own; a *fit* is the
 * frozen result; *conditional modes* are the groups' estimated effects, shrunken towards 0; a *summary* is what a fit
 * needs of some rows, and summaries add up.
 */
export * from "./fault.ts";
export * from "./random.ts";
export * from "./distribution/continuous.ts";
export { mixtureQuantile } from "./distribution/mixture.ts";
export type { MixtureTerm } from "./distribution/mixture.ts";
export { krippendorffAlpha } from "./agreement/alpha.ts";
export type { AlphaMetric, AlphaOptions, KrippendorffAlpha } from "./agreement/alpha.ts";
export { intraclassCorrelations } from "./agreement/intraclass.ts";
export type { Intraclass, IntraclassCorrelations, IntraclassForms } from "./agreement/intraclass.ts";
export type { RatingMatrix } from "./agreement/ratings.ts";
export { eigenSymmetric } from "./linear/eigen.ts";
export { columnsOfFormula, parseFormula } from "./mixed/formula.ts";
export type { ColumnUse, Formula } from "./mixed/formula.ts";
export { factorOf } from "./mixed/table.ts";
export type { FactorColumn, NumericArray, Table, TableColumn } from "./mixed/table.ts";
export type { MissingRows } from "./mixed/design.ts";
export { fitMixed, groupEffects } from "./mixed/fit.ts";
export type {
  FitNote,
  FitOptions,
  FitReport,
  FixedEffect,
  GroupEffects,
  MixedFit,
  RandomEffect,
  StopSignal,
} from "./mixed/fit.ts";
export { fitSummaries, mergeSummaries, summarizeGroups, summarizeRows } from "./mixed/summary.ts";
export type { GroupSums, MixedSummary, SummaryOptions } from "./mixed/summary.ts";
export { componentIntervals } from "./mixed/intervals.ts";
export type { ComponentInterval } from "./mixed/intervals.ts";
export { fittedValues, predictRows, residualsOf } from "./mixed/predict.ts";
export type { Prediction, PredictionPart } from "./mixed/predict.ts";
export { bootstrapFit, simulateOutcome } from "./mixed/simulate.ts";
export { compareFits } from "./mixed/compare.ts";
export type { LikelihoodRatio } from "./mixed/compare.ts";
export { fitQuantiles, growthTaus } from "./quantile-regression/fit.ts";
export type { QuantileFit, QuantileOptions } from "./quantile-regression/fit.ts";
export { conditionalQuantiles, growthPercentiles } from "./quantile-regression/percentile.ts";
export type { GrowthCohort, GrowthNote, GrowthOptions, GrowthPercentiles } from "./quantile-regression/percentile.ts";
export type { SimexOptions } from "./quantile-regression/simex.ts";
export { conventionalKnots } from "./quantile-regression/spline.ts";
export type { SplineKnots } from "./quantile-regression/spline.ts";
export { growthToStandard } from "./quantile-regression/target.ts";
export type { GrowthTarget, TargetOptions } from "./quantile-regression/target.ts";
