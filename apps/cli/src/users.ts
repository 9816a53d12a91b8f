/** `xingfu user …` and `xingfu district …`: accounts and districts by hand, beside or without a running server. */

import { roleNodes, roles } from "@xingfu/domain/access";
import type { Role } from "@xingfu/domain/access";
import { createPasswords, makePassword, passwordWeakness } from "@xingfu/server";
import { createAccounts, listAccounts, readOrganisation, updateAccount } from "@xingfu/store";
import type { Account, AccountChange, Transaction } from "@xingfu/store";
import type { Call, Command, Option } from "./command.ts";
import { nearest } from "./command.ts";
import { actingOptions, actorOf, districtIn, withDatabase } from "./database.ts";
import { CommandRefusal, exit, print, progress, readStandardInput, textTable } from "./terminal.ts";
import { roleLabel } from "./wording.ts";

const roleOption: Option = {
  kind: "value",
  value: "ROLE",
  help: {
    zh: `角色：${roles.map((role) => `${role}（${roleLabel(role)}）`).join("、")}`,
    en: `role: ${roles.join(", ")}`,
  },
};
const atOption: Option = {
  kind: "value",
  value: "NODE",
  help: {
    zh: "角色所在的单位：学校标识码或集团名称；区县的角色不填",
    en: "where the role holds: a school code or a group's name; left out for the district",
  },
};
const passwordOption: Option = {
  kind: "switch",
  help: {
    zh: "从标准输入读取初始密码；缺省由系统生成并显示一次",
    en: "read the first password from standard input; default: made up and shown once",
  },
};
const account = [{ name: "NAME" }] as const;

export const addCommand: Command = {
  positionals: account,
  options: {
    role: roleOption,
    at: atOption,
    display: {
      kind: "value",
      value: "姓名",
      help: { zh: "显示的姓名；缺省同用户名", en: "the person's name; default: the sign-in name" },
    },
    "password-stdin": passwordOption,
    ...actingOptions,
  },
  about: {
    zh: "建立一个账号。本人第一次登录时必须修改密码。",
    en: "Creates an account. Its owner has to change the password when signing in first.",
  },
  examples: ["xingfu user add wang --role officer --display 王敏", "xingfu user add li --role clerk --at 2150000001"],
  run: (call) =>
    asAdministrator(call, async (tx) => {
      const [name = ""] = call.positionals;
      if (!/^[\p{L}\p{N}._@-]{2,60}$/u.test(name)) {
        throw new CommandRefusal({
          zh: `用户名“${name}”应为 2–60 个字母、数字或 . _ - @。`,
          en: `The name "${name}" should be 2–60 letters, digits or . _ - @.`,
        });
      }
      const grant = await grantOf(tx, call);
      const { password, isMade } = await firstPassword(call, name);
      const passwordHash = await createPasswords().hash(password);
      const displayName = call.value("display") ?? name;
      await createAccounts(tx, [{ name, displayName, passwordHash, mustChangePassword: true, roles: [grant] }]);
      return [`已建立账号 ${name}（${roleLabel(grant.role)}）。`, ...(isMade ? [`初始密码：${password}`] : [])];
    }),
};

export const listCommand: Command = {
  positionals: [],
  options: {
    search: {
      kind: "value",
      value: "TEXT",
      help: { zh: "用户名或姓名中的文字", en: "text in the sign-in name or the person's name" },
    },
    json: { kind: "switch", help: { zh: "以 JSON 输出", en: "print JSON" } },
    ...actingOptions,
  },
  about: { zh: "列出账号、角色和状态。", en: "Lists accounts with their roles and state." },
  examples: ["xingfu user list", "xingfu user list --search 小学"],
  run: (call) =>
    asAdministrator(call, async (tx) => {
      const accounts = await allAccounts(tx, call.value("search"));
      if (call.has("json")) return [JSON.stringify(accounts, null, 2)];
      const table = textTable(
        [{ title: "用户名" }, { title: "姓名" }, { title: "角色" }, { title: "状态" }, { title: "最近登录" }],
        accounts.map((one) => [
          one.name,
          one.displayName,
          one.roles.map((role) => `${roleLabel(role.role)}（${role.nodeName}）`).join("、"),
          one.isActive ? (one.lockedUntil === null ? (one.mustChangePassword ? "待改密码" : "正常") : "锁定") : "停用",
          one.lastSignInAt ?? "",
        ]),
      );
      return [table.trimEnd()];
    }),
};

