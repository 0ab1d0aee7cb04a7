import { randomInt, randomUUID } from "node:crypto";
import { nextDayAt } from "../clock.ts";
import type { FraudStatus, SnapPage, Transaction, TransactionStatus } from "../model.ts";
import { dueAt, momentOf, type Sandbox } from "../sandbox.ts";
import { saveCard, savedMembers } from "./cards.ts";
import { instrumentOf, numberIn, type Wanted } from "./instruments.ts";
import { type Method, type MethodCode, methodOf } from "./methods.ts";
import { notify } from "./notifications.ts";

/** The transaction with that transaction_id, else the newest of that order_id (midtrans.md 4.1). */
export const findTransaction = ({ store }: Pick<Sandbox, "store">, id: string): Transaction | undefined =>
  store.transactions.get(id) ?? store.transactions.inGroup(id).at(-1);

/** What a transaction is made from: a page, or a charge without one. */
export type Basis = Pick<SnapPage, "order_id" | "born" | "request" | "notification_urls"> & {
  token: string | null;
  callback_url?: string | undefined;
};

/** Fee in whole rupiah that the shop passes to the buyer of this method (midtrans.md 2.10). */
function buyerFee(page: Basis, method: Method): number {
  const share = page.request.fees.find(
    (fee) => fee.payment_type === method.paymentType || fee.payment_type === method.code,
  );
  if (!share) return 0;
  const whole = (page.request.gross_amount * method.fee.bps) / 10_000 + method.fee.fixed;
  return Math.round((whole * share.customer_percentage) / 100);
}

/** Echoed members; a fee is told where it was observed, or beside metadata as the page shows it (midtrans.md 13). */
function echoOf(sandbox: Sandbox, page: Basis, fee: number): Record<string, unknown> {
  if (fee === 0) return page.request.echo;
  const original = page.request.gross_amount;
  const info = { original_amount: original, gross_amount: original + fee, customer_imposed_payment_fee: fee };
  const told = { extra_info: { gross_amount_info: info } };
  if (sandbox.config.feeInfo === "top") return { ...page.request.echo, ...told };
  const metadata = page.request.echo["metadata"];
  return { ...page.request.echo, metadata: { ...(typeof metadata === "object" ? metadata : {}), ...told } };
}

/** The payment's deadline: fixed where the shop gave a start, else counted from now; cards have none. */
function deadline(page: Basis, method: Method, now: number): number | null {
  if (method.lifetime === null) return null;
  if (!page.request.expiry || method.code === "ovo") return now + method.lifetime;
  return Math.min((page.request.expiry.start ?? now) + page.request.expiry.ms, now + method.longest);
}

export interface Opening {
  onDesktop: boolean;
  status: TransactionStatus;
  fraud_status?: FraudStatus;
  by: string;
  notify: boolean;
  wanted?: Wanted;
  /** Members that the way of opening knows better than the method does; instrument members are added. */
  more?: Partial<Transaction>;
}

/** DANA's ids have a form of their own (midtrans.md 3.2). */
function newId(code: MethodCode): string {
  if (code !== "dana") return randomUUID();
  return `A1${randomInt(10 ** 12, 10 ** 13)}${randomUUID().replaceAll("-", "").slice(0, 17).toUpperCase()}`;
}

/** The instrument; a wanted number that another waiting payment holds is replaced by a random one. */
function freeInstrument(sandbox: Sandbox, method: Method, opening: Opening): Record<string, unknown> {
  const wished = instrumentOf(method, opening.onDesktop, opening.wanted);
  if (opening.wanted?.number === undefined) return wished;
  const number = numberIn(wished);
  const rows = sandbox.store.transactions.values();
  const isHeld = rows.some((row) => row.status === "pending" && numberIn(row.instrument) === number);
  return isHeld ? instrumentOf(method, opening.onDesktop, { ...opening.wanted, number: undefined }) : wished;
}

/** Makes the transaction of a page whose buyer chose `code`, arms its alarms and sends its first notification. */
export function openTransaction(sandbox: Sandbox, page: Basis, code: MethodCode, opening: Opening): Transaction {
  const method = methodOf(code);
  const now = momentOf(sandbox, page.born);
  const fee = buyerFee(page, method);
  const pending: Transaction = {
    id: newId(code),
    order_id: page.order_id,
    token: page.token,
    born: page.born,
    method: code,
    gross_amount: page.request.gross_amount + fee,
    original_amount: page.request.gross_amount,
    status: "pending",
    fraud_status: "accept",
    transaction_at: now,
    expires_at: deadline(page, method, now),
    batch_at: null,
    settled_at: null,
    echo: echoOf(sandbox, page, fee),
    refunds: [],
    callback_url: page.callback_url ?? null,
    notification_urls: page.notification_urls,
    history: [],
    ...opening.more,
    instrument: { ...freeInstrument(sandbox, method, opening), ...opening.more?.instrument },
  };
  return changeStatus(sandbox, pending, opening.status, opening);
}

/** Milliseconds for which a card's or wallet's money stays reserved: the shorter of the two stated (midtrans.md 13). */
const RESERVED_MS = 7 * 86_400_000;

