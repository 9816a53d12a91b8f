/** Assessments of the years in the database: loaded, computed once per revision, written as JSON once. */

import type { AssessmentReply, FactsReply, RulesStamp } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "@xingfu/domain/balance";
import type { BalanceAssessment, BalanceFacts, BalanceRules } from "@xingfu/domain/balance";
import { canonicalText } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import { loadDistrictYear, readReach, revision as readRevision } from "@xingfu/store";
import type { Revision, Store } from "@xingfu/store";
import { sha256 } from "../hash.ts";
import type { Metrics } from "../plugins/metrics.ts";
import { PreparedJson } from "../prepared.ts";
import { Refusal } from "../refusal.ts";
import { reachOf } from "../session/sessions.ts";
import type { SignedIn } from "../session/sessions.ts";
import type { SharedReads } from "../shared.ts";
import { Recent } from "../recent.ts";

/** An assessment with its inputs. */
export interface Assessed {
  readonly facts: BalanceFacts;
  readonly rules: BalanceRules;
  /** what the wire says */
  readonly reply: AssessmentReply;
  /** the reply, written */
  readonly json: PreparedJson;
  /** hex sha256 of the canonical text of the facts */
  readonly inputsHash: string;
}

export interface Assessments {
  /**
   * The assessment as the actor may see it: the whole district for roles on the district, else the rows of the
   * actor's own schools. NO_DATA when nothing was reported that the actor may see.
   */
  of(session: SignedIn, year: SchoolYear): Promise<Assessed>;
  /** the engine's input, written */
  factsOf(session: SignedIn, year: SchoolYear): Promise<PreparedJson>;
}

/** Years of districts, and of schools, whose results are kept; a district's takes about 3 MB. */
const mostDistrictYears = 12;
const mostOwnYears = 200;

export function createAssessments(store: Store, metrics: Metrics, shared: SharedReads): Assessments {
  const districts = new Recent<Assessed>(mostDistrictYears);
  const own = new Recent<Assessed>(mostOwnYears);
  const facts = new Recent<PreparedJson>(mostDistrictYears);
  const rulesOf = new Map<SchoolYear, { readonly rules: BalanceRules; readonly stamp: RulesStamp }>();

  function rulesFor(year: SchoolYear): { readonly rules: BalanceRules; readonly stamp: RulesStamp } {
    let known = rulesOf.get(year);
    if (known === undefined) {
      const rules = balanceRules(assessmentDate(year));
      known = { rules, stamp: { id: rules.id, version: rules.version, hash: sha256(canonicalText(rules)) } };
      rulesOf.set(year, known);
    }
    return known;
  }

  async function compute(session: SignedIn, year: SchoolYear, stamp: Revision): Promise<Assessed> {
    metrics.countAssessment("computed");
    const rows = await store.withActor(session.actor, (tx) => loadDistrictYear(tx, year));
    if (rows === null) throw new Refusal("NO_DATA", { schoolYear: year });
    const { rules, stamp: rulesStamp } = rulesFor(year);
    const summary = summarizeDistrict(rows);
    const whole = assessBalance(summary, rules);
    const isWhole = seesDistrict(session);
    const inputsHash = sha256(canonicalText(summary));
    const reply: AssessmentReply = {
      scope: isWhole ? "district" : "own",
      assessment: isWhole ? whole : ownPart(whole),
      inputsHash: isWhole ? inputsHash : null,
      rules: rulesStamp,
      reported: stamp.reported,
    };
    return { facts: summary, rules, reply, json: await PreparedJson.of(reply), inputsHash };
  }

  async function of(session: SignedIn, year: SchoolYear): Promise<Assessed> {
    // asked of the database every time, once for all who see the same and ask at the same moment
    const { revision, reach } = await shared.read(`stamp ${year} ${reachOf(session)}`, () =>
      store.withActor(session.actor, async (tx) => ({
        revision: await readRevision(tx, year),
        reach: await readReach(tx),
      })),
    );
    if (revision.revision === 0) throw new Refusal("NO_DATA", { schoolYear: year });
    // every role that reads the district reads the same of it
    const [kept, seen] = seesDistrict(session) ? [districts, session.actor.districtId] : [own, reach];
    const key = `${seen}/${year}/${revision.revision}`;
    if (kept.has(key)) metrics.countAssessment("cached");
    return kept.get(key, () => compute(session, year, revision));
  }

  return {
    of,

    async factsOf(session, year) {
      const assessed = await of(session, year);
      const key = `${session.actor.districtId}/${year}/${assessed.inputsHash}`;
      return facts.get(key, async () => {
        const reply: FactsReply = {
          facts: assessed.facts,
          rules: assessed.rules,
          inputsHash: assessed.inputsHash,
          rulesHash: assessed.reply.rules.hash,
        };
        return PreparedJson.of(reply);
      });
    },
  };
}

/** Whether a role of the session reads the district as a whole. */
export function seesDistrict(session: SignedIn): boolean {
  return may(session.grants, "assessment.read");
}

/**
 * The part of an assessment of some schools that holds for each of them alone. What is said of a district cannot be
 * said of some of its schools, so it is left out, not computed from them.
 */
function ownPart(assessment: BalanceAssessment): BalanceAssessment {
  return {
    ...assessment,
    cv: [],
    items: [],
    vetoes: [],
    satisfaction: { ...assessment.satisfaction, value: null, verdict: "notComputable", parties: [] },
    parts: {
      resources: "notComputable",
      government: "notComputable",
      quality: "notComputable",
      recognition: "notComputable",
      vetoes: "notComputable",
      precondition: "notComputable",
    },
    verdict: "notComputable",
    gaps: assessment.gaps.filter((gap) => gap.schoolCode !== null && /^R\d$/.test(gap.subject)),
  };
}