export const disableCommand: Command = change(
  {
    zh: "停用一个账号：不能再登录，已有的登录立即结束。记录都保留。",
    en: "Closes an account: no sign-in, its sessions end. Its records stay.",
  },
  "disable",
  () => ({ isActive: false }),
  "已停用",
);
export const enableCommand: Command = change(
  { zh: "重新启用一个停用的账号。", en: "Opens a closed account again." },
  "enable",
  () => ({ isActive: true }),
  "已启用",
);
export const unlockCommand: Command = change(
  { zh: "解除因多次输错密码造成的锁定。", en: "Ends a lock-out after too many wrong passwords." },
  "unlock",
  () => ({ unlock: true }),
  "已解除锁定",
);

export const resetPasswordCommand: Command = {
  positionals: account,
  options: { "password-stdin": passwordOption, ...actingOptions },
  about: {
    zh: "重设密码：本人下次登录时必须修改，已有的登录立即结束。",
    en: "Gives an account a new first password; its sessions end.",
  },
  examples: ["xingfu user reset-password wang"],
  run: (call) =>
    asAdministrator(call, async (tx) => {
      const found = await accountOf(tx, call.positionals[0] ?? "");
      const { password, isMade } = await firstPassword(call, found.name);
      await updateAccount(tx, found.id, { passwordHash: await createPasswords().hash(password) });
      return [`已重设 ${found.name} 的密码。`, ...(isMade ? [`初始密码：${password}`] : [])];
    }),
};

export const grantCommand: Command = {
  positionals: account,
  options: {
    role: roleOption,
    at: atOption,
    remove: { kind: "switch", help: { zh: "取消这个角色", en: "take the role away" } },
    ...actingOptions,
  },
  about: {
    zh: "给账号增加一个角色，或用 --remove 取消。",
    en: "Gives an account one more role, or takes it away with --remove.",
  },
  examples: ["xingfu user grant wang --role inspector", "xingfu user grant li --role clerk --at 2150000001 --remove"],
  run: (call) =>
    asAdministrator(call, async (tx) => {
      const found = await accountOf(tx, call.positionals[0] ?? "");
      const grant = await grantOf(tx, call);
      const isSame = (role: { readonly role: Role; readonly nodeId: number }): boolean =>
        role.role === grant.role && role.nodeId === grant.nodeId;
      const others = found.roles.filter((role) => !isSame(role)).map(({ role, nodeId }) => ({ role, nodeId }));
      const isRemoved = call.has("remove");
      if (isRemoved && others.length === found.roles.length) {
        throw new CommandRefusal({ zh: `${found.name} 没有这个角色。`, en: `${found.name} does not have this role.` });
      }
      const updated = await updateAccount(tx, found.id, { roles: isRemoved ? others : [...others, grant] });
      const list = updated.roles.map((role) => `${roleLabel(role.role)}（${role.nodeName}）`).join("、");
      return [`${updated.name} 现有角色：${list === "" ? "无" : list}。`];
    }),
};

export const districtAddCommand: Command = {
  positionals: [{ name: "CODE" }, { name: "NAME" }],
  options: {
    admin: {
      kind: "value",
      value: "NAME",
      help: {
        zh: "第一个系统管理员的用户名；缺省 admin",
        en: "sign-in name of its first administrator; default: admin",
      },
    },
    "password-stdin": passwordOption,
  },
  about: {
    zh: "在数据库中建立一个区县和它的第一个系统管理员。",
    en: "Creates a district and its first administrator.",
  },
  examples: ["xingfu district add 500199 示例区 --admin admin"],
  run: (call) =>
    withDatabase({ log: progress, mayCreate: true }, async ({ store }) => {
      const [code = "", name = ""] = call.positionals;
      if (!/^\d{6,12}$/.test(code)) {
        throw new CommandRefusal({
          zh: `行政区划代码 ${code} 应为 6–12 位数字。`,
          en: `The code ${code} should be 6–12 digits.`,
        });
      }
      const admin = call.value("admin") ?? "admin";
      const { password, isMade } = await firstPassword(call, admin);
      const passwordHash = await createPasswords().hash(password);
      await store.gate.foundDistrict({
        code,
        name,
        isSample: false,
        administrator: { name: admin, displayName: admin, passwordHash, mustChangePassword: true },
      });
      await print(`已建立区县 ${name}（${code}），系统管理员 ${admin}。\n${isMade ? `初始密码：${password}\n` : ""}`);
      return exit.done;
    }),
};

