import type { App } from "../app.ts";
import { ADDRESS_KNOWN_MS } from "../identity/signIn.rules.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { DAY_MS, later } from "../kernel/time.ts";

const BATCH = 5_000; // rows a statement: locks stay short, and the next round goes on

/**
 * What is only plumbing and has done its work, by table, with how long somebody may still ask for it. Nothing that a
 * person bought, paid or was told is here: orders, payments, notices and their logs stay.
 */
const PURGES: readonly { readonly sql: string; readonly keepMs: number }[] = [
  {
    sql: `delete from idempotency_keys where ctid in
            (select ctid from idempotency_keys where created_at < $1 limit ${BATCH})`,
    keepMs: 30 * DAY_MS,
  },
  {
    sql: `delete from outbox_messages where id in (select id from outbox_messages where done_at < $1 limit ${BATCH})`,
    keepMs: 7 * DAY_MS,
  },
  {
    // By them an account is known at an address (logIn): for so long after a sign-in.
    sql: `delete from refresh_tokens where id in (select id from refresh_tokens where expires_at < $1 limit ${BATCH})`,
    keepMs: ADDRESS_KNOWN_MS,
  },
  {
    sql: `delete from payment_tokens where token_hash in
            (select token_hash from payment_tokens where expires_at < $1 limit ${BATCH})`,
    keepMs: 7 * DAY_MS,
  },
  {
    // A quarter's close and most disputes look back this far; what a call decided stands in the payment's own log.
    sql: `delete from gateway_calls where id in
            (select id from gateway_calls where at < $1 order by at limit ${BATCH})`,
    keepMs: 90 * DAY_MS,
  },
  {
    // From then on a search asks the company anyway; places that it found stay, for orders and for outages.
    sql: `delete from destination_searches where search in
            (select search from destination_searches where fetched_at < $1 limit ${BATCH})`,
    keepMs: 30 * DAY_MS,
  },
  {
    // An older quote is offered to nobody, and an order keeps its own.
    sql: `delete from shipping_quotes where ctid in
            (select ctid from shipping_quotes where quoted_at < $1 limit ${BATCH})`,
    keepMs: 30 * DAY_MS,
  },
  {
    // Nobody prints a label of a parcel that left a month ago; the company would make it again.
    sql: `delete from shipment_labels where id in
            (select id from shipment_labels where created_at < $1 limit ${BATCH})`,
    keepMs: 30 * DAY_MS,
  },
];

/** Deletes plumbing past its time, a batch of each kind. Harmless beside another worker that does the same. */
export async function purgeOld(app: Pick<App, "db" | "clock">): Promise<void> {
  const now = app.clock.now();
  for (const { sql, keepMs } of PURGES) {
    await app.db.sql(sql, [later(now, -keepMs)]);
    killPoint("purge.batch-deleted");
  }
}
