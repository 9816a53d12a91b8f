/** Drawing from a fitted model, and the parametric bootstrap built on it. */
import { NumericsFault } from "../fault.ts";
import type { Random } from "../random.ts";
import { lowerRoot } from "../linear/eigen.ts";
import { fillColumn } from "./design.ts";
import type { MixedFit } from "./fit.ts";
import { fitDesign, internalsOf, stopCheck } from "./fit.ts";
import { fittedValues } from "./predict.ts";

/**
 * One new outcome from the fitted model: new group effects, new residuals.
 *
 * @returns [rows of the table]; rows not used in the fit are NaN
 */
export function simulateOutcome(fit: MixedFit, random: Random): Float64Array {
  const { source, levels } = internalsOf(fit);
  const outcome = fittedValues(fit, "fixed");
  const { design } = source!;
  const one = new Float64Array(1);
  let entry = 0;
  for (const level of levels) {
    const factor = design.factors.find(({ name }) => name === level.name)!;
    for (const block of level.blocks) {
      const k = block.length;
      const root = lowerRoot(Float64Array.from(fit.random[entry++]!.covariance.flat()), k);
      const effects = new Float64Array(level.size * k);
      for (let g = 0; g < level.size; g++) {
        const draws = block.map(() => random.normal());
        for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) effects[g * k + i]! += root[i * k + j]! * draws[j]!;
      }
      for (let r = 0; r < design.count; r++) {
        const row = design.rows ? design.rows[r]! : r;
        const group = level.codes![row]!;
        for (let i = 0; i < k; i++) {
          const column = factor.columns[block[i]!]!;
          fillColumn(column, design.rows, r, 1, 0, 1, one, 0);
          outcome[row]! += effects[group * k + i]! * one[0]!;
        }
      }
    }
  }
  for (let r = 0; r < design.count; r++) {
    const row = design.rows ? design.rows[r]! : r;
    const weight = design.weights ? design.weights[row]! : 1;
    outcome[row]! += (fit.sigma / Math.sqrt(weight)) * random.normal();
  }
  return outcome;
}

/**
 * Parametric bootstrap: the model is fitted again to outcomes drawn from it.
 *
 * @param draws      number of replicates
 * @param statistic  what to keep of each refit
 * @returns [draws] in order of drawing
 */
export function bootstrapFit<T>(fit: MixedFit, random: Random, draws: number, statistic: (refit: MixedFit) => T): T[] {
  if (!(Number.isInteger(draws) && draws > 0)) {
    throw new NumericsFault("OPTION_INVALID", {
      option: "draws",
      value: String(draws),
      problem: "the number of draws must be a positive whole number",
    });
  }
  const { source } = internalsOf(fit);
  if (!source) {
    throw new NumericsFault("OPTION_INVALID", {
      option: "fit",
      value: "summaries",
      problem: "this fit was made from summaries: it has no rows to draw for",
    });
  }
  const started = performance.now();
  const check = stopCheck(source.options, started);
  return Array.from({ length: draws }, () => {
    const response = simulateOutcome(fit, random);
    return statistic(
      fitDesign({ ...source.design, response }, { ...source.options, method: fit.method }, performance.now(), check),
    );
  });
}
