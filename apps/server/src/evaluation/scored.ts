/** Scorecards of evaluations, computed once for each state of their inputs. */

import { may } from "@xingfu/domain/access";
import { canonicalText } from "@xingfu/domain/base";
import { countedRatings, scoreScheme, sees } from "@xingfu/domain/scheme";
import type { EvaluationState, Material, Rating, Scheme, Scorecard } from "@xingfu/domain/scheme";
import { listResults, loadScoringInputs, readRoundScheme } from "@xingfu/store";
import type { EvaluationHead, ScoringInput, Transaction } from "@xingfu/store";
import { sha256 } from "../hash.ts";
import { Recent } from "../recent.ts";
import { reachOf } from "../session/sessions.ts";
import type { SignedIn } from "../session/sessions.ts";
import { hashOf } from "./schemes.ts";

export interface Scored {
  readonly card: Scorecard;
  /** hex sha256 over the canonical text of scheme, evidence and ratings */
  readonly hash: string;
  /** null while it is not decided; then the card is that of the decision */
  readonly decidedAt: string | null;
}

export interface RoundScheme {
  readonly scheme: Scheme;
  readonly hash: string;
}

/** Scorecards held at once: some rounds of a large district. */
const mostCards = 2000;
/** Schemes held at once. */
const mostSchemes = 100;

/** Whether the actor sees a material of an evaluation, by any side; everybody who sees the evaluation is at least a reader. */
export function maySee(head: Pick<EvaluationHead, "sides" | "state">, material: Material): boolean {
  return [...head.sides, "reader" as const].some((viewer) => sees(viewer, material, head.state));
}

export class Scores {
  readonly #schemes = new Recent<RoundScheme>(mostSchemes);
  readonly #cards = new Map<string, Scored>();

  /** The scheme a round was planned with. The actor must be able to see the round. */
  async schemeOf(tx: Transaction, roundId: number): Promise<RoundScheme> {
    return this.#schemes.get(`${tx.districtId}/${roundId}`, async () => {
      const scheme = await readRoundScheme(tx, roundId);
      return { scheme, hash: hashOf(scheme) };
    });
  }

  /**
   * Scorecards by evaluation, of those whose scorecard the actor may see at their state. Everybody who may see a scorecard
   * sees all its inputs, so it is the same for all and can be kept for the revision of its evaluation.
   */
  async of(tx: Transaction, heads: readonly EvaluationHead[]): Promise<ReadonlyMap<number, Scored>> {
    const scored = new Map<number, Scored>();
    const missing: EvaluationHead[] = [];
    for (const head of heads) {
      if (!maySee(head, "scorecard")) continue;
      const known = this.#cards.get(keyOf(tx, head));
      if (known === undefined) missing.push(head);
      else scored.set(head.id, known);
    }
    if (missing.length === 0) return scored;
    const decided = await listResults(
      tx,
      missing.filter(({ state }) => isDecided(state)).map(({ id }) => id),
    );
    const open = missing.filter(({ id }) => !decided.has(id));
    const inputs =
      open.length === 0
        ? new Map<number, ScoringInput>()
        : await loadScoringInputs(
            tx,
            open.map(({ id }) => id),
          );
    for (const head of missing) {
      const result = decided.get(head.id);
      const input = inputs.get(head.id);
      let own: Scored;
      if (result !== undefined) own = { card: result.scorecard, hash: result.hash, decidedAt: result.decidedAt };
      else if (input === undefined) continue;
      else own = scoreInput(await this.schemeOf(tx, head.roundId), input);
      this.#keep(keyOf(tx, head), own);
      scored.set(head.id, own);
    }
    return scored;
  }

  /** The scorecard of the inputs as they stand in this transaction, whatever was computed before. */
  async afresh(tx: Transaction, head: EvaluationHead): Promise<Scored> {
    const input = (await loadScoringInputs(tx, [head.id])).get(head.id);
    if (input === undefined) throw new RangeError(`no inputs of evaluation ${head.id}`);
    return scoreInput(await this.schemeOf(tx, head.roundId), input);
  }

  #keep(key: string, scored: Scored): void {
    this.#cards.set(key, scored);
    for (const oldest of this.#cards.keys()) {
      if (this.#cards.size <= mostCards) break;
      this.#cards.delete(oldest);
    }
  }
}

function keyOf(tx: Transaction, head: EvaluationHead): string {
  return `${tx.districtId}/${head.id}/${head.revision}`;
}

export function isDecided(state: EvaluationState): boolean {
  return state === "decided" || state === "published";
}

/** Every rating of an input: the school's own, the inspectors' that count, and surveys. */
export function ratingsOf(scheme: Scheme, input: ScoringInput): readonly Rating[] {
  const self = scheme.parties.find((party) => party.isSelf)?.id;
  return [
    ...(self === undefined ? [] : input.self.map((rating) => ({ ...rating, party: self, rater: "school" }))),
    ...countedRatings(input.entries, input.moderated),
    ...input.surveys.map(({ node, party, satisfied, answers }) => ({
      node,
      party,
      rater: "survey",
      judgement: { kind: "survey" as const, satisfied, answers },
    })),
  ];
}

/** The scorecard of an input by a scheme. */
export function scoreInput({ scheme, hash }: RoundScheme, input: ScoringInput): Scored {
  const ratings = ratingsOf(scheme, input);
  const inOrder = <T>(items: readonly T[]) =>
    items
      .map((item) => canonicalText(item))
      .toSorted()
      .join(",");
  const { documents, figures, exemptions, vetoes } = input.evidence;
  const text = [hash, ...[documents, figures, exemptions, vetoes, ratings].map((list) => inOrder<unknown>(list))];
  return { card: scoreScheme(scheme, input.evidence, ratings), hash: sha256(text.join("\n")), decidedAt: null };
}

/** Names who sees the same of every evaluation: the same roles on the same nodes; of inspectors each sees his own. */
export function seesAs(session: SignedIn): string {
  const isReviewer = may(session.grants, "evaluation.review");
  return isReviewer ? `${reachOf(session)} ${session.actor.accountId}` : reachOf(session);
}
