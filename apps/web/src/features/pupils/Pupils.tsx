/** The pupil roll: reading it in, and looking at one school's names, which is written to the audit. */

import { useQuery } from "@tanstack/react-query";
import type { ClassCount, Pupil, PupilImport } from "@xingfu/contract";
import { labelOf } from "@xingfu/standards";
import { Button, Progress, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { errorWords } from "../../lib/errors.ts";
import { number } from "../../lib/format.ts";
import { forgetReturns, organisationQuery } from "../../lib/query.ts";
import { ownSchools, useMay, useSession, useYear } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { IssueTable } from "../../ui/IssueTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { Loaded } from "../../ui/States.tsx";

export function Pupils() {
  const { t } = useTranslation("pupils");
  const year = useYear();
  const may = useMay();
  return (
    <Page title={t("title")} subtitle={t("common:year.label", { from: year, to: year + 1 })}>
      <p className="answer">{t("answer")}</p>
      {may("return.fill") ? <RollImport /> : null}
      <Roll />
    </Page>
  );
}

const maxBytes = 64 * 1024 * 1024;
const askAgainMs = 700;

function RollImport() {
  const { t } = useTranslation("pupils");
  const year = useYear();
  const [id, setId] = useState<number | null>(null);
  const [isSending, setSending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ["pupilImport", id],
    queryFn: () => api.readPupilImport({ params: { id: id ?? 0 } }),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? askAgainMs : false),
  });
  const state = query.data?.state;
  useEffect(() => {
    if (state === "loaded") void forgetReturns();
  }, [state]);
  const send = async (file: File): Promise<void> => {
    setRefusal(null);
    setSending(true);
    try {
      const started = await api.importPupils({ params: { year }, file: { blob: file, fileName: file.name } });
      setId(started.id);
    } catch (error) {
      setRefusal(errorWords(error, t).sentence);
    } finally {
      setSending(false);
    }
  };
  return (
    <Sheet title={t("import.title")} aside={t("import.hint")}>
      <div className="stack">
        <FileDrop
          label={t("import.drop")}
          hint={t("import.dropHint", { megabytes: maxBytes / 1024 / 1024 })}
          accepts={[".xlsx", ".csv"]}
          maxBytes={maxBytes}
          isBusy={isSending || state === "running"}
          onFile={(file) => void send(file)}
        />
        {refusal === null ? null : (
          <div className="note blocking" role="alert">
            {refusal}
          </div>
        )}
        {query.data === undefined ? null : <Outcome result={query.data} />}
      </div>
    </Sheet>
  );
}

function Outcome({ result }: { readonly result: PupilImport }) {
  const { t } = useTranslation("pupils");
  const share =
    result.rowsExpected === null || result.rowsExpected === 0
      ? null
      : Math.min(99, Math.round((result.rowsRead / result.rowsExpected) * 100));
  return (
    <div className="stack tight" role="status">
      <p>
        {t(`import.state.${result.state}`, {
          name: result.fileName,
          rows: number(result.rowsRead),
          errors: result.errorCount,
          warnings: result.warningCount,
        })}
      </p>
      {result.state === "running" ? (
        <Progress
          percent={share ?? 100}
          status="active"
          {...(share === null ? { showInfo: false } : {})}
          aria-label={t("import.progress")}
        />
      ) : null}
      {result.refusal === null ? null : (
        <div className="note blocking">
          {t(`common:error.${result.refusal.code}`, { defaultValue: t("common:error.UNEXPECTED") })}
        </div>
      )}
      {result.issues.length === 0 ? null : <IssueTable issues={result.issues} title={t("import.issues")} />}
    </div>
  );
}

