/** The organisation as it stood on a day: district, groups, schools, campuses. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { OrgNode } from "@xingfu/contract";
import { labelOf } from "@xingfu/standards";
import { DatePicker } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { today } from "../../lib/format.ts";
import { organisationQuery } from "../../lib/query.ts";
import { Page, Sheet } from "../../ui/Page.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { Loaded } from "../../ui/States.tsx";
import "./orgs.css";

export function Organisation() {
  const { t } = useTranslation("orgs");
  const [on, setOn] = useState<Dayjs | null>(null);
  const [now] = useState(() => dayjs(today()));
  const [search, setSearch] = useState("");
  const searched = useDeferredValue(search.trim());
  const query = useQuery(organisationQuery(on === null ? undefined : on.format("YYYY-MM-DD")));
  return (
    <Page title={t("tree.title")} subtitle={t("tree.subtitle")}>
      <div className="row gap-m no-print">
        <label className="row">
          {t("tree.on")}
          <DatePicker value={on ?? now} onChange={setOn} />
        </label>
        <SearchBox value={search} onChange={setSearch} label={t("tree.search")} />
      </div>
      <Loaded query={query} lines={10}>
        {({ nodes, on: shown }) => <Tree nodes={nodes} on={shown} search={searched} />}
      </Loaded>
    </Page>
  );
}

interface Branch {
  readonly key: string;
  readonly name: string;
  readonly kind: string | null;
  readonly schools: readonly OrgNode[];
}

/** Schools below the group they belong to on the day; those without a group stand last. */
export function branches(nodes: readonly OrgNode[], withoutGroup: string): Branch[] {
  const schools = nodes.filter((node) => node.kind === "school");
  const groups = nodes
    .filter((node) => node.kind === "group")
    .map((group) => ({
      key: String(group.id),
      name: group.name,
      kind: group.type,
      schools: schools.filter((school) => school.groupId === group.id),
    }));
  const loose = schools.filter((school) => school.groupId === null);
  return loose.length === 0 ? groups : [...groups, { key: "none", name: withoutGroup, kind: null, schools: loose }];
}

function Tree({
  nodes,
  on,
  search,
}: {
  readonly nodes: readonly OrgNode[];
  readonly on: string;
  readonly search: string;
}) {
  const { t } = useTranslation("orgs");
  const found = branches(nodes, t("tree.noGroup"))
    .map((branch) => ({
      ...branch,
      schools:
        search === "" || branch.name.includes(search)
          ? branch.schools
          : branch.schools.filter((school) => school.name.includes(search) || school.code === search),
    }))
    .filter((branch) => search === "" || branch.schools.length > 0 || branch.name.includes(search));
  const campuses = Map.groupBy(
    nodes.filter((node) => node.kind === "campus"),
    (node) => node.parentId,
  );
  const kinds = [...new Set(found.map((branch) => branch.kind))];
  const schools = nodes.filter((node) => node.kind === "school").length;
  const groups = nodes.filter((node) => node.kind === "group").length;
  return (
    <>
      <p className="answer">{t("tree.answer", { on, groups, schools })}</p>
      {kinds.map((kind) => (
        <Sheet
          key={kind ?? "none"}
          title={kind === null ? t("tree.noGroup") : t(`common:groupKind.${kind}`, { defaultValue: kind })}
        >
          <div className="branches">
            {found
              .filter((branch) => branch.kind === kind)
              .map((branch) => (
                <details key={branch.key} open={search !== ""}>
                  <summary>
                    <strong>{branch.name}</strong>{" "}
                    <span className="soft">{t("tree.count", { count: branch.schools.length })}</span>
                  </summary>
                  <ul>
                    {branch.schools.map((school) => (
                      <li key={school.id}>
                        {school.code === null ? (
                          school.name
                        ) : (
                          <Link to="/schools/$code" params={{ code: school.code }}>
                            {school.name}
                          </Link>
                        )}{" "}
                        <span className="small faint">
                          {school.type === null ? null : labelOf("schoolTypes", school.type)}
                          {school.clusterName === null ? null : ` · ${school.clusterName}`}
                        </span>
                        {(campuses.get(school.id) ?? []).map((campus) => (
                          <div key={campus.id} className="small soft campus">
                            {campus.name}
                          </div>
                        ))}
                      </li>
                    ))}
                  </ul>
                </details>
              ))}
          </div>
        </Sheet>
      ))}
    </>
  );
}
