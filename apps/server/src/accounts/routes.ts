import { routes } from "@xingfu/contract";
import type { IssuedPassword } from "@xingfu/contract";
import type { AccountSheetRow, Issue } from "@xingfu/exchange";
import { createAccounts, listAccounts, readOrganisation, updateAccount } from "@xingfu/store";
import type { AccountChange, NewAccount, OrgNode } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { mediaTypes } from "../media.ts";
import { Refusal } from "../refusal.ts";
import { makePassword, passwordWeakness } from "../session/password.ts";
import { invalid } from "../validation.ts";

export function serveAccounts({ serve, store, passwords, workers }: Deps): void {
  serve(routes.listAccounts, async ({ query, session }) =>
    store.withActor(session.actor, (tx) => listAccounts(tx, query)),
  );

  serve(routes.createAccount, async ({ body, session }) => {
    const password = makePassword();
    const account = { ...body, passwordHash: await passwords.hash(password), mustChangePassword: true };
    const [created] = await store.withActor(session.actor, (tx) => createAccounts(tx, [account]));
    if (created === undefined) throw new Refusal("INTERNAL", {});
    return { accountId: created.id, name: created.name, displayName: body.displayName, password };
  });

  serve(routes.updateAccount, async ({ params, body, session }) => {
    const { resetPassword, ...rest } = body;
    const isSelf = params.id === session.actor.accountId;
    if (isSelf && body.isActive === false) throw invalid("body/isActive", "不能停用自己的账号");
    if (isSelf && body.roles !== undefined) throw invalid("body/roles", "不能更改自己的角色");
    const password = resetPassword === true ? makePassword() : null;
    const change: AccountChange = {
      ...rest,
      ...(password === null ? {} : { passwordHash: await passwords.hash(password) }),
    };
    const account = await store.withActor(session.actor, (tx) => updateAccount(tx, params.id, change));
    const issued =
      password === null
        ? null
        : { accountId: account.id, name: account.name, displayName: account.displayName, password };
    return { account, issued };
  });

  serve(routes.createAccounts, async ({ file, session }) => {
    const { accounts: rows, units, issues, totals } = await workers.run("accounts", file);
    const nodes = await store.withActor(session.actor, (tx) => readOrganisation(tx, {}));
    const unknown = units.filter((unit) => findNode(unit.node, nodes) === undefined);
    const prepared = prepare(rows, nodes);
    const problems = [
      ...unknown.map(({ row, node }) => problemOf(row, "node", node, "组织机构中的学校标识码或集团名称")),
      ...prepared.problems,
    ];
    if (totals.errors > 0 || problems.length > 0) return { created: [], issues: [...issues, ...problems] };

    const hashed: NewAccount[] = [];
    const { accounts } = prepared;
    for (const { row, password, nodeId } of accounts) {
      // one after another: a long sheet leaves room in the queue for people who sign in
      hashed.push({
        name: row.accountName,
        displayName: row.displayName,
        passwordHash: await passwords.hash(password),
        mustChangePassword: true,
        roles: [{ role: row.role, nodeId }],
      });
    }
    const ids = await store.withActor(session.actor, (tx) => createAccounts(tx, hashed));
    const idOf = new Map(ids.map((one) => [one.name, one.id]));
    const created = accounts.map(({ row, password }): IssuedPassword => ({
      accountId: idOf.get(row.accountName) ?? 0,
      name: row.accountName,
      displayName: row.displayName,
      password,
    }));
    return { created, issues };
  });

  serve(routes.downloadAccountsTemplate, async () => ({
    bytes: await workers.run("accountsTemplate", null),
    fileName: "账号导入模板.xlsx",
    mediaType: mediaTypes.xlsx,
  }));
}

interface Prepared {
  readonly row: AccountSheetRow;
  readonly password: string;
  readonly nodeId: number;
}

/** Finds each account's node and gives it a password; a weak one in the sheet is a problem of its row. */
function prepare(
  rows: readonly AccountSheetRow[],
  nodes: readonly OrgNode[],
): { readonly accounts: readonly Prepared[]; readonly problems: readonly Issue[] } {
  const accounts: Prepared[] = [];
  const problems: Issue[] = [];
  for (const row of rows) {
    const node = findNode(row.node, nodes);
    const weakness = row.password === null ? null : passwordWeakness(row.password, row.accountName);
    if (weakness !== null) problems.push(problemOf(row.row, "password", null, weakness));
    if (node !== undefined) accounts.push({ row, password: row.password ?? makePassword(), nodeId: node.id });
  }
  return { accounts, problems };
}

function findNode(name: string | null, nodes: readonly OrgNode[]): OrgNode | undefined {
  if (name === null) return nodes.find((node) => node.kind === "district");
  return nodes.find((node) => node.code === name) ?? nodes.find((node) => node.name === name);
}

function problemOf(row: number, column: "node" | "password", value: string | null, expected: string): Issue {
  const header = column === "node" ? "所属单位" : "初始密码";
  return {
    sheet: "账号",
    section: null,
    row,
    column: null,
    header,
    code: "NOT_IN_LIST",
    severity: "error",
    value,
    expected,
    message: `“账号”表第 ${row} 行“${header}”${value === null ? "" : `为“${value}”`}：应为${expected}。`,
  };
}
