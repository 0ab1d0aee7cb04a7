import type { Tx } from "../../platform/db.ts";
import type { PackageId, PaymentId, SessionId, TransactionId, UserId } from "../kernel/ids.ts";
import type { PaymentStatus } from "./payment.states.ts";
import type { GatewayRefund } from "./paymentGateway.ts";

/** What an effect needs to know of the payment and of what moved it. */
export interface EffectContext {
  readonly paymentId: PaymentId;
  readonly paymentNumber: string;
  readonly sessionId: SessionId | null;
  readonly userId: UserId;
  readonly amount: number;
  readonly now: Date;
  /** Who or what says so, for the logs. */
  readonly source: "CUSTOMER" | "STAFF" | "MIDTRANS" | "SYSTEM";
  readonly actorId: UserId | null;
  readonly reason: string | null;
}

/** LATE: what it pays for is over. TWICE: another transaction has paid already. */
export type OrphanKind = "LATE" | "TWICE";

/** What somebody is about to be asked money for: by a payment that is there, or by the month. */
export type Wanted =
  | { readonly userId: UserId; readonly paymentId: PaymentId }
  | { readonly userId: UserId; readonly packageId: PackageId };

/**
 * What a payment does to what it pays for. Declared here and implemented to the right (orders, enrolments): so payment
 * never imports them. Each runs inside the payment's transaction, after lock().
 */
export interface PurposeEffects {
  /** Locks what payments pay for, in one order. Called before the payments' own rows are locked. */
  lock(tx: Tx, sessionIds: readonly SessionId[], paymentIds: readonly PaymentId[]): Promise<void>;
  /**
   * Asked before money is, and again under lock: nobody pays for what he has already.
   *
   * @throws Refusal saying what he has
   */
  requireUnowned(tx: Pick<Tx, "sql">, wanted: Wanted): Promise<void>;
  /**
   * The payments were paid, all for one cause.
   *
   * @returns of each, `settled`, or `orphaned` when nothing can be bought with it any more
   */
  settle(tx: Tx, contexts: readonly EffectContext[]): Promise<("settled" | "orphaned")[]>;
  /** The payment ended, or was un-paid by a reversal: gives back what was held. */
  unsettle(tx: Tx, context: EffectContext & { as: PaymentStatus; wasPaid: boolean }): Promise<void>;
  /** The payment's status changed in a way that only its mirror on the bought thing shows (PENDING, CHALLENGED). */
  mirror(tx: Tx, context: EffectContext & { as: PaymentStatus }): Promise<void>;
  /** Money came for which there is nothing to give: records what is owed back. Whole rupiah. */
  orphan(
    tx: Tx,
    context: EffectContext & { transactionId: TransactionId; captured: number; kind: OrphanKind; why: string },
  ): Promise<void>;
  /**
   * What the gateway's books say of a transaction's refunds: ours are confirmed by their keys, others recorded. Called
   * before the payment moves. Whole rupiah.
   *
   * @returns how much went back that nobody here asked for or owed
   */
  followRefunds(
    tx: Tx,
    context: EffectContext & {
      transactionId: TransactionId;
      refunds: readonly GatewayRefund[];
      total: number;
      said: number;
      isVoid: boolean;
    },
  ): Promise<number>;
  /** A transaction's money went away by itself: nothing of it is owed back any more. */
  withdraw(tx: Tx, context: EffectContext & { transactionId: TransactionId }): Promise<void>;
}
