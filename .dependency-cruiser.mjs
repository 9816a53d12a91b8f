/**
 * The shape of the system, as rules. Arrows point down only; ARCHITECTURE.md draws the picture.
 * scripts/check.mjs also asserts that modules were read at all.
 */
const lib = (name) => `^packages/${name}/`;
const npm = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];
/** Tests, benches, one-off scripts and the store's test bench may reach further than the product. */
const TEST = "[.]test[.]tsx?$|/testing/|/scripts/|(^|/)bench/|^e2e/|vitest[.]config[.]ts$";

/** `from` may depend on itself and on the listed paths, and on nothing else in this repository. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: TEST },
  to: { path: "^(packages|apps)/", pathNot: [from, ...allowed] },
});
/** `from` may use no npm package but these, and no Node core module unless `node` is true. */
const noNpm = (name, from, except, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: TEST },
  to: { dependencyTypes: npm, pathNot: except.map((p) => `node_modules/${p}/`) },
});
const noNode = (name, from, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: TEST },
  to: { dependencyTypes: ["core"] },
});

export default {
  forbidden: [
    only(
      "numerics-knows-no-school",
      lib("numerics"),
      [],
      "numerics is mathematics; it must be usable outside education",
    ),
    noNpm(
      "numerics-has-no-npm",
      lib("numerics"),
      ["highs"],
      "one solver, wrapped in program/; everything else is ours and tested against R",
    ),
    noNode("numerics-has-no-io", lib("numerics"), "pure: runs in the browser, a worker, a test"),

    only("standards-is-data", lib("standards") + "src/", [], "official tables depend on nothing"),
    noNode(
      "standards-has-no-io",
      lib("standards") + "src/",
      "tables are compiled to src/generated; nothing reads files at run time",
    ),

    only(
      "domain-is-pure",
      lib("domain"),
      [lib("numerics"), lib("standards")],
      "policy rules see mathematics and official tables, never a database or a request",
    ),
    noNpm("domain-has-no-npm", lib("domain"), [], "a rule that needs a library is not a rule"),
    noNode("domain-has-no-io", lib("domain"), "clock, files and randomness come in as arguments"),
    {
      name: "parts-are-siblings",
      severity: "error",
      comment:
        "A part of the domain uses base and scheme only. Values cross between parts in apps/server or in report/.",
      from: { path: "^packages/domain/src/(?!base/|scheme/|report/)([^/]+)/", pathNot: TEST },
      to: {
        path: "^packages/domain/src/[^/]+/",
        pathNot: ["^packages/domain/src/$1/", "^packages/domain/src/(base|scheme)/"],
      },
    },
    {
      name: "base-and-scheme-are-the-floor",
      severity: "error",
      comment: "base uses nothing above it; scheme uses base",
      from: { path: "^packages/domain/src/(base|scheme)/", pathNot: TEST },
      to: { path: "^packages/domain/src/", pathNot: ["^packages/domain/src/$1/", "^packages/domain/src/base/"] },
    },

    {
      name: "contract-is-shapes",
      severity: "error",
      comment: "contract may name domain types, never run domain code",
      from: { path: lib("contract"), pathNot: TEST },
      to: { path: "^(packages|apps)/", pathNot: lib("contract"), dependencyTypesNot: ["type-only"] },
    },
    only("store-below-apps", lib("store"), [lib("domain"), lib("standards")], "the store knows records, not requests"),
    only(
      "exchange-below-apps",
      lib("exchange"),
      [lib("domain"), lib("standards")],
      "files in, records out; saving them is the caller's business",
    ),
    {
      name: "sql-lives-in-store",
      severity: "error",
      comment: "every query runs inside withActor(); nobody else may open a connection",
      from: { pathNot: [lib("store"), TEST] },
      to: { path: "node_modules/(pg|kysely|graphile-worker)/" },
    },

    only(
      "web-sees-contract-and-domain",
      "^apps/web/(?!src/gallery/)", // the gallery is for development and draws on the sample district
      ["^apps/web/", lib("contract"), lib("domain"), lib("standards")],
      "the browser gets shapes, rules and labels; never the store",
    ),
    noNode("web-has-no-node", "^apps/web/src/", "browser code"),
    {
      name: "web-features-are-siblings",
      severity: "error",
      comment: "features meet in app/, never inside each other",
      from: { path: "^apps/web/src/features/([^/]+)/" },
      to: { path: "^apps/web/src/features/", pathNot: "^apps/web/src/features/$1/" },
    },
    {
      name: "web-flows-down",
      severity: "error",
      comment: "lib, ui, charts <- features <- app",
      from: { path: "^apps/web/src/(lib|ui|charts|locales)/", pathNot: TEST },
      to: { path: "^apps/web/src/(features|app|gallery)/" },
    },
    {
      name: "web-features-below-app",
      severity: "error",
      comment: "features never import the shell",
      from: { path: "^apps/web/src/features/" },
      to: { path: "^apps/web/src/(app|gallery)/" },
    },

    {
      name: "front-door-only",
      severity: "error",
      comment: "another workspace is entered through an index.ts named in its package.json exports",
      from: { path: "^(packages|apps)/([^/]+)/" },
      to: { path: "^(packages|apps)/[^/]+/src/", pathNot: ["^$1/$2/", "/index[.]tsx?$"] },
    },
    {
      name: "fixtures-stay-out-of-production",
      severity: "error",
      comment: "synthetic districts are for tests, benches, the gallery and `cli seed`",
      from: { pathNot: [lib("fixtures"), TEST, "^apps/cli/src/seed", "^apps/web/src/gallery/"] },
      to: { path: lib("fixtures") },
    },
    {
      name: "no-test-imports",
      severity: "error",
      comment: "production code never imports a test",
      from: { pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: "no-cycles",
      severity: "error",
      comment: "a cycle means two modules are one; types alone may point back, they vanish",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      comment: "a name that resolves to nothing",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^apps/web/dist" }, // what was built is not written by anybody
    tsPreCompilationDeps: true,
    parser: "swc", // TypeScript 7 has no programming interface yet
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default", "types"] },
  },
};
