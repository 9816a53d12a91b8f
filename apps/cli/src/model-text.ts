/** A fitted mixed model as text for a terminal. */

import type { GroupEffects, MixedFit } from "@xingfu/numerics";
import type { Language, TableHead } from "./terminal.ts";
import { textTable } from "./terminal.ts";

const words = {
  zh: {
    title: (method: string) => `线性混合模型（${method}）`,
    data: (rows: number, groups: string) => `${rows} 行；${groups}`,
    criterion: { ML: "−2 对数似然", REML: "REML 准则" },
    fixed: "固定效应",
    random: "随机效应（标准差）",
    residual: "残差",
    heads: ["名称", "估计", "标准误", "估计/标准误"],
    randomHeads: ["分组", "效应", "标准差", "方差", "相关"],
    effects: (group: string) => `${group} 各组的效应`,
    effectHeads: ["组", "效应", "估计", "标准误"],
    search: (evaluations: number, seconds: string) => `求值 ${evaluations} 次，${seconds} 秒`,
    notConverged: "没有收敛",
  },
  en: {
    title: (method: string) => `Linear mixed model (${method})`,
    data: (rows: number, groups: string) => `${rows} rows; ${groups}`,
    criterion: { ML: "−2 log-likelihood", REML: "REML criterion" },
    fixed: "Fixed effects",
    random: "Random effects (standard deviations)",
    residual: "residual",
    heads: ["name", "estimate", "se", "estimate/se"],
    randomHeads: ["group", "effect", "sd", "variance", "correlations"],
    effects: (group: string) => `Effects of ${group}`,
    effectHeads: ["group", "effect", "estimate", "se"],
    search: (evaluations: number, seconds: string) => `${evaluations} evaluations, ${seconds} s`,
    notConverged: "not converged",
  },
} as const;

/** Six significant digits; large and small numbers with a power of ten. */
function figure(value: number): string {
  return value === 0 ? "0" : value.toPrecision(6);
}

export function modelText(fit: MixedFit, effects: readonly GroupEffects[], language: Language): string {
  const word = words[language];
  const numeric = (titles: readonly string[], left: number): TableHead[] =>
    titles.map((title, c) => ({ title, align: c < left ? "left" : "right" }));
  const groups = Object.entries(fit.groups).map(([name, size]) => `${name} ${size}`);
  const { report } = fit;
  const sections = [
    `${word.title(fit.method)}  ${fit.formula}\n${word.data(fit.nobs, groups.join(", "))}\n` +
      `${word.criterion[fit.method]} ${fit.criterion.toFixed(4)}  AIC ${fit.aic.toFixed(2)}  BIC ${fit.bic.toFixed(2)}\n`,
    `${word.fixed}\n${textTable(
      numeric(word.heads, 1),
      fit.fixed.map(({ name, estimate, se }) => [
        name,
        figure(estimate),
        figure(se),
        se > 0 ? (estimate / se).toFixed(2) : "",
      ]),
    )}`,
    `${word.random}\n${textTable(numeric(word.randomHeads, 2), [
      ...fit.random.flatMap(({ group, names, sd, variance, corr }) =>
        names.map((name, i) => [
          i === 0 ? group : "",
          name,
          figure(sd[i]!),
          figure(variance[i]!),
          corr[i]!.slice(0, i)
            .map((r) => (r === null ? "–" : r.toFixed(3)))
            .join(" "),
        ]),
      ),
      [word.residual, "", figure(fit.sigma), figure(fit.sigma ** 2), ""],
    ])}`,
    ...effects.map(
      ({ group, size, names, levelName, modes, comparativeSe }) =>
        `${word.effects(group)}\n${textTable(
          numeric(word.effectHeads, 2),
          Array.from({ length: size * names.length }, (_, i) => [
            i % names.length === 0 ? levelName(Math.floor(i / names.length)) : "",
            names[i % names.length]!,
            figure(modes[i]!),
            figure(comparativeSe[i]!),
          ]),
        )}`,
    ),
    `${word.search(report.evaluations, report.seconds.toPrecision(2))}${report.converged ? "" : ` — ${word.notConverged}`}\n`,
  ];
  return sections.join("\n");
}
