/**
 * What every solver of a mixed model offers the fit, whatever the shape of its random terms.
 *
 * The model is y = Xβ + Σ_l Z_l u_l + ε with u_g ~ N(0, σ² D_l), D_l = Λ_l Λ_lᵀ, ε ~ N(0, σ² / weight). With
 * V = I + Σ Z_l D_l Z_lᵀ the profiled deviance is
 *
 *     −2 log L = log|V| + ν (1 + log(2π r² / ν)) [+ log|XᵀV⁻¹X| for REML],   ν = n (ML) or n − p (REML)
 *
 * and its derivative by D_l is the symmetric matrix
 *
 *     G_l = Σ_g { K_g − (ν / r²) h_g h_gᵀ [− F_g (XᵀV⁻¹X)⁻¹ F_gᵀ] }
 *     K_g = Z_gᵀV⁻¹Z_g,  h_g = Z_gᵀV⁻¹(y − Xβ),  F_g = Z_gᵀV⁻¹X,   so that d/dΛ = 2 G Λ.
 */

/** A random-effects factor as the solver sees it. */
export interface EngineLevel {
  readonly name: string;
  readonly size: number;
  readonly q: number;
}

/** The solver's answer at given Λ. Everything is in the scale of W. */
export interface Evaluation {
  /** log|V| */
  readonly logDeterminant: number;
  /** r² = (y − Xβ)ᵀ V⁻¹ (y − Xβ) */
  readonly residual: number;
  /** log|XᵀV⁻¹X| */
  readonly logDeterminantX: number;
  /** [p] */
  readonly beta: Float64Array;
  /** [p × p] lower Cholesky factor of XᵀV⁻¹X */
  readonly factorX: Float64Array;
}

/** Derivatives of log|V|, r² and log|XᵀV⁻¹X| by D_l, per level. */
export interface Derivatives {
  /** [q × q] Σ K_g */
  readonly ofLogDeterminant: readonly Float64Array[];
  /** [q × q] Σ h_g h_gᵀ = −d r² */
  readonly ofResidual: readonly Float64Array[];
  /** [q × q] Σ F_g (XᵀV⁻¹X)⁻¹ F_gᵀ = −d log|XᵀV⁻¹X| */
  readonly ofLogDeterminantX: readonly Float64Array[];
  /** [q² × q²] Σ K_g ⊗ K_g, a block of the expected information; absent for many columns */
  readonly information: readonly (Float64Array | undefined)[];
}

/** The effects of one factor at given Λ, in the scale of W. */
export interface LevelEffects {
  /** [size × q] conditional modes */
  readonly modes: Float64Array;
  /** [size × q × q] conditional covariance over σ², β taken as known */
  readonly conditional: Float64Array;
  /** [size × q × q] covariance of prediction error over σ², with the uncertainty of β */
  readonly prediction: Float64Array;
}

export interface Engine {
  readonly levels: readonly EngineLevel[];
  readonly p: number;
  readonly rows: number;
  readonly sumLogWeights: number;
  /** when the search may stop: the decrease of −2 log L that another step promises, weighed against what a step costs */
  readonly tolerance: number;
  /** @param lambda  per level [q × q] row-major, any Λ with ΛΛᵀ = D; `undefined` when V is not positive definite */
  evaluate(lambda: readonly Float64Array[]): Evaluation | undefined;
  /** Derivatives at the point evaluated last. */
  differentiate(): Derivatives;
  /** Effects at the point evaluated last. */
  effects(): readonly LevelEffects[];
}

/** One factor of the model in full, as the fit presents it. */
export interface ModelLevel {
  readonly name: string;
  readonly size: number;
  readonly q: number;
  readonly zIndex: Int32Array;
  readonly zNames: readonly string[];
  readonly blocks: readonly (readonly number[])[];
  readonly levelName: (group: number) => string;
  /** [rows of the table], when fitted from rows */
  readonly codes: Int32Array | null;
}

/** An engine that answers the same Λ asked again from memory: the search, the report and the effects share a point. */
export function remembering(engine: Engine): Engine {
  let asked: readonly Float64Array[] | undefined;
  let answer: Evaluation | undefined;
  let slopes: Derivatives | undefined;
  return {
    ...engine,
    evaluate(lambda) {
      if (asked?.every((known, l) => known.every((value, i) => value === lambda[l]![i]))) return answer;
      asked = lambda.map((own) => own.slice());
      slopes = undefined;
      answer = engine.evaluate(lambda);
      return answer;
    },
    differentiate() {
      slopes ??= engine.differentiate();
      return slopes;
    },
  };
}
