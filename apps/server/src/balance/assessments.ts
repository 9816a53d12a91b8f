/** Assessments of the years in the database: loaded, computed once per revision, written as JSON once. */

import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { AssessmentReply, FactsReply, RulesStamp } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "@xingfu/domain/balance";
import type { BalanceAssessment, BalanceFacts, BalanceRules } from "@xingfu/domain/balance";
import { canonicalText } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import { listYears, loadDistrictYear, revision } from "@xingfu/store";
import type { Revision, Store } from "@xingfu/store";
import type { Metrics } from "../plugins/metrics.ts";
import { Refusal } from "../refusal.ts";
import { PreparedJson } from "../serve.ts";
import type { SignedIn } from "../session/sessions.ts";
import { Recent } from "./recent.ts";

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
  /** oldest first, one per year with data */
  history(session: SignedIn): Promise<PreparedJson>;
}

/** Years of districts, and of schools, whose results are kept; a district's takes about 3 MB. */
const mostDistrictYears = 12;
const mostOwnYears = 200;

export function createAssessments(store: Store, metrics: Metrics): Assessments {
  const districts = new Recent<Assessed>(mostDistrictYears);
  const own = new Recent<Assessed>(mostOwnYears);
  const facts = new Recent<PreparedJson>(mostDistrictYears);
  const histories = new Recent<PreparedJson>(mostDistrictYears);
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
    return { facts: summary, rules, reply, json: await prepare(reply), inputsHash };
  }

  async function of(session: SignedIn, year: SchoolYear): Promise<Assessed> {
    const stamp = await store.withActor(session.actor, (tx) => revision(tx, year));
    if (stamp.revision === 0) throw new Refusal("NO_DATA", { schoolYear: year });
    const [kept, key] = seesDistrict(session)
      ? [districts, `${session.actor.districtId}/${year}/${stamp.revision}`]
      : [own, `${reachOf(session)}/${year}/${stamp.revision}`];
    if (kept.has(key)) metrics.countAssessment("cached");
    return kept.get(key, () => compute(session, year, stamp));
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
        return prepare(reply);
      });
    },

    async history(session) {
      const years = await store.withActor(session.actor, (tx) => listYears(tx));
      const assessed: Assessed[] = [];
      for (const { year, hasData } of years.toReversed()) {
        if (!hasData) continue;
        try {
          assessed.push(await of(session, year));
        } catch (error) {
          if (!(error instanceof Refusal && error.code === "NO_DATA")) throw error; // other schools' data only
        }
      }
      const key = `${reachOf(session)} ${assessed.map((one) => one.json.etag).join(" ")}`;
      return histories.get(key, () => prepare({ years: assessed.map((one) => one.reply) }));
    },
  };
}

/** Whether a role of the session reads the district as a whole. */
export function seesDistrict(session: SignedIn): boolean {
  return may(session.grants, "assessment.read");
}

/** Who sees the same rows: everybody with the same roles on the same nodes. */
function reachOf(session: SignedIn): string {
  const nodes = session.grants.map((grant) => `${grant.role}@${grant.nodeId}`).toSorted();
  return `${session.actor.districtId} ${nodes.join(" ")}`;
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

const deflate = promisify(gzip);

async function prepare(value: AssessmentReply | FactsReply | { readonly years: readonly AssessmentReply[] }): Promise<PreparedJson> {
  const plain = Buffer.from(JSON.stringify(value));
  return new PreparedJson(`"${sha256(plain).slice(0, 32)}"`, plain, await deflate(plain));
}

function sha256(value: string | Buffer): string {
  return createHash("sha256").update(value).digest("hex");
}
