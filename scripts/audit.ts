import { parseArgs } from "node:util";
import { DAY_MS, dayInJakarta, later, startOfJakartaDay } from "../domain/kernel/time.ts";
import { GATEWAY_INVARIANTS } from "../domain/reconciliation/gatewayTruth.rules.ts";
import type { GatewayAudit } from "../domain/report/auditGateway.ts";
import { INVARIANTS } from "../domain/report/invariants.queries.ts";
import { type Breach, runAudit } from "../domain/report/runAudit.ts";
import { tables } from "../domain/tables.ts";
import { systemClock } from "../platform/clock.ts";
import { loadConfigOrExit } from "../platform/config.ts";
import { openDb } from "../platform/db.ts";
import { auditAtGateway } from "./gatewayAudit.ts";

const USAGE = `npm run audit -- [--json] [--times] [--gateway [--since DAY] [--until DAY] [--strict]]
  --gateway  asks the gateway about every transaction, too, at MIDTRANS_RATE calls a second
  --since, --until  only payments begun from one day (YYYY-MM-DD, Jakarta) to another, both included
  --strict   what a poll or a job may still bring counts as a breach, too: for a shop at rest
`;

function refuse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}`);
  process.exit(2);
}

function readDay(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? startOfJakartaDay(text) : null;
  return day && dayInJakarta(day) === text ? day : refuse(`${text} is no day such as 2026-11-20`);
}

function readArgs() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "boolean", default: false },
        times: { type: "boolean", default: false },
        gateway: { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
        since: { type: "string" },
        until: { type: "string" },
      },
    });
    if (!values.gateway && (values.since ?? values.until ?? values.strict)) refuse("only with --gateway");
    const lastDay = readDay(values.until);
    return { ...values, since: readDay(values.since), until: lastDay && later(lastDay, DAY_MS) };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** The audit has nothing to write, and cannot. */
function readOnly(url: string): string {
  const target = new URL(url);
  target.searchParams.set("options", "-c default_transaction_read_only=on");
  return target.href;
}

const line = ({ invariant, subject, detail }: Breach) => `${invariant}  ${subject}: ${detail}\n`;

/** In words: what differs, what is on its way, and what could not be asked. */
function tell(breaches: readonly Breach[], gateway: GatewayAudit | null): void {
  for (const breach of breaches) process.stdout.write(line(breach));
  for (const breach of gateway?.awaited ?? []) process.stdout.write(`on its way: ${line(breach)}`);
  for (const why of gateway?.whyNot ?? []) process.stdout.write(`NOT ASKED  ${why}\n`);
  const all = INVARIANTS.length + (gateway ? GATEWAY_INVARIANTS.length : 0);
  const asked = gateway
    ? `, ${gateway.asked} transactions compared with the gateway, ${gateway.notAsked} NOT ASKED`
    : "";
  process.stdout.write(`${all} invariants, ${breaches.length} breaches${asked}\n`);
}

const args = readArgs();
const config = loadConfigOrExit();
const db = openDb(readOnly(config.databaseUrl), tables);
try {
  const own = await runAudit(db, {
    now: systemClock.now(),
    onTime: (id, ms) => args.times && process.stderr.write(`${id} ${Math.round(ms)} ms\n`),
  });
  const gateway = args.gateway
    ? await auditAtGateway(config, db, {
        since: args.since,
        until: args.until,
        mayAwait: !args.strict,
        onProgress: (done, total, upToMs) =>
          process.stderr.write(`asked about ${done} of ${total}, up to ${dayInJakarta(new Date(upToMs))}\n`),
      })
    : null;
  const breaches = [...own, ...(gateway?.breaches ?? [])];
  if (args.json) {
    const invariants = [...INVARIANTS, ...(gateway ? GATEWAY_INVARIANTS : [])].map(({ id }) => id);
    process.stdout.write(`${JSON.stringify({ invariants, breaches, ...(gateway ? { gateway } : {}) })}\n`);
  } else {
    tell(breaches, gateway);
  }
  // What could not be asked is not proven, and counts as much as a breach.
  process.exitCode = breaches.length === 0 && (gateway?.notAsked ?? 0) === 0 ? 0 : 1;
} finally {
  await db.close();
}
