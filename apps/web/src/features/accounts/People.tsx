/** Accounts and the roles they hold: list, create, many at once, disable, unlock, new password. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Account, ImportIssue, IssuedPassword, OrgNode } from "@xingfu/contract";
import { roleNodes, roles } from "@xingfu/domain/access";
import type { Role } from "@xingfu/domain/access";
import { Button, Dropdown, Form, Input, Modal, Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save, saveBlob } from "../../lib/api.ts";
import { csvText } from "../../lib/csv.ts";
import { errorWords } from "../../lib/errors.ts";
import { moment } from "../../lib/format.ts";
import { organisationQuery, queryClient } from "../../lib/query.ts";
import { useSession } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { IssueTable } from "../../ui/IssueTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";

const pageSize = 100;

export function People() {
  const { t } = useTranslation("accounts");
  const [page, setPage] = useState(1);
  const [search, setSearch] = useState("");
  const searched = useDeferredValue(search.trim());
  const [role, setRole] = useState<Role | "all">("all");
  const [dialog, setDialog] = useState<"create" | "bulk" | null>(null);
  const [edited, setEdited] = useState<Account | null>(null);
  const [issued, setIssued] = useState<readonly IssuedPassword[]>([]);
  const query = useQuery({
    queryKey: ["accounts", page, searched, role],
    queryFn: () =>
      api.listAccounts({
        query: {
          page,
          size: pageSize,
          ...(searched === "" ? {} : { search: searched }),
          ...(role === "all" ? {} : { role }),
        },
      }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={t("title")}
      actions={
        <>
          <Button onClick={() => setDialog("bulk")}>{t("bulk.open")}</Button>
          <Button type="primary" onClick={() => setDialog("create")}>
            {t("create.open")}
          </Button>
        </>
      }
    >
      <Loaded query={query} lines={9}>
        {(list) => (
          <>
            <p className="answer">{t("answer", { count: list.total })}</p>
            <Sheet isFlush>
              <AccountTable
                accounts={list.items}
                onEdit={setEdited}
                onIssued={(password) => setIssued([password])}
                tools={
                  <>
                    <SearchBox
                      value={search}
                      onChange={(value) => {
                        setSearch(value);
                        setPage(1);
                      }}
                      label={t("search")}
                    />
                    <label className="tool">
                      {t("role")}
                      <Select<Role | "all">
                        value={role}
                        style={{ minWidth: 140 }}
                        onChange={(value) => {
                          setRole(value);
                          setPage(1);
                        }}
                        options={[
                          { value: "all", label: t("common:table.all") },
                          ...roles.map((value) => ({ value, label: t(`common:role.${value}`) })),
                        ]}
                      />
                    </label>
                  </>
                }
              />
              <Pager page={list.page} size={list.size} total={list.total} onPage={setPage} />
            </Sheet>
          </>
        )}
      </Loaded>
      {dialog === "create" || edited !== null ? (
        <AccountDialog
          account={edited}
          onClose={() => {
            setDialog(null);
            setEdited(null);
          }}
          onIssued={(password) => setIssued([password])}
        />
      ) : null}
      {dialog === "bulk" ? <BulkDialog onClose={() => setDialog(null)} onIssued={setIssued} /> : null}
      {issued.length === 0 ? null : <Issued issued={issued} onClose={() => setIssued([])} />}
    </Page>
  );
}

const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ["accounts"] });

function isLocked(account: Account): boolean {
  return account.lockedUntil !== null && new Date(account.lockedUntil) > new Date();
}

function AccountTable({
  accounts,
  tools,
  onEdit,
  onIssued,
}: {
  readonly accounts: readonly Account[];
  readonly tools: React.ReactNode;
  readonly onEdit: (account: Account) => void;
  readonly onIssued: (password: IssuedPassword) => void;
}) {
  const { t } = useTranslation("accounts");
  const tell = useTell();
  const session = useSession();
  const change = async (
    account: Account,
    body: { readonly isActive?: boolean; readonly unlock?: true; readonly resetPassword?: true },
    words: string,
  ): Promise<void> => {
    try {
      const { issued } = await api.updateAccount({ params: { id: account.id }, body });
      tell.done(words);
      if (issued !== null) onIssued(issued);
      await refresh();
    } catch (error) {
      tell.failure(error);
    }
  };
  const stateWords = (account: Account): string =>
    !account.isActive
      ? t("state.disabled")
      : isLocked(account)
        ? t("state.locked")
        : account.mustChangePassword
          ? t("state.new")
          : t("state.active");
  const columns: Column<Account>[] = [
    { key: "displayName", header: t("displayName"), width: 190, value: (account) => account.displayName },
    { key: "name", header: t("name"), width: 150, value: (account) => account.name },
    {
      key: "roles",
      header: t("roles"),
      width: 360,
      value: (account) =>
        account.roles
          .map((role) => `${t(`common:role.${role.role}`)} · ${role.nodeName}`)
          .join(t("common:list.semicolon")),
      isWrapped: true,
    },
    {
      key: "state",
      header: t("state.title"),
      width: 140,
      value: stateWords,
      render: (account) => (
        <span className={isLocked(account) || !account.isActive ? "verdict attention" : undefined}>
          {stateWords(account)}
        </span>
      ),
    },
    {
      key: "lastSignInAt",
      header: t("lastSignIn"),
      width: 160,
      value: (account) => (account.lastSignInAt === null ? null : moment(account.lastSignInAt)),
      render: (account) =>
        account.lastSignInAt === null ? <span className="faint">{t("never")}</span> : moment(account.lastSignInAt),
    },
    {
      key: "act",
      header: t("actions"),
      width: 130,
      value: () => null,
      isUnsorted: true,
      render: (account) => (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "edit", label: t("act.edit"), onClick: () => onEdit(account) },
              {
                key: "reset",
                label: t("act.reset"),
                onClick: () =>
                  void change(account, { resetPassword: true }, t("act.resetDone", { name: account.displayName })),
              },
              ...(isLocked(account)
                ? [
                    {
                      key: "unlock",
                      label: t("act.unlock"),
                      onClick: () =>
                        void change(account, { unlock: true }, t("act.unlockDone", { name: account.displayName })),
                    },
                  ]
                : []),
              {
                key: "active",
                label: account.isActive ? t("act.disable") : t("act.enable"),
                danger: account.isActive,
                disabled: account.id === session.accountId,
                onClick: () =>
                  void change(
                    account,
                    { isActive: !account.isActive },
                    t(account.isActive ? "act.disableDone" : "act.enableDone", { name: account.displayName }),
                  ),
              },
            ],
          }}
        >
          <Button size="small">{t("act.open")}</Button>
        </Dropdown>
      ),
    },
  ];
  return (
    <DataTable
      title={t("title")}
      rows={accounts}
      columns={columns}
      rowKey={(account) => String(account.id)}
      rowHeight={46}
      tools={tools}
      isSearchless
      maxHeight="min(70vh, 800px)"
    />
  );
}

interface AccountFields {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly { readonly role: Role; readonly nodeId: number }[];
}

function AccountDialog({
  account,
  onClose,
  onIssued,
}: {
  readonly account: Account | null;
  readonly onClose: () => void;
  readonly onIssued: (password: IssuedPassword) => void;
}) {
  const { t } = useTranslation("accounts");
  const tell = useTell();
  const organisation = useQuery(organisationQuery());
  const [form] = Form.useForm<AccountFields>();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const nodes = organisation.data?.nodes ?? [];
  const need = [{ required: true, message: t("create.need") }];

  const submit = async (fields: AccountFields): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    const granted = fields.roles.map(({ role, nodeId }) => ({ role, nodeId }));
    try {
      if (account === null) {
        onIssued(
          await api.createAccount({
            body: { name: fields.name.trim(), displayName: fields.displayName.trim(), roles: granted },
          }),
        );
      } else {
        await api.updateAccount({
          params: { id: account.id },
          body: { displayName: fields.displayName.trim(), roles: granted },
        });
        tell.done(t("create.changed"));
      }
      await refresh();
      onClose();
    } catch (error) {
      setRefusal(errorWords(error, t).sentence);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      open
      width={640}
      title={account === null ? t("create.title") : t("create.editTitle", { name: account.displayName })}
      okText={account === null ? t("create.submit") : t("common:action.save")}
      confirmLoading={isBusy}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<AccountFields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={
          account === null
            ? { roles: [{}] }
            : {
                name: account.name,
                displayName: account.displayName,
                roles: account.roles.map(({ role, nodeId }) => ({ role, nodeId })),
              }
        }
        onFinish={(fields) => void submit(fields)}
      >
        <Form.Item
          name="name"
          label={t("name")}
          extra={t("create.nameHint")}
          rules={[...need, { pattern: /^[\p{L}\p{N}._@-]{2,60}$/u, message: t("create.namePattern") }]}
        >
          <Input disabled={account !== null} maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item name="displayName" label={t("displayName")} rules={need}>
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.List name="roles">
          {(fields, { add, remove }) => (
            <div className="stack tight">
              <span>{t("roles")}</span>
              {fields.map((field) => (
                <RoleLine
                  key={field.key}
                  index={field.name}
                  nodes={nodes}
                  onRemove={fields.length > 1 ? () => remove(field.name) : null}
                />
              ))}
              <div>
                <Button size="small" onClick={() => add({})} disabled={fields.length >= 20}>
                  {t("create.addRole")}
                </Button>
              </div>
            </div>
          )}
        </Form.List>
        {account === null ? (
          <p className="small soft" style={{ marginTop: 12 }}>
            {t("create.passwordHint")}
          </p>
        ) : null}
        {refusal === null ? null : (
          <div className="note blocking" role="alert" style={{ marginTop: 12 }}>
            {refusal}
          </div>
        )}
      </Form>
    </Modal>
  );
}

function RoleLine({
  index,
  nodes,
  onRemove,
}: {
  readonly index: number;
  readonly nodes: readonly OrgNode[];
  readonly onRemove: (() => void) | null;
}) {
  const { t } = useTranslation("accounts");
  const form = Form.useFormInstance<AccountFields>();
  const role = Form.useWatch(["roles", index, "role"], form) as Role | undefined;
  const kinds = role === undefined ? [] : roleNodes[role];
  const options = nodes
    .filter((node) => kinds.includes(node.kind))
    .map((node) => ({ value: node.id, label: node.code === null ? node.name : `${node.name}（${node.code}）` }));
  const need = [{ required: true, message: t("create.need") }];
  return (
    <div className="row" style={{ alignItems: "flex-start" }}>
      <Form.Item name={[index, "role"]} rules={need} style={{ margin: 0, width: 170 }}>
        <Select
          placeholder={t("role")}
          aria-label={t("role")}
          options={roles.map((value) => ({ value, label: t(`common:role.${value}`) }))}
          onChange={(value: Role) => {
            // a role that sits on one kind of node with one node needs no choice
            const fitting = nodes.filter((node) => roleNodes[value].includes(node.kind));
            form.setFieldValue(["roles", index, "nodeId"], fitting.length === 1 ? fitting[0]?.id : undefined);
          }}
        />
      </Form.Item>
      <Form.Item name={[index, "nodeId"]} rules={need} style={{ margin: 0, flex: "1 1 240px" }}>
        <Select
          placeholder={t("create.node")}
          aria-label={t("create.node")}
          showSearch={{ optionFilterProp: "label" }}
          options={options}
        />
      </Form.Item>
      {onRemove === null ? null : (
        <Button type="text" onClick={onRemove}>
          {t("common:action.delete")}
        </Button>
      )}
    </div>
  );
}

function BulkDialog({
  onClose,
  onIssued,
}: {
  readonly onClose: () => void;
  readonly onIssued: (issued: readonly IssuedPassword[]) => void;
}) {
  const { t } = useTranslation("accounts");
  const tell = useTell();
  const [issues, setIssues] = useState<readonly ImportIssue[]>([]);
  const [isBusy, setBusy] = useState(false);
  const send = async (file: File): Promise<void> => {
    setBusy(true);
    try {
      const { created, issues: found } = await api.createAccounts({ file: { blob: file, fileName: file.name } });
      setIssues(found);
      if (created.length > 0) {
        onIssued(created);
        await refresh();
        onClose();
      }
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open width={1080} title={t("bulk.title")} footer={null} onCancel={onClose}>
      <div className="stack">
        <p>{t("bulk.hint")}</p>
        <div>
          <Button
            onClick={() => {
              api.downloadAccountsTemplate().then(save).catch(tell.failure);
            }}
          >
            {t("bulk.template")}
          </Button>
        </div>
        <FileDrop
          label={t("bulk.drop")}
          hint={t("bulk.dropHint")}
          accepts={[".xlsx", ".csv"]}
          maxBytes={4 * 1024 * 1024}
          isBusy={isBusy}
          onFile={(file) => void send(file)}
        />
        {issues.length === 0 ? null : (
          <>
            <div className="note blocking" role="alert">
              {t("bulk.refused", { count: issues.length })}
            </div>
            <IssueTable issues={issues} title={t("bulk.issues")} />
          </>
        )}
      </div>
    </Modal>
  );
}

/** First passwords: shown once, never stored in this browser. */
function Issued({ issued, onClose }: { readonly issued: readonly IssuedPassword[]; readonly onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const download = (): void => {
    const rows = [
      [t("name"), t("displayName"), t("issued.password")],
      ...issued.map((entry) => [entry.name, entry.displayName, entry.password]),
    ];
    saveBlob(new Blob([csvText(rows)], { type: "text/csv;charset=utf-8" }), `${t("issued.file")}.csv`);
  };
  return (
    <Modal
      open
      title={t("issued.title", { count: issued.length })}
      onCancel={onClose}
      closable={false}
      mask={{ closable: false }}
      footer={[
        <Button key="file" onClick={download}>
          {t("issued.download")}
        </Button>,
        <Button key="close" type="primary" onClick={onClose}>
          {t("issued.close")}
        </Button>,
      ]}
    >
      <div className="stack tight">
        <div className="note">{t("issued.hint")}</div>
        <div
          className="table-scroll"
          style={{ maxHeight: 320 }}
          tabIndex={0}
          role="region"
          aria-label={t("issued.title", { count: issued.length })}
        >
          <table className="data-table" style={{ width: "100%" }}>
            <thead>
              <tr>
                <th scope="col">{t("name")}</th>
                <th scope="col">{t("displayName")}</th>
                <th scope="col">{t("issued.password")}</th>
              </tr>
            </thead>
            <tbody>
              {issued.map((entry) => (
                <tr key={entry.accountId} style={{ height: 36 }}>
                  <td>{entry.name}</td>
                  <td>{entry.displayName}</td>
                  <td className="mono">{entry.password}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Modal>
  );
}
