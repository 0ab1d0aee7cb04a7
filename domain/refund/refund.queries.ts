import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderId, type PaymentId, type RefundId, type UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";
import type { RefundStatus } from "./refund.states.ts";

/** A refund as people see it. Whole rupiah. */
export interface RefundView {
  readonly id: RefundId;
  readonly paymentId: PaymentId;
  /** null: it is of the payment, not of one order. */
  readonly orderId: OrderId | null;
  /** Who paid, and gets it back. */
  readonly userId: UserId;
  readonly amount: number;
  readonly reason: string;
  readonly status: RefundStatus;
  /** Calls to the gateway since it was last begun; its log has those before, too. */
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  /** null: the customer has not said where it goes. */
  readonly accountMasked: string | null;
  /** null: nobody of the shop decided it. */
  readonly requestedBy: UserId | null;
  readonly approvedBy: UserId | null;
  readonly approvedAt: Date | null;
  readonly settledBy: UserId | null;
  readonly bankReference: string | null;
  /** null: the money has not gone. */
  readonly succeededAt: Date | null;
  /** null: the customer's bank has not confirmed it. */
  readonly bankConfirmedAt: Date | null;
  readonly createdAt: Date;
  /** The gateway's word for what it was paid with; null: it never told. */
  readonly paymentType: string | null;
}

export const REFUND_OUTCOMES = ["SUCCESS", "FAILED", "PENDING"] as const;
export type RefundOutcome = (typeof REFUND_OUTCOMES)[number];

/** One try of a refund. */
export interface RefundAttemptView {
  readonly refundId: RefundId;
  readonly at: Date;
  readonly outcome: RefundOutcome;
  /** null: the gateway did not answer. */
  readonly gatewayCode: string | null;
  readonly message: string | null;
}

const COLUMNS = `r.id, r.payment_id, r.order_id, p.user_id, r.amount, r.reason, r.status, r.attempts, r.next_attempt_at,
  a.masked as account_masked, r.requested_by, r.approved_by, r.approved_at, r.settled_by, r.bank_reference,
  r.succeeded_at, r.bank_confirmed_at, r.created_at, t.gateway_payment_type as payment_type`;
const FROM = `refunds r join payments p on p.id = r.payment_id
  join payment_transactions t on t.id = r.transaction_id left join refund_accounts a on a.refund_id = r.id`;

const LIST: TimedList = { columns: COLUMNS, from: FROM, at: "r.created_at", id: "r.id" };

/** What a list of refunds is asked for by. */
interface RefundFilter {
  readonly status?: readonly RefundStatus[] | null | undefined;
  /** Whether somebody has approved its account; both unless said. */
  readonly approved?: boolean | null | undefined;
}

const isWanted = ({ status, approved }: RefundFilter): Condition[] => [
  ...(status?.length ? [{ text: "r.status = any(?::text[])", value: status }] : []),
  ...(typeof approved === "boolean" ? [{ text: "(r.approved_at is not null) = ?", value: approved }] : []),
];

/**
 * Every refund, the latest first.
 *
 * @throws Refusal FORBIDDEN without refund.read.any, INVALID_INPUT for a bad page
 */
export async function listRefunds(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & RefundFilter,
): Promise<Page<RefundView>> {
  requireRight(actor, "refund.read.any");
  return listNewest(app.db, LIST, isWanted(input), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without refund.read.any */
export async function countRefunds(app: Pick<App, "db">, actor: Actor, filter: RefundFilter): Promise<number> {
  requireRight(actor, "refund.read.any");
  return countRows(app.db, "refunds r", isWanted(filter));
}

/** A refund that a use case has let its actor see. @throws Refusal NOT_FOUND */
export async function readRefund(app: Pick<App, "db">, id: string): Promise<RefundView> {
  const [row] = isId(id) ? await app.db.sql<RefundView>(`select ${COLUMNS} from ${FROM} where r.id = $1`, [id]) : [];
  if (!row) throw new Refusal("NOT_FOUND", "There is no such refund");
  return row;
}

/** The refunds of these orders, oldest first. */
export function readRefundsOfOrders(source: { sql: Sql }, ids: readonly OrderId[]): Promise<RefundView[]> {
  return source.sql<RefundView>(
    `select ${COLUMNS} from ${FROM} where r.order_id = any($1::uuid[]) order by r.created_at, r.id`,
    [ids],
  );
}

/** The refunds of these payments, oldest first. */
export function readRefundsOfPayments(source: { sql: Sql }, ids: readonly PaymentId[]): Promise<RefundView[]> {
  return source.sql<RefundView>(
    `select ${COLUMNS} from ${FROM} where r.payment_id = any($1::uuid[]) order by r.created_at, r.id`,
    [ids],
  );
}

/** The tries of these refunds, oldest first. */
export function readAttempts(source: { sql: Sql }, ids: readonly RefundId[]): Promise<RefundAttemptView[]> {
  return source.sql<RefundAttemptView>(
    `select refund_id, at, outcome, gateway_code, message from refund_attempts
      where refund_id = any($1::uuid[]) order by id`,
    [ids],
  );
}