/** Hour and minute in WIB of the daily card batch, and of the end of unattended challenges before it (4.6, 5.2). */
const BATCH = { settle: [16, 0], drop: [15, 0] } as const;

/** Milliseconds after a full or partial refund's reversal that a bank needs to confirm it (4.2: about a day). */
export const CONFIRMATION_MS = 86_400_000;

export interface Change {
  fraud_status?: FraudStatus;
  by: string;
  notify: boolean;
}

/**
 * Puts the transaction into `status`, whatever it was (callers ask transitions.ts first), stores it, sets the alarms
 * that follow, and sends a notification unless told otherwise.
 */
export function changeStatus(
  sandbox: Sandbox,
  transaction: Transaction,
  status: TransactionStatus,
  change: Change,
): Transaction {
  const now = momentOf(sandbox, transaction.born);
  const fraud = change.fraud_status ?? settledFraud(transaction, status);
  const [hour, minute] = fraud === "challenge" ? BATCH.drop : BATCH.settle;
  const settles = status === "settlement" && transaction.settled_at === null;
  const next = sandbox.store.transactions.put({
    ...transaction,
    status,
    fraud_status: fraud,
    instrument: { ...transaction.instrument, ...savedWith(sandbox, transaction, status, fraud) },
    expires_at: status === "authorize" ? now + RESERVED_MS : transaction.expires_at,
    batch_at: status === "capture" ? nextDayAt(now, hour, minute) : null,
    settled_at: settles ? now : transaction.settled_at,
    history: [...transaction.history, { at: now, status, fraud_status: fraud, by: change.by }],
  });
  sandbox.log.info({ order_id: next.order_id, transaction_id: next.id, status, by: change.by }, "transaction changed");
  armTransaction(sandbox, next);
  if (change.notify) notify(sandbox, next);
  return next;
}

/** Members of a card that the shop asked to save, once its bank has accepted a charge. */
function savedWith(
  sandbox: Sandbox,
  transaction: Transaction,
  status: TransactionStatus,
  fraud: FraudStatus | null,
): Record<string, string> {
  const { card, instrument } = transaction;
  const accepted = (status === "capture" || status === "authorize") && fraud === "accept";
  if (!card?.saves || !accepted || "saved_token_id" in instrument) return {};
  const seen = { masked_card: String(instrument["masked_card"]), card_type: "credit" as const };
  return savedMembers(saveCard(sandbox, { ...card, ...seen }, card.user_id));
}

/** A challenge ends with whatever follows it. */
const settledFraud = (transaction: Transaction, status: TransactionStatus): FraudStatus | null => {
  if (transaction.fraud_status !== "challenge") return transaction.fraud_status;
  return status === "deny" ? "deny" : "accept";
};

/** Sets the alarms that the stored transaction asks for: its end, a late decision, card batch, refunds to confirm. */
export function armTransaction(sandbox: Sandbox, transaction: Transaction): void {
  const { id, born } = transaction;
  const alarm = (name: string, at: number | null, run: (now: Transaction) => void): void => {
    sandbox.jobs.clear(`${name}:${id}`);
    if (at === null) return;
    sandbox.jobs.set(`${name}:${id}`, dueAt(sandbox, born, at), async () => {
      const current = sandbox.store.transactions.get(id);
      if (current) run(current);
      await sandbox.store.commit();
    });
  };
  const by = { by: "midtrans", notify: true };
  const waits = transaction.status === "pending" || transaction.status === "authorize";
  alarm("expiry", waits ? transaction.expires_at : null, (current) => {
    const still = current.status === "pending" || current.status === "authorize";
    if (still) changeStatus(sandbox, current, "expire", by);
  });
  alarm("decision", transaction.status === "pending" ? (transaction.decides_at ?? null) : null, (current) => {
    if (current.status === "pending" && current.decides) changeStatus(sandbox, current, current.decides, by);
  });
  alarm("batch", transaction.status === "capture" ? transaction.batch_at : null, (current) => {
    if (current.status !== "capture") return;
    changeStatus(sandbox, current, current.fraud_status === "challenge" ? "cancel" : "settlement", by);
  });
  const unconfirmed = transaction.refunds.filter((refund) => refund.bank_confirmed_at === null);
  const confirms = unconfirmed.length > 0 ? Math.min(...unconfirmed.map((refund) => refund.confirms_at)) : null;
  alarm("confirmation", confirms, (current) => confirmRefunds(sandbox, current));
}

/** The bank's word on every refund that is due: each is told by one more notification (midtrans.md 4.8). */
function confirmRefunds(sandbox: Sandbox, transaction: Transaction): void {
  const now = momentOf(sandbox, transaction.born);
  const refunds = transaction.refunds.map((refund) =>
    refund.bank_confirmed_at === null && refund.confirms_at <= now ? { ...refund, bank_confirmed_at: now } : refund,
  );
  const next = sandbox.store.transactions.put({ ...transaction, refunds });
  armTransaction(sandbox, next);
  notify(sandbox, next);
}
