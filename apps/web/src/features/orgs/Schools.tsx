/** Every school and kindergarten of the district, each with its dossier. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { OrgNode } from "@xingfu/contract";
import { labelOf } from "@xingfu/standards";
import { useTranslation } from "react-i18next";
import { organisationQuery } from "../../lib/query.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";

export function Schools() {
  const { t } = useTranslation("orgs");
  const query = useQuery(organisationQuery());
  return (
    <Page title={t("schools.title")}>
      <Loaded query={query} lines={9}>
        {({ nodes }) => <List nodes={nodes} />}
      </Loaded>
    </Page>
  );
}

function List({ nodes }: { readonly nodes: readonly OrgNode[] }) {
  const { t } = useTranslation("orgs");
  const schools = nodes.filter((node) => node.kind === "school" || node.kind === "campus");
  const groups = new Map(nodes.filter((node) => node.kind === "group").map((node) => [node.id, node.name]));
  const types = [...new Set(schools.map((node) => labelOf("schoolTypes", node.type ?? "")))].toSorted();
  const groupOf = (node: OrgNode): string | null => (node.groupId === null ? null : (groups.get(node.groupId) ?? null));
  const columns: Column<OrgNode>[] = [
    {
      key: "name",
      header: t("schools.name"),
      width: 260,
      value: (node) => node.name,
      render: (node) =>
        node.code === null || node.kind !== "school" ? (
          node.name
        ) : (
          <Link to="/schools/$code" params={{ code: node.code }}>
            {node.name}
          </Link>
        ),
    },
    { key: "code", header: t("schools.code"), width: 130, value: (node) => node.code },
    {
      key: "type",
      header: t("schools.type"),
      width: 170,
      value: (node) => labelOf("schoolTypes", node.type ?? ""),
      choices: types.map((type) => ({ value: type, label: type })),
    },
    {
      key: "group",
      header: t("schools.group"),
      width: 220,
      value: groupOf,
      choices: [...groups.values()].toSorted().map((name) => ({ value: name, label: name })),
    },
    { key: "cluster", header: t("schools.cluster"), width: 130, value: (node) => node.clusterName },
  ];
  return (
    <>
      <p className="answer">{t("schools.answer", { schools: schools.length, groups: groups.size })}</p>
      <Sheet isFlush>
        <DataTable
          title={t("schools.title")}
          rows={schools}
          columns={columns}
          rowKey={(node) => String(node.id)}
          firstSort={{ key: "name", isDown: false }}
          maxHeight="min(74vh, 860px)"
        />
      </Sheet>
    </>
  );
}
