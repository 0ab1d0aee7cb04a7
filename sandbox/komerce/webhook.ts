import { randomUUID } from "node:crypto";
import { takeNewsFault } from "../faults.ts";
import type { Fault } from "../model.ts";
import { sendOut } from "../outgoing.ts";
import type { Sandbox } from "../sandbox.ts";
import type { CourierNews, Shipment } from "./model.ts";

/** Three fields and no signature (rajaongkir.md 5); how long an answer is waited for is nobody's word but ours. */
const REQUEST = { headers: { "User-Agent": "Komerce" }, timeoutMs: 15_000, maxHops: 0 } as const;

/**
 * Waits before a retry, in simulated ms. Counts and delays are not documented for this webhook; these are a sister
 * product's (5).
 */
const WAITS_MS = [1, 5, 15].map((minutes) => minutes * 60_000);

/** Longest wait for a later message that overtakes a held one, in simulated ms. */
const HELD_MS = 60 * 60_000;

/** Between two looks whether the disk takes again what must be on it before news goes out, in ms of real time. */
const DISK_PAUSE_MS = 1_000;

/** What a forged message claims, whatever is true. */
const LIE = "Diterima";

/** Share of what chance disturbs that comes twice; the rest comes late. */
const TWICE = 0.5;

/** What happens to a message: as the fault in force says, else by chance. */
function troubleOf({ random, config }: Sandbox, fault: Fault | undefined): string {
  if (fault) return fault.kind;
  const chance = random();
  if (chance >= config.courierNoise) return "";
  return chance < config.courierNoise * TWICE ? "duplicate" : "out_of_order";
}

/** Stores the shipment's news and sends it: twice or late by chance, or as the fault in force says. */
export function tell(sandbox: Sandbox, shipment: Shipment, status: string): void {
  const fault = takeNewsFault(sandbox, "komerce.webhook");
  const note = troubleOf(sandbox, fault);
  const news: CourierNews = { ...newsOf(sandbox, shipment, status), note };
  const later = news.created_at + (fault?.ms ?? HELD_MS / sandbox.config.timeScale);
  const changes: Readonly<Record<string, Partial<CourierNews>>> = {
    none: { state: "lost", next_at: null },
    late: { next_at: later },
    out_of_order: { state: "held", next_at: later },
    forged: { body: { ...news.body, status: LIE } },
  };
  const copies = note === "duplicate" ? (fault?.copies ?? 2) : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    armNews(sandbox, { ...news, ...changes[note], id: randomUUID() });
  }
}

function newsOf(sandbox: Sandbox, shipment: Shipment, status: string): CourierNews {
  const now = sandbox.clock.now();
  return {
    id: randomUUID(),
    order_id: shipment.order_no,
    transaction_id: "",
    method: sandbox.config.shipmentMethod,
    url: sandbox.config.shipmentUrl,
    body: { order_no: shipment.order_no, cnote: shipment.awb, status },
    created_at: now,
    state: "waiting",
    attempts: [],
    next_at: now,
    note: "",
  };
}

/** Sends a body of the caller's making about the shipment, past faults and chance, `copies` times. */
export function tellByHand(
  sandbox: Sandbox,
  shipment: Shipment,
  body: Record<string, unknown>,
  copies: number,
): CourierNews[] {
  const plain = newsOf(sandbox, shipment, "");
  const rows = Array.from({ length: copies }, () => ({ ...plain, id: randomUUID(), body, note: "by hand" }));
  for (const row of rows) armNews(sandbox, row);
  return rows;
}

/** Stores the news and sets its alarm. Called again for every waiting one after a restart. */
export function armNews(sandbox: Sandbox, news: CourierNews): void {
  sandbox.store.courierNews.put(news);
  if (news.next_at === null) return;
  sandbox.jobs.set(`courier-news:${news.id}`, news.next_at, () => deliver(sandbox, news.id));
}

async function deliver(sandbox: Sandbox, id: string): Promise<void> {
  const news = sandbox.store.courierNews.get(id);
  if (!news || news.next_at === null) return;
  // The shop must not hear of what a kill at this moment would make the sandbox forget.
  try {
    await sandbox.store.commit();
  } catch (error) {
    armNews(sandbox, { ...news, next_at: sandbox.clock.now() + DISK_PAUSE_MS });
    throw error;
  }
  const { method, url, body, order_id } = news;
  const attempt = await sandbox.sending(() => sendOut(sandbox, { ...REQUEST, method, url, body }));
  // A try that the end of this process cut off does not count: it is made again after the next start.
  if (sandbox.closing.aborted && attempt.status === null) return;
  const attempts = [...news.attempts, attempt];
  const isDone = attempt.status === 200;
  const wait = isDone ? undefined : WAITS_MS[attempts.length - 1];
  armNews(sandbox, {
    ...news,
    attempts,
    state: isDone ? "delivered" : wait === undefined ? "failed" : "waiting",
    next_at: wait === undefined ? null : sandbox.clock.now() + wait / sandbox.config.timeScale,
  });
  sandbox.log.info({ order_no: order_id, url, status: attempt.status, error: attempt.error }, "shipment news sent");
  for (const held of sandbox.store.courierNews.inGroup(order_id)) {
    if (held.state === "held" && held.id !== id) {
      armNews(sandbox, { ...held, state: "waiting", next_at: sandbox.clock.now() });
    }
  }
  await sandbox.store.commit();
}
