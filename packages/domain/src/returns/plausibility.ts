/**
 * Bounds beyond which a reported number is asked about. They are this platform's own working rules (区级规则), not
 * taken from any national document, and only ever warn: about ten times the official thresholds on one side and a
 * tenth on the other, so that a slipped decimal point or a wrong unit shows and an unusual school does not.
 */
export const plausibility = {
  /** pupils of one stage of one school */
  maxPupilsPerStage: 8000,
  /** pupils of one class */
  maxClassSize: 90,
  /** hours of training in five years */
  maxTrainingHours: 3000,
  /** pupils per full-time teacher of one school and stage */
  minPupilsPerTeacher: 2,
  maxPupilsPerTeacher: 60,
  /** per pupil of the school, or of the stage where booked per stage */
  perPupil: [
    { column: "teachingFloorAreaM2", min: 0.5, max: 60, unit: "㎡" },
    { column: "indoorSportsAreaM2", min: 0.01, max: 30, unit: "㎡" },
    { column: "sportsGroundAreaM2", min: 0.3, max: 100, unit: "㎡" },
    { column: "equipmentYuan", min: 50, max: 50_000, unit: "元" },
  ],
  publicFundsYuanPerPupil: { min: 100, max: 50_000 },
  /** schools of last year that are named one by one when they are missing */
  listedGoneSchools: 20,
  /** change against the year before: both the share and the amount must be passed */
  change: {
    pupils: { share: 0.3, least: 50 },
    resources: { share: 0.5, least: 20 },
  },
} as const;
