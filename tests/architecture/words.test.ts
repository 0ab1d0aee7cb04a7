import { describe, expect, test } from "vitest";
import {
  ALL_FOLDERS,
  lineOf,
  planted,
  readSources,
  type SourceFile,
  withoutComments,
  withoutTexts,
} from "./sources.ts";

interface Ban {
  readonly name: string;
  readonly pattern: RegExp;
  /** Where it counts. */
  readonly within: RegExp;
  /** Where it is allowed all the same. */
  readonly except?: RegExp;
  readonly instead: string;
  /** Comments count too. */
  readonly inComments?: boolean;
  /** Texts, such as statements in SQL, do not. */
  readonly notInTexts?: boolean;
}

const CODE = /\.(ts|tsx|mjs)$/;
const PURE_TIME = /^(domain|gateways)\//;
/** This file names what it forbids. */
const SELF = /^tests\/architecture\/words\.test\.ts$/;

/** `process.env` where a process of its own is set up: the sandbox, the scripts, tests, benchmarks, generators. */
const READS_ENVIRONMENT = /^(platform\/config\.ts|sandbox\/config\.ts|scripts\/|tests\/|bench\/|web\/vite\.config\.ts)/;

/** As the gateway or people write them, as a word or a part of one: `VA_BCA`, `permata_va_number`. */
const BRANDS = new RegExp(
  "(?<![A-Za-z])(bca|bni|bri|cimb|permata|mandiri|indomaret|alfamart|gopay|shopeepay|qris|echannel|cstore|" +
    "BCA|BNI|BRI|CIMB|PERMATA|Permata|MANDIRI|Mandiri|INDOMARET|Indomaret|ALFAMART|Alfamart|GoPay|ShopeePay|QRIS)" +
    "(?![A-Za-z])",
);

