/** Every command of `xingfu`: its name, one line about it, and where it is. */

import type { Command } from "./command.ts";
import type { Text } from "./terminal.ts";

export interface Entry {
  readonly summary: Text;
  /** loaded only when it runs: `assess` needs no database */
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Every command by its name, in the order of the help. */
export const commands: Readonly<Record<string, Entry>> = {
  assess: {
    summary: { zh: "评估一份填报工作簿（不需要服务器和数据库）", en: "assess a return (no server, no database)" },
    load: () => import("./assess.ts"),
  },
  preschool: {
    summary: { zh: "评估学前教育普及普惠（不需要服务器和数据库）", en: "assess the kindergartens of a return" },
    load: () => import("./preschool.ts"),
  },
  check: {
    summary: { zh: "检查填报工作簿，列出全部问题", en: "list what is wrong with a return" },
    load: () => import("./check.ts"),
  },
  template: {
    summary: { zh: "写出空白填报工作簿", en: "write an empty workbook" },
    load: () => import("./template.ts"),
  },
  model: {
    summary: { zh: "对 CSV 数据拟合线性混合模型", en: "fit a linear mixed model to a CSV file" },
    load: () => import("./model.ts"),
  },
  percentiles: {
    summary: { zh: "由 CSV 数据计算成长百分位", en: "growth percentiles from a CSV file" },
    load: () => import("./percentiles.ts"),
  },
  import: { summary: { zh: "检查并导入填报工作簿", en: "check and load a return" }, load: () => import("./import.ts") },
  serve: {
    summary: { zh: "启动系统（npm start 所运行的）", en: "start the system (what npm start runs)" },
    load: () => import("./serve.ts"),
  },
  seed: {
    summary: { zh: "把示例区县载入数据库", en: "load the sample district into the database" },
    load: () => import("./seed-command.ts"),
  },
  migrate: {
    summary: { zh: "升级数据库，或查看升级情况", en: "bring the database to this version" },
    load: () => import("./migrate.ts"),
  },
  "district add": {
    summary: { zh: "建立区县和第一个系统管理员", en: "create a district and its first administrator" },
    load: async () => ({ command: (await import("./users.ts")).districtAddCommand }),
  },
  "district list": {
    summary: { zh: "列出区县", en: "list the districts" },
    load: async () => ({ command: (await import("./users.ts")).districtListCommand }),
  },
  "user add": {
    summary: { zh: "建立账号", en: "create an account" },
    load: async () => ({ command: (await import("./users.ts")).addCommand }),
  },
  "user list": {
    summary: { zh: "列出账号", en: "list the accounts" },
    load: async () => ({ command: (await import("./users.ts")).listCommand }),
  },
  "user grant": {
    summary: { zh: "增加或取消角色", en: "give or take a role" },
    load: async () => ({ command: (await import("./users.ts")).grantCommand }),
  },
  "user reset-password": {
    summary: { zh: "重设密码", en: "give a new first password" },
    load: async () => ({ command: (await import("./users.ts")).resetPasswordCommand }),
  },
  "user unlock": {
    summary: { zh: "解除锁定", en: "end a lock-out" },
    load: async () => ({ command: (await import("./users.ts")).unlockCommand }),
  },
  "user disable": {
    summary: { zh: "停用账号", en: "close an account" },
    load: async () => ({ command: (await import("./users.ts")).disableCommand }),
  },
  "user enable": {
    summary: { zh: "重新启用账号", en: "open a closed account" },
    load: async () => ({ command: (await import("./users.ts")).enableCommand }),
  },
};
