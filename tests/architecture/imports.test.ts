import { describe, expect, test } from "vitest";
import { type Import, importsOf, planted, readSources, type SourceFile } from "./sources.ts";

/** Features may import only those to their left. */
const FEATURES = [
  "kernel",
  "identity",
  "catalog",
  "shipping",
  "order",
  "ledger",
  "payment",
  "refund",
  "fulfilment",
  "checkout",
  "enrollment",
  "review",
  "reconciliation",
  "notice",
  "report",
];

const folderOf = (file: string) => file.split("/")[0] as string;
const featureOf = (file: string) => /^domain\/([^/]+)\//.exec(file)?.[1] ?? null;

/** Which folders a folder may import; itself always. Tests are free and stand in no row. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  domain: ["platform"],
  gateways: ["domain", "platform"],
  api: ["domain", "platform"],
  worker: ["domain", "platform"],
  sandbox: [],
  web: [],
  migrations: [],
  scripts: ["api", "worker", "domain", "gateways", "platform"],
  bench: ["api", "worker", "domain", "gateways", "platform", "scripts", "tests"],
};

/** The composition: where gateways are chosen for the ports that the domain declares. The worker's is the API's. */
const COMPOSITIONS = /^(api\/(main|app)|worker\/main)\.ts$/;

function breaksLayers({ from, to }: Import): boolean {
  const [mine, theirs] = [folderOf(from), folderOf(to)];
  if (mine === theirs || mine === "tests") return false;
  if (COMPOSITIONS.test(from) && (theirs === "gateways" || COMPOSITIONS.test(to))) return false;
  return !(MAY_IMPORT[mine] ?? []).includes(theirs);
}

/** Gateways implement ports: of the domain they see those, the kernel's plain values, and nothing that acts. */
const isPortOrKernel = (file: string) => /Gateway\.ts$/.test(file) || file.startsWith("domain/kernel/");

function breaksPorts({ from, to }: Import): boolean {
  if (folderOf(from) !== "gateways") return false;
  if (folderOf(to) === "domain") return !isPortOrKernel(to);
  const company = (file: string) => file.split("/").slice(0, -1).join("/");
  return folderOf(to) === "gateways" && company(to) !== company(from) && company(to) !== "gateways";
}

function breaksFeatureOrder({ from, to, isTypeOnly }: Import): boolean {
  const [mine, theirs] = [featureOf(from), featureOf(to)];
  if (mine === null || folderOf(to) !== "domain") return false;
  // app.ts names every port, so that features see no more of it than its type.
  if (theirs === null) return to !== "domain/messages.ts" && !(to === "domain/app.ts" && isTypeOnly);
  return FEATURES.indexOf(theirs) > FEATURES.indexOf(mine);
}

const PURE = /\.(states|rules|access)\.ts$/;

/** A type loads nothing: such a file still runs without a database, which is what the rule is for. */
function breaksPurity({ from, to, isPackage, isTypeOnly }: Import): boolean {
  if (isTypeOnly || !from.startsWith("domain/") || !PURE.test(from)) return false;
  return isPackage ? to !== "node:crypto" : !PURE.test(to) && !to.startsWith("domain/kernel/");
}

const RULES: Readonly<Record<string, (each: Import) => boolean>> = {
  "imports run doors -> domain -> platform": breaksLayers,
  "gateways know ports and the kernel alone": breaksPorts,
  "features import only leftwards": breaksFeatureOrder,
  "tables, rules and rights are pure": breaksPurity,
};

function breaches(files: readonly SourceFile[], isBroken: (each: Import) => boolean): string[] {
  return files
    .flatMap(importsOf)
    .filter((each) => (each.isPackage ? isBroken === breaksPurity : true) && isBroken(each))
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** Files that load each other; a type alone loads nothing. */
function cycles(files: readonly SourceFile[]): string[] {
  const edges = new Map<string, string[]>();
  for (const file of files) {
    const loaded = importsOf(file).filter((each) => !each.isPackage && !each.isTypeOnly);
    edges.set(
      file.path,
      loaded.map(({ to }) => to),
    );
  }
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      found.add([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return [...found];
}

describe("the direction of imports", () => {
  const files = readSources();

  test("is read from real files", () => {
    expect(files.flatMap(importsOf).length).toBeGreaterThan(500);
  });

  test.each(Object.entries(RULES))("%s", (_, isBroken) => {
    expect(breaches(files, isBroken)).toEqual([]);
  });

  test("no file loads itself by a detour", () => {
    expect(cycles(files)).toEqual([]);
  });
});

describe("the rules notice", () => {
  const wrong: [string, string, string, string][] = [
    ["imports run doors -> domain -> platform", "domain/order/a.ts", "../../gateways/midtrans/http.ts", ""],
    ["imports run doors -> domain -> platform", "platform/a.ts", "../domain/kernel/money.ts", "type "],
    ["imports run doors -> domain -> platform", "api/graphql/a.ts", "../../gateways/midtrans/http.ts", ""],
    ["imports run doors -> domain -> platform", "api/http/a.ts", "../../worker/relay.ts", ""],
    ["imports run doors -> domain -> platform", "web/shop/a.tsx", "../../domain/kernel/money.ts", "type "],
    ["imports run doors -> domain -> platform", "sandbox/a.ts", "../platform/log.ts", ""],
    ["imports run doors -> domain -> platform", "platform/a.ts", "../scripts/start.ts", ""],
    ["gateways know ports and the kernel alone", "gateways/midtrans/a.ts", "../../domain/order/advanceOrders.ts", ""],
    ["gateways know ports and the kernel alone", "gateways/midtrans/a.ts", "../rajaongkir/http.ts", ""],
    ["features import only leftwards", "domain/order/a.ts", "../payment/payment.rules.ts", "type "],
    ["features import only leftwards", "domain/order/a.ts", "../app.ts", ""],
    ["features import only leftwards", "domain/order/a.ts", "../tables.ts", ""],
    ["tables, rules and rights are pure", "domain/order/a.rules.ts", "../../platform/db.ts", ""],
    ["tables, rules and rights are pure", "domain/order/a.states.ts", "pg", ""],
  ];

  test.each(wrong)("a breach of: %s (%s -> %s)", (rule, file, target, kind) => {
    const source = planted(file, `import ${kind}{ a,\n  b } from "${target}";`);
    expect(breaches([source], RULES[rule] as (each: Import) => boolean)).toHaveLength(1);
  });

  test("two files that load each other", () => {
    const one = planted("domain/order/a.ts", 'import { b } from "./b.ts";');
    const other = planted("domain/order/b.ts", 'export { a } from "./a.ts";');
    expect(cycles([one, other])).toHaveLength(1);
  });

  test("nothing in what is allowed", () => {
    const fine = [
      planted("api/app.ts", 'import { x } from "../gateways/midtrans/http.ts";'),
      planted("domain/payment/a.ts", 'import type { App } from "../app.ts";\nimport { send } from "../messages.ts";'),
      planted("tests/unit/a.test.ts", 'import { x } from "../../gateways/midtrans/http.ts";'),
    ];
    for (const isBroken of Object.values(RULES)) expect(breaches(fine, isBroken)).toEqual([]);
  });
});