const BANS: readonly Ban[] = [
  { name: "the environment", pattern: /\bprocess\.env\b/, within: CODE, except: READS_ENVIRONMENT, instead: "config" },
  { name: "the machine's date", pattern: /\bnew Date\(\s*\)/, within: PURE_TIME, instead: "app.clock" },
  { name: "the machine's clock", pattern: /\bDate\.now\(/, within: PURE_TIME, instead: "app.clock" },
  { name: "chance", pattern: /\bMath\.random\(|\brandomUUID\(/, within: PURE_TIME, instead: "app.ids" },
  {
    name: "a float of money",
    pattern: /\bparseFloat\(/,
    within: /^(domain|gateways|api|worker)\//,
    instead: "kernel/money",
  },
  {
    name: "a bank, a store or a wallet",
    pattern: BRANDS,
    within: /^(api|domain|gateways|platform|web|worker)\//,
    // The tables, their words for people, what the gateway's messages are made of, the banks that people have
    // accounts at, whatever they paid with, and what people are shown as examples.
    except: new RegExp(
      String.raw`^(domain/payment/method(s|Steps|Refunds)\.rules|domain/refund/refundAccount\.rules|` +
        `gateways/midtrans/(wire|requests|accounts|subscriptions)|web/account/bankAccount|` +
        String.raw`api/examples/\w+)\.ts$`,
    ),
    instead: "methods.rules.ts; the client is told the names by paymentMethods",
  },
  {
    name: "an enum",
    pattern: /^\s*(export\s+)?(const\s+|declare\s+)?enum\s+[A-Z]/m,
    within: CODE,
    except: /^api\/graphql\//,
    instead: "a union of words",
  },
  {
    name: "a status assigned by hand",
    pattern: /(?<!\bhttp)\.(status|paymentStatus)\s*=(?![=>])/,
    within: /^(domain|gateways|api|worker)\//,
    except: /^domain\/[^/]+\/(advance[A-Z]\w*\.ts|\w+\.states\.ts)$/,
    instead: "its advance... step",
    notInTexts: true,
  },
  {
    name: "an empty catch",
    pattern: /\bcatch\s*(\(\s*\w*\s*\))?\s*\{\s*\}/,
    within: CODE,
    instead: "what happens then",
    inComments: true,
  },
  {
    name: "a swallowed rejection",
    pattern: /\.catch\(\(\)\s*=>\s*\{\s*\}\)/,
    within: CODE,
    instead: "what happens then",
  },
  {
    name: "work left undone",
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    within: CODE,
    instead: "do it, or leave it out",
    inComments: true,
  },
  {
    name: "a test that does not run",
    pattern: /\b(it|test|describe)\.(skip|only|todo)\(|\bxit\(/,
    within: CODE,
    instead: "a test",
  },
  {
    name: "a sleep in a test",
    pattern: /\b(sleep|delay|setTimeout)\([^,)]*\d{4,}/,
    within: /^tests\//,
    instead: "a condition with a bound",
  },
];

function breaches(files: readonly SourceFile[], ban: Ban): string[] {
  return files
    .filter((file) => ban.within.test(file.path) && !ban.except?.test(file.path) && !SELF.test(file.path))
    .flatMap((file) => {
      const code = ban.inComments ? file.text : withoutComments(file.text);
      const text = ban.notInTexts ? withoutTexts(code) : code;
      const match = ban.pattern.exec(text);
      return match ? [`${file.path}:${lineOf(text, match.index)} (instead: ${ban.instead})`] : [];
    });
}

const STATUS_UPDATE = new RegExp(
  String.raw`\bupdate\s+(orders|payments|refunds|shipments)\b(?:\s+(?:as\s+)?\w+)?\s+set\b` +
    String.raw`([\s\S]*?)(?:\bwhere\b|\bfrom\b|["\x60]|$)`,
  "gi",
);
/** Each stored status has one writer: the step that writes the log line too, or that reads it from a total table. */
const WRITERS = {
  status: /^domain\/[^/]+\/advance[A-Z]\w*\.ts$/,
  payment_status: /^domain\/(order\/advance[A-Z]\w*|refund\/advanceShown|checkout\/orderEffects)\.ts$/,
} as const;

function statusWriters(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    [...file.text.matchAll(STATUS_UPDATE)].flatMap((match) =>
      (["status", "payment_status"] as const)
        .filter((column) => new RegExp(`(^|[\\s,(])${column}\\s*=`).test(match[2] as string))
        .filter((column) => !WRITERS[column].test(file.path))
        .map((column) => `${file.path}:${lineOf(file.text, match.index)} updates ${match[1]}.${column}`),
    ),
  );
}

const BAD_NAMES = /(^|\/)(utils?|helpers?|misc|common|shared)(\.|\/)/i;
const badNames = (files: readonly SourceFile[]) =>
  files.map((file) => file.path).filter((name) => BAD_NAMES.test(name));
/** A barrel re-exports other files and hides where a thing stands. */
const barrels = (files: readonly SourceFile[]) =>
  files.filter((file) => /(^|\/)index\.tsx?$/.test(file.path)).map((file) => file.path);

describe("words that have a better one", () => {
  const files = readSources(ALL_FOLDERS);

  test.each(BANS.map((ban) => [ban.name, ban] as const))("%s", (_, ban) => {
    expect(breaches(files, ban)).toEqual([]);
  });

  test("a stored status moves in its advance... step alone", () => {
    expect(statusWriters(readSources(["domain", "gateways", "api", "worker"]))).toEqual([]);
  });

  test("no file is called utils, and none is a barrel", () => {
    expect([...badNames(files), ...barrels(files)]).toEqual([]);
  });
});

describe("the bans notice", () => {
  const wrong: [string, string, string][] = [
    ["the environment", "api/main.ts", "const port = process.env.PORT;"],
    ["the machine's date", "domain/order/a.ts", "const now = new Date();"],
    ["the machine's clock", "gateways/midtrans/a.ts", "const now = Date.now();"],
    ["chance", "domain/order/a.ts", "const x = Math.random();"],
    ["a float of money", "gateways/midtrans/wire.ts", "const x = parseFloat(text);"],
    ["a bank, a store or a wallet", "domain/order/a.ts", 'const isSlow = method === "VA_BCA";'],
    ["a bank, a store or a wallet", "web/ui/words/pay.id.ts", '"pay.scan": "Pindai QRIS",'],
    ["an enum", "domain/order/a.ts", "export enum Status { Paid }"],
    ["a status assigned by hand", "domain/order/cancelOrder.ts", "order.status = next;"],
    ["an empty catch", "worker/relay.ts", "try { x(); } catch (error) {}"],
    ["a swallowed rejection", "worker/relay.ts", "x().catch(() => {});"],
    ["work left undone", "worker/relay.ts", "// TODO: later"],
    ["a test that does not run", "tests/unit/a.test.ts", 'test.skip("a", () => {});'],
    ["a sleep in a test", "tests/unit/a.test.ts", "await delay(2000);"],
  ];

  test.each(wrong)("%s in %s", (name, file, text) => {
    const ban = BANS.find((each) => each.name === name) as Ban;
    expect(breaches([planted(file, text)], ban)).toHaveLength(1);
  });

  test("each of them is shown to", () => {
    expect([...new Set(wrong.map(([name]) => name))].sort()).toEqual(BANS.map(({ name }) => name).sort());
  });

  test("nothing where it is allowed, compared or only spoken of", () => {
    const fine = [
      planted("platform/config.ts", "const port = process.env.PORT;"),
      planted(
        "domain/order/a.ts",
        "// Not process.env, not new Date(): both differ in a test.\nif (a.status === b) x();",
      ),
      planted("domain/order/a.queries.ts", "const q = `select 1 from orders o where o.status = 'PAID'`;"),
      planted("domain/order/advanceOrder.ts", "order.status = next;"),
      planted("api/graphql/enums.ts", "export enum Role { STAFF }"),
      planted("worker/a.ts", "try { x(); } catch { return null; }"),
    ];
    for (const ban of BANS) expect(breaches(fine, ban)).toEqual([]);
  });

  test("a status that SQL moves outside its step", () => {
    const query = (set: string) => `const q = \`update orders o set ${set} where id = $1\`;`;
    const by = (set: string) => [planted("domain/order/cancelOrder.ts", query(set))];
    expect(statusWriters(by("version = version + 1, status = 'PAID'"))).toHaveLength(1);
    expect(statusWriters(by("payment_status = $2"))).toHaveLength(1);
    expect(statusWriters(by("version = version + 1"))).toEqual([]);
  });

  test("names that say nothing", () => {
    const names = ["web/utils.ts", "domain/order/helpers.ts", "api/common/a.ts", "domain/order/index.ts"];
    const bad = names.map((name) => planted(name, ""));
    expect([...badNames(bad), ...barrels(bad)]).toHaveLength(names.length);
  });
});
