/** What was changed, each with the reported value and a way to take it back. */

import type { BalanceFacts, Change } from "@xingfu/domain/balance";
import { labelOf } from "@xingfu/standards";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { plain, signed } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { reportedValue } from "./what-if.ts";
import type { Cell } from "./what-if.ts";

interface Line {
  readonly change: Change;
  readonly school: string;
  readonly reported: number | null;
}

/** The official name of a changed number, a list's member with its place. */
export function changeLabel(field: string): string {
  const [name = field, member] = field.split(".");
  const whole = labelOf("balanceFields", field);
  if (whole !== field) return whole;
  return member === undefined
    ? labelOf("balanceFields", name)
    : `${labelOf("balanceFields", name)} ${Number(member) + 1}`;
}

export function ChangeList({
  facts,
  changes,
  onReset,
}: {
  readonly facts: BalanceFacts;
  readonly changes: readonly Change[];
  readonly onReset: (cell: Cell) => void;
}) {
  const { t } = useTranslation("balance");
  if (changes.length === 0) return null;
  const names = new Map(facts.schools.map((school) => [school.schoolCode, school.name]));
  const lines: Line[] = changes.map((change) => ({
    change,
    school: names.get(change.schoolCode) ?? change.schoolCode,
    reported: reportedValue(facts, change) ?? null,
  }));
  const columns: Column<Line>[] = [
    { key: "school", header: t("heat.school"), width: 220, value: (line) => line.school },
    {
      key: "stage",
      header: t("gaps.phase"),
      width: 90,
      value: (line) => (line.change.stage === null ? t("whatIf.whole") : t(`common:stage.${line.change.stage}`)),
    },
    { key: "field", header: t("whatIf.field"), width: 230, value: (line) => changeLabel(line.change.field) },
    {
      key: "before",
      header: t("whatIf.before"),
      width: 120,
      align: "end",
      kind: "number",
      value: (line) => line.reported,
      render: (line) => (line.reported === null ? t("common:gap.blank") : plain(line.reported)),
    },
    {
      key: "after",
      header: t("whatIf.after"),
      width: 120,
      align: "end",
      kind: "number",
      value: (line) => line.change.value,
      render: (line) => <strong>{plain(line.change.value)}</strong>,
    },
    {
      key: "difference",
      header: t("whatIf.difference"),
      width: 110,
      align: "end",
      kind: "number",
      value: (line) => (line.reported === null ? null : line.change.value - line.reported),
      render: (line) =>
        line.reported === null ? "–" : signed(line.change.value - line.reported, 2).replace(/\.00$/, ""),
    },
    {
      key: "undo",
      header: t("whatIf.takeBack"),
      width: 96,
      align: "center",
      value: () => null,
      isUnsorted: true,
      render: (line) => (
        <Button size="small" type="text" onClick={() => onReset(line.change)}>
          {t("whatIf.takeBack")}
        </Button>
      ),
    },
  ];
  return (
    <Sheet title={t("whatIf.changes", { count: changes.length })} isFlush>
      <DataTable
        title={t("whatIf.changesName")}
        rows={lines}
        columns={columns}
        rowKey={({ change }) => `${change.schoolCode}|${change.stage ?? ""}|${change.field}`}
        maxHeight="320px"
        isSearchless
      />
    </Sheet>
  );
}
