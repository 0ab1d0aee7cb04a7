import { randomUUID } from "node:crypto";
import { takeNewsFault } from "../faults.ts";
import type { Notification, Transaction } from "../model.ts";
import { sendOut } from "../outgoing.ts";
import type { Sandbox } from "../sandbox.ts";
import { notificationBody, type Wire } from "./wire.ts";

/** Between two looks whether the disk takes again what must be on it before a message goes out, in ms of real time. */
const DISK_PAUSE_MS = 1_000;

/** midtrans.md 6.1, 6.2: who calls, how long an answer is waited for, and hops of 307 and 308 that are followed. */
const REQUEST = { method: "POST", headers: { "User-Agent": "Veritrans" }, timeoutMs: 15_000, maxHops: 5 } as const;

/** midtrans.md 6.2: waits before retry 1 to 5, in ms of simulated time. */
const WAITS_MS = [2, 10, 30, 90, 210].map((minutes) => minutes * 60_000);

/** Shift of each wait in either direction, in ms: the first retry, due after 2 minutes, was seen after 33 s. */
const SHIFT_MS = 87_000;

/** midtrans.md 6.2: how many retries an answer earns; null stands for a timeout or a broken connection. */
export function retriesFor(status: number | null): number {
  if (status !== null && status >= 200 && status < 300) return 0;
  switch (status) {
    case 301:
    case 302:
    case 303:
      return 0;
    case 400:
    case 404:
      return 2;
    case 500:
      return 1;
    case 503:
      return 4;
    default:
      return WAITS_MS.length;
  }
}

/** The wait before retry number `retry` (from 1), in simulated ms; `random` from 0 to 1 places it within the shift. */
export const retryWait = (retry: number, random: number): number =>
  (WAITS_MS[retry - 1] ?? 0) + (random * 2 - 1) * SHIFT_MS;

/** Stores the transaction's present state as messages to its URLs and sends them, as the faults in force allow. */
export function notify(sandbox: Sandbox, transaction: Transaction): void {
  const body = notificationBody(transaction, sandbox.config);
  for (const url of transaction.notification_urls) queue(sandbox, transaction, url, body);
}

function queue(sandbox: Sandbox, transaction: Transaction, url: string, body: Wire): void {
  const fault = takeNewsFault(sandbox, "midtrans.notification");
  const base = { id: randomUUID(), order_id: transaction.order_id, transaction_id: transaction.id, url, body };
  const now = sandbox.clock.now();
  const message: Notification = {
    ...base,
    created_at: now,
    state: "waiting",
    attempts: [],
    next_at: now,
    note: fault?.kind ?? "",
  };
  switch (fault?.kind) {
    case "none":
      sandbox.store.notifications.put({ ...message, state: "lost", next_at: null });
      return;
    case "late":
      arm(sandbox, { ...message, next_at: now + (fault.ms ?? 60_000) });
      return;
    case "out_of_order":
      arm(sandbox, { ...message, state: "held", next_at: now + (fault.ms ?? 60_000) });
      return;
    case "forged":
      arm(sandbox, { ...message, body: { ...body, signature_key: "f".repeat(128) } });
      return;
    case "duplicate":
      for (let copy = 0; copy < (fault.copies ?? 2); copy += 1) arm(sandbox, { ...message, id: randomUUID() });
      return;
    default:
      arm(sandbox, message);
  }
}

/** Whom a message concerns and where it goes. */
export type Recipient = Pick<Transaction, "id" | "order_id" | "notification_urls">;

/** Sends a body of the caller's making about the transaction, past all faults, `copies` times to each URL. */
export function sendBody(sandbox: Sandbox, to: Recipient, body: Wire, copies: number, note: string): Notification[] {
  const now = sandbox.clock.now();
  const rows = to.notification_urls.flatMap((url) =>
    Array.from({ length: copies }, (): Notification => {
      const ids = { id: randomUUID(), order_id: to.order_id, transaction_id: to.id };
      return { ...ids, url, body, created_at: now, state: "waiting", attempts: [], next_at: now, note };
    }),
  );
  for (const row of rows) arm(sandbox, row);
  return rows;
}

/** Stores the message and sets its alarm. Called again for every stored one after a restart. */
export function arm(sandbox: Sandbox, message: Notification): void {
  sandbox.store.notifications.put(message);
  if (message.next_at === null) return;
  sandbox.jobs.set(`notification:${message.id}`, message.next_at, () => deliver(sandbox, message.id));
}

async function deliver(sandbox: Sandbox, id: string): Promise<void> {
  const message = sandbox.store.notifications.get(id);
  if (!message || message.next_at === null) return;
  // The shop must not hear of what a kill at this moment would make the sandbox forget.
  try {
    await sandbox.store.commit();
  } catch (error) {
    arm(sandbox, { ...message, next_at: sandbox.clock.now() + DISK_PAUSE_MS });
    throw error;
  }
  const attempt = await sandbox.sending(() => sendOut(sandbox, { ...REQUEST, url: message.url, body: message.body }));
  // A try that the end of this process cut off does not count: it is made again after the next start.
  if (sandbox.closing.aborted && attempt.status === null) return;
  const attempts = [...message.attempts, attempt];
  const retry = attempts.length;
  const delivered = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
  const again = !delivered && retry <= retriesFor(attempt.status);
  const wait = retryWait(retry, sandbox.random()) / sandbox.config.timeScale;
  arm(sandbox, {
    ...message,
    attempts,
    state: delivered ? "delivered" : again ? "waiting" : "failed",
    next_at: again ? sandbox.clock.now() + wait : null,
  });
  const { order_id, url } = message;
  sandbox.log.info({ order_id, url, retry, status: attempt.status, error: attempt.error, again }, "notification sent");
  releaseHeld(sandbox, message);
  await sandbox.store.commit();
}

/** A message held back to arrive out of order goes as soon as a later one of its order has been sent. */
function releaseHeld(sandbox: Sandbox, sent: Notification): void {
  for (const held of sandbox.store.notifications.inGroup(sent.order_id)) {
    if (held.state !== "held" || held.id === sent.id) continue;
    arm(sandbox, { ...held, state: "waiting", next_at: sandbox.clock.now() });
  }
}

/** Sends a finished message once more, at once and with its retries before it. */
export function sendAgain(sandbox: Sandbox, message: Notification): Notification[] {
  const to = { id: message.transaction_id, order_id: message.order_id, notification_urls: [message.url] };
  return sendBody(sandbox, to, message.body, 1, "sent again");
}