export const districtListCommand: Command = {
  positionals: [],
  options: { json: { kind: "switch", help: { zh: "以 JSON 输出", en: "print JSON" } } },
  about: { zh: "列出数据库中的区县。", en: "Lists the districts of the database." },
  examples: ["xingfu district list"],
  run: (call) =>
    withDatabase({ log: progress, mayCreate: false }, async ({ store }) => {
      const districts = await store.gate.listDistricts();
      const table = textTable(
        [{ title: "代码" }, { title: "名称" }, { title: "性质" }],
        districts.map((one) => [one.code, one.name, one.isSample ? "示例数据" : ""]),
      );
      await print(call.has("json") ? `${JSON.stringify(districts, null, 2)}\n` : table);
      return exit.done;
    }),
};

/** A command that changes one thing about one account. */
function change(about: Command["about"], word: string, made: () => AccountChange, done: string): Command {
  return {
    positionals: account,
    options: actingOptions,
    about,
    examples: [`xingfu user ${word} wang`],
    run: (call) =>
      asAdministrator(call, async (tx) => {
        const found = await accountOf(tx, call.positionals[0] ?? "");
        await updateAccount(tx, found.id, made());
        return [`${done} ${found.name}。`];
      }),
  };
}

/** Runs in one transaction with the rights of the acting account, then prints the lines. */
async function asAdministrator(call: Call, work: (tx: Transaction) => Promise<readonly string[]>): Promise<number> {
  return withDatabase({ log: progress, mayCreate: false }, async ({ store }) => {
    const actor = await actorOf(store, call, await districtIn(store, call), "admin");
    const lines = await store.withActor(actor, work);
    await print(lines.map((line) => `${line}\n`).join(""));
    return exit.done;
  });
}

async function allAccounts(tx: Transaction, search?: string): Promise<readonly Account[]> {
  const accounts: Account[] = [];
  for (let page = 1; ; page += 1) {
    const found = await listAccounts(tx, { page, size: 200, ...(search === undefined ? {} : { search }) });
    accounts.push(...found.items);
    if (found.items.length === 0 || accounts.length >= found.total) return accounts;
  }
}

async function accountOf(tx: Transaction, name: string): Promise<Account> {
  const accounts = await allAccounts(tx);
  const found = accounts.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(
    name,
    accounts.map((one) => one.name),
  );
  throw new CommandRefusal({
    zh: `没有账号“${name}”。${near === undefined ? "" : `是不是 ${near}？`}`,
    en: `There is no account "${name}".${near === undefined ? "" : ` Did you mean ${near}?`}`,
  });
}

async function grantOf(tx: Transaction, call: Call): Promise<{ readonly role: Role; readonly nodeId: number }> {
  const typed = call.value("role");
  const role = roles.find((one) => one === typed);
  if (role === undefined) {
    throw new CommandRefusal({
      zh: `${typed === undefined ? "请用 --role 指明角色" : `没有角色 ${typed}`}。可用：${roles.map((one) => `${one}（${roleLabel(one)}）`).join("、")}`,
      en: `${typed === undefined ? "Name the role with --role" : `There is no role ${typed}`}. Use ${roles.join(", ")}`,
    });
  }
  const at = call.value("at");
  const nodes = (await readOrganisation(tx, { kinds: [...roleNodes[role]] })).filter((node) =>
    roleNodes[role].includes(node.kind),
  );
  const node =
    at === undefined
      ? nodes.find((one) => one.kind === "district")
      : nodes.find((one) => one.code === at || one.name === at);
  if (node !== undefined) return { role, nodeId: node.id };
  throw new CommandRefusal({
    zh:
      at === undefined
        ? `角色 ${role} 不设在区县上，请用 --at 指明学校标识码或集团名称。`
        : `没有可设角色 ${role} 的单位“${at}”。`,
    en:
      at === undefined
        ? `The role ${role} does not sit on the district; name a school or group with --at.`
        : `There is no "${at}" that can have the role ${role}.`,
  });
}

async function firstPassword(
  call: Call,
  name: string,
): Promise<{ readonly password: string; readonly isMade: boolean }> {
  if (!call.has("password-stdin")) return { password: makePassword(), isMade: true };
  const password = (await readStandardInput()).replace(/\r?\n$/, "");
  const weakness = passwordWeakness(password, name);
  if (weakness !== null) throw new CommandRefusal({ zh: `${weakness}。`, en: `The password is refused: ${weakness}` });
  return { password, isMade: false };
}
