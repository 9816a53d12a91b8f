import { describe, expect, it } from "vitest";
import { issueMoves, issueStates, issueStatesOfSchool, openIssueMoves, refuseIssueMove } from "./index.ts";

const ask = (to: (typeof issueStates)[number], by: "school" | "commission" | "inspector", note = "说明") => ({
  to,
  by,
  note,
  hasOwner: true,
});

describe("the rectification ledger", () => {
  it("goes from record to closing by way of the school", () => {
    expect(refuseIssueMove("recorded", ask("rectifying", "commission", ""))).toBeNull();
    expect(refuseIssueMove("rectifying", ask("rectified", "school"))).toBeNull();
    expect(refuseIssueMove("rectified", ask("closed", "commission", ""))).toBeNull();
  });

  it("is handed over only with an owner and a day", () => {
    expect(refuseIssueMove("recorded", { ...ask("rectifying", "commission"), hasOwner: false })).toBe("ownerMissing");
  });

  it("lets nobody close their own work", () => {
    expect(refuseIssueMove("rectified", ask("closed", "school"))).toBe("notTheirMove");
    expect(refuseIssueMove("rectifying", ask("closed", "commission"))).toBe("noSuchMove");
    for (const { from, to, by } of issueMoves)
      if (to === "closed") expect({ from, by }).not.toHaveProperty("by", "school");
  });

  it("asks why when something is sent back, withdrawn or done", () => {
    expect(refuseIssueMove("rectified", ask("rectifying", "inspector", " "))).toBe("noteMissing");
    expect(refuseIssueMove("rectifying", ask("rectified", "school", ""))).toBe("noteMissing");
    expect(refuseIssueMove("recorded", ask("withdrawn", "commission", ""))).toBe("noteMissing");
  });

  it("offers each side its own moves", () => {
    expect(openIssueMoves("rectifying", "school")).toEqual(["rectified"]);
    expect(openIssueMoves("recorded", "school")).toEqual([]);
    expect(openIssueMoves("rectified", "commission")).toEqual(["rectifying", "closed"]);
  });

  it("reaches every state, and a school moves only what it sees", () => {
    for (const state of issueStates.slice(1)) expect(issueMoves.map(({ to }) => to)).toContain(state);
    for (const { from, by } of issueMoves) if (by.includes("school")) expect(issueStatesOfSchool).toContain(from);
  });
});
