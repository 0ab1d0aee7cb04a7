import type { FaultFinding, KindFinding } from "./findings.ts";
import type { KillFinding } from "./killPhase.ts";
import type { DrillOptions } from "./options.ts";
import type { QueueFinding } from "./queueDrill.ts";
import type { Loss } from "./reconcile.ts";
import { KINDS } from "./told.ts";

export interface DrillReport {
  readonly options: DrillOptions;
  /** What the machine lacks, in words. */
  readonly missing: readonly string[];
  readonly queues: readonly QueueFinding[];
  /** null: not asked for. */
  readonly kills: KillFinding | null;
}

const LOSSES_SHOWN = 50;

/** Everything that was lost, over all parts of the drill. */
export const lossesOf = ({ queues, kills }: DrillReport): Loss[] => [
  ...queues.flatMap(({ losses }) => losses),
  ...(kills?.losses ?? []),
];

function table(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const pad = (text: string, i: number) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return lines.map((line) => line.map(pad).join("  ").trimEnd());
}

const codesText = (codes: Readonly<Record<string, number>>): string =>
  Object.entries(codes)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count}`)
    .join(", ") || "-";

const workTable = (work: readonly KindFinding[]) => {
  const head = ["work", "asked", "done", "p50 ms", "p95 ms", "p99 ms"];
  const rows = work.map((each) => [
    each.kind,
    ...[each.attempted, each.done, each.p50Ms, each.p95Ms, each.p99Ms].map(String),
  ]);
  const codes = work.filter((each) => each.attempted > each.done);
  return [...table([head, ...rows]), ...codes.map(({ kind, codes: own }) => `not done, ${kind}: ${codesText(own)}`)];
};

const shown = (value: number | null): string => (value === null ? "-" : value.toFixed(2));

const faultTable = (faults: readonly FaultFinding[]) => {
  const head = ["fault", "at s", "for s", "broken", "over s", ...KINDS, "caught up"];
  const rows = faults.map((each) =>
    each.skipped === null
      ? [
          each.name,
          ...[each.fromS, each.seconds].map((value) => value.toFixed(1)),
          String(each.broken),
          each.brokenForS.toFixed(1),
          ...KINDS.map((kind) => shown(each.recoveredS[kind])),
          each.caughtUpS.toFixed(1),
        ]
      : [`${each.name} (${each.skipped})`],
  );
  return table([head, ...rows]);
};

const rupiah = (value: number): string => `Rp${value.toLocaleString("id-ID")}`;

const lossLines = (losses: readonly Loss[]): string[] => [
  ...losses.slice(0, LOSSES_SHOWN).map(({ kind, subject, detail }) => `LOSS  ${kind}  ${subject}: ${detail}`),
  ...(losses.length > LOSSES_SHOWN ? [`and ${losses.length - LOSSES_SHOWN} more`] : []),
];

function queueLines({ queue, shoppers, work, faults, quietAfterS, setAside, audit, sums, losses }: QueueFinding) {
  const stories = Object.entries(shoppers.byStory).map(([story, count]) => `${story} ${count}`);
  const methods = Object.entries(sums.byMethod).map(([method, sum]) => `${method} ${rupiah(sum)}`);
  const away = shoppers.turnedAway > 0 ? [`${shoppers.turnedAway} more found no room in the drill's own process`] : [];
  return [
    `The fault day on the ${queue === "postgres" ? "PostgreSQL" : "Redis"} queue`,
    "",
    ...workTable(work),
    "",
    ...faultTable(faults),
    "",
    `${sums.shoppers} shoppers: ${stories.join(", ")}`,
    ...away,
    `${sums.checkouts} checkouts, ${sums.answered} of them answered; ${sums.orders} orders`,
    `${sums.paid} paid, ${rupiah(sums.rupiahPaid)}; owed back ${rupiah(sums.rupiahOwedBack)}; ` +
      `the gateway holds ${rupiah(sums.rupiahAtGateway)}; ${sums.openCases} with an open case`,
    `${sums.refunds} refunds, ${rupiah(sums.rupiahRefunded)}; ${sums.refundsByHand} of them transferred by hand`,
    `by method: ${methods.join(", ") || "none"}`,
    `${sums.subscriptions} subscriptions, ${sums.monthsPaid} months of them paid`,
    `pieces: ${sums.piecesOpening} at first, ${sums.piecesHeld} in orders, ${sums.piecesNow} on the shelf`,
    `${sums.invoices} invoices, ${sums.paidNotices} mails of payments`,
    `quiet ${quietAfterS.toFixed(1)} s after the last shopper left; open alerts: ${setAside.length}`,
    ...setAside.slice(0, LOSSES_SHOWN).map((what) => `  ${what}`),
    `audit: ${audit.invariants} invariants, ${audit.asked} transactions compared with the gateway`,
    ...lossLines(losses),
    losses.length === 0 ? "Nothing was lost, doubled or invented." : `${losses.length} LOSSES`,
  ];
}

const killLines = ({ points, seeds, kills, longestRecoveryMs, losses }: KillFinding) => [
  "Kill points",
  "",
  `${points} points, ${seeds} seeds each: ${kills} processes ended by SIGKILL, at rest again within ` +
    `${(longestRecoveryMs / 1_000).toFixed(1)} s`,
  ...lossLines(losses),
  losses.length === 0 ? "Nothing was lost, doubled or left undone." : `${losses.length} LOSSES`,
];

const HOW_TO_READ = `\
fault: at s and for s of the day; broken answers until the next fault, over how many seconds. Then, from the moment
that it began to be put right, the seconds to the first success of each kind of work, and until everybody who had paid
was told PAID. paid: from a customer's payment to his being told; page: from the checkout to the page to pay on.`;

/** The whole report for people, as plain text. */
export function reportText(report: DrillReport): string {
  const { options, missing, queues, kills } = report;
  const losses = lossesOf(report).length;
  const head = [
    `Fault drill, seed ${options.seed}: ${options.minutes} minutes a queue at ${options.rate} shoppers a second`,
    ...missing,
    HOW_TO_READ,
  ];
  const parts = [head, ...queues.map(queueLines), ...(kills ? [killLines(kills)] : [])];
  const verdict = losses === 0 ? "The drill found no loss." : `The drill found ${losses} losses.`;
  return [...parts.map((lines) => lines.join("\n")), verdict].join("\n\n");
}