function Roll() {
  const { t } = useTranslation("pupils");
  const session = useSession();
  const may = useMay();
  const own = ownSchools(session);
  const organisation = useQuery(organisationQuery());
  const [school, setSchool] = useState<string | null>(own[0] ?? null);
  const [isShown, setShown] = useState(false);
  const schools = (organisation.data?.nodes ?? []).flatMap((node) =>
    node.kind === "school" && node.code !== null && (own.length === 0 || own.includes(node.code))
      ? [{ value: node.code, label: `${node.name}（${node.code}）` }]
      : [],
  );
  return (
    <Sheet title={t("roll.title")} aside={may("pupils.read") ? t("roll.logged") : t("noNames")}>
      <div className="stack">
        <div className="row">
          <Select
            value={school}
            placeholder={t("roll.school")}
            aria-label={t("roll.school")}
            showSearch={{ optionFilterProp: "label" }}
            style={{ width: 340, maxWidth: "80vw" }}
            options={schools}
            onChange={(value) => {
              setSchool(value);
              setShown(false);
            }}
          />
          {may("pupils.read") ? (
            <Button type="primary" disabled={school === null || isShown} onClick={() => setShown(true)}>
              {t("roll.show")}
            </Button>
          ) : null}
        </div>
        {school === null ? <p className="soft">{t("roll.choose")}</p> : <Classes key={`c${school}`} school={school} />}
        {isShown && school !== null ? (
          <Names key={school} school={school} />
        ) : may("pupils.read") ? (
          <p className="soft">{t("roll.hint")}</p>
        ) : null}
      </div>
    </Sheet>
  );
}

/** Pupils per class: what the roll says about the return, without a name. */
function Classes({ school }: { readonly school: string }) {
  const { t } = useTranslation("pupils");
  const year = useYear();
  const query = useQuery({
    queryKey: ["classes", year, school],
    queryFn: () => api.countPupils({ params: { year }, query: { school } }),
  });
  const columns: Column<ClassCount>[] = [
    { key: "className", header: t("roll.class"), width: 140, value: (row) => row.className },
    { key: "stage", header: t("roll.stage"), width: 100, value: (row) => labelOf("stages", row.stage) },
    { key: "grade", header: t("roll.grade"), width: 90, align: "end", kind: "number", value: (row) => row.grade },
    { key: "pupils", header: t("roll.pupils"), width: 110, align: "end", kind: "number", value: (row) => row.pupils },
    {
      key: "migrant",
      header: t("roll.migrant"),
      width: 120,
      align: "end",
      kind: "number",
      value: (row) => row.migrantPupils,
    },
  ];
  return (
    <Loaded query={query}>
      {({ classes }) => (
        <>
          <p>
            {classes.length === 0
              ? t("roll.none")
              : t("roll.classes", {
                  classes: classes.length,
                  pupils: number(classes.reduce((sum, row) => sum + row.pupils, 0)),
                })}
          </p>
          {classes.length === 0 ? null : (
            <DataTable
              title={t("roll.classTitle")}
              rows={classes}
              columns={columns}
              rowKey={(row) => `${row.stage}|${row.grade}|${row.className}`}
              maxHeight="360px"
              isSearchless
            />
          )}
        </>
      )}
    </Loaded>
  );
}

function Names({ school }: { readonly school: string }) {
  const { t } = useTranslation("pupils");
  const year = useYear();
  const [page, setPage] = useState(1);
  const query = useQuery({
    queryKey: ["pupils", year, school, page],
    queryFn: () => api.listPupils({ params: { year }, query: { school, page, size: 100 } }),
    // names do not stay in the browser's memory longer than they are looked at
    gcTime: 0,
  });
  const columns: Column<Pupil>[] = [
    { key: "name", header: t("roll.name"), width: 120, value: (pupil) => pupil.name },
    { key: "pupilCode", header: t("roll.code"), width: 200, value: (pupil) => pupil.pupilCode },
    {
      key: "sex",
      header: t("roll.sex"),
      width: 70,
      value: (pupil) => (pupil.sex === null ? null : t(`roll.${pupil.sex}`)),
    },
    { key: "birthDate", header: t("roll.birth"), width: 120, value: (pupil) => pupil.birthDate },
    { key: "stage", header: t("roll.stage"), width: 90, value: (pupil) => labelOf("stages", pupil.stage) },
    { key: "grade", header: t("roll.grade"), width: 80, align: "end", kind: "number", value: (pupil) => pupil.grade },
    { key: "className", header: t("roll.class"), width: 120, value: (pupil) => pupil.className },
    { key: "isMigrant", header: t("roll.migrant"), width: 120, value: (pupil) => pupil.isMigrant },
  ];
  return (
    <Loaded query={query}>
      {(list) => (
        <>
          <DataTable
            title={t("roll.title")}
            rows={list.items}
            columns={columns}
            rowKey={(pupil) => pupil.pupilCode}
            isPersonal
            none={t("roll.none")}
          />
          <Pager page={list.page} size={list.size} total={list.total} onPage={setPage} />
        </>
      )}
    </Loaded>
  );
}
