import type { RefundId } from "../kernel/ids.ts";
import { DAY_MS, HOUR_MS, later, MINUTE_MS, minuteOfJakartaDay } from "../kernel/time.ts";
import { refundRuleOf } from "../payment/methodRefunds.rules.ts";
import { isPaidMethodReversible, type RefundRule } from "../payment/methods.rules.ts";

/** Calls to the gateway for one refund; after them a person looks at it. */
export const SEND_TRIES_MAX = 12;
/** A key's number has two digits. Whoever has used them all up is paid back by hand. */
export const KEY_NUMBER_MAX = 99;
/** For so long the gateway answers a repeated key with the first result; later it might be taken for a new refund. */
const KEY_LIFE_MS = 7 * DAY_MS;
const DELAY_MS_MAX = 6 * HOUR_MS;
/** What is not settled yet, or lacks the merchant's money, is looked at again after this. */
export const WAIT_MS = HOUR_MS;

/**
 * The key that the gateway knows a refund by: it grows only after a definite refusal, so that an answer that was lost
 * is asked for and never made twice.
 */
export const refundKey = (id: RefundId, keyNumber: number): string => `${id}-${String(keyNumber).padStart(2, "0")}`;

/** Whose refund a key is; null for one that is not ours. */
export function refundIdOf(key: string | null): RefundId | null {
  const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-\d\d$/.exec(key ?? "");
  return (match?.[1] as RefundId | undefined) ?? null;
}

/**
 * How long a refund waits after its `attempts`-th try, in ms: doubled each time, capped, and shifted by up to a quarter
 * so that refunds that failed together do not return together.
 *
 * @param spread 0 to 1
 */
export function retryDelayMs(attempts: number, firstMs: number, spread: number): number {
  const base = Math.min(firstMs * 2 ** Math.min(Math.max(attempts - 1, 0), 30), DELAY_MS_MAX);
  return Math.round(base * (1 + spread / 4));
}

/** 0 to 1, the same for every try of one refund, different between refunds. */
export const spreadOf = (id: RefundId): number => Number.parseInt(id.slice(-4), 16) / 0xffff;

/** What a transaction's money is, as far as a refund of it goes. Whole rupiah. */
export interface RefundableMoney {
  readonly method: string;
  /** null: the gateway never told, so nobody knows what paid it. */
  readonly paymentType: string | null;
  readonly paidAt: Date | null;
  /** null: not settled yet. */
  readonly settledAt: Date | null;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
}

/** MANUAL: the gateway cannot pay it back. WAIT: not before `until`. SEND: now. */
export type Sendable = { readonly kind: "SEND" | "MANUAL" } | { readonly kind: "WAIT"; readonly until: Date };

/** Until when a day's closed hours last that `now` lies in; null where it does not. */
function closedUntil({ closed }: RefundRule, now: Date): Date | null {
  if (!closed) return null;
  const minute = minuteOfJakartaDay(now);
  const isClosed = minute >= closed.fromMinute || minute < closed.toMinute;
  if (!isClosed) return null;
  const minutes = (closed.toMinute - minute + 24 * 60) % (24 * 60);
  return later(now, minutes * MINUTE_MS);
}

/** Until when a bank may still take the payment back, so that nothing of it is paid back; null where none may. */
export function heldUntil(
  money: Pick<RefundableMoney, "method" | "paymentType" | "paidAt" | "settledAt">,
  holdMs: number,
): Date | null {
  if (!isPaidMethodReversible(money.method, money.paymentType)) return null;
  return new Date(Math.max(money.paidAt?.getTime() ?? 0, money.settledAt?.getTime() ?? 0) + holdMs);
}

/**
 * Whether `amount` of a transaction can be sent back through the gateway now. Before the bank's right to reverse it has
 * ended nothing is paid back, for it might be paid twice.
 *
 * @see methods.rules.ts, where the gateway's windows and rights stand
 */
export function sendable(money: RefundableMoney, amount: number, holdMs: number, now: Date): Sendable {
  if (money.paymentType === null) return { kind: "MANUAL" };
  const rule = refundRuleOf(money.paymentType);
  const until = heldUntil(money, holdMs);
  if (until && until > now) return { kind: "WAIT", until };
  if (!rule) return { kind: "MANUAL" };
  const isWhole = amount === money.capturedAmount;
  if (!rule.partial && !isWhole) return { kind: "MANUAL" };
  if (money.settledAt && later(money.settledAt, rule.withinDays * DAY_MS) <= now) return { kind: "MANUAL" };
  const opensAt = closedUntil(rule, now);
  return opensAt ? { kind: "WAIT", until: opensAt } : { kind: "SEND" };
}

/** True while the gateway would answer this key with its first result. */
export const isKeyAlive = (keySentAt: Date | null, now: Date): boolean =>
  keySentAt === null || later(keySentAt, KEY_LIFE_MS) > now;
