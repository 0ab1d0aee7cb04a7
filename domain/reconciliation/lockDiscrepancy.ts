import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type PaymentId, type RefundId, type TransactionId, type UserId } from "../kernel/ids.ts";
import type { DiscrepancyAction, DiscrepancyKind } from "./discrepancy.rules.ts";

/** A discrepancy as somebody is about to end it. */
export interface DiscrepancyRow {
  readonly id: string;
  readonly day: string;
  readonly kind: DiscrepancyKind;
  readonly subject: string;
  readonly amount: number;
  readonly actions: readonly DiscrepancyAction[];
  readonly paymentId: PaymentId | null;
  readonly transactionId: TransactionId | null;
  readonly refundId: RefundId | null;
  /** null: it is about no line of the bank's statement. */
  readonly bankLineId: string | null;
  readonly ownerId: UserId | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly action: string | null;
}

const COLUMNS = `
  id, day, kind, subject, amount, actions, payment_id, transaction_id, refund_id, bank_line_id, owner_id, opened_at,
  resolved_at, action`;
const NONE = "There is no such discrepancy";

/** As it stands. @throws Refusal NOT_FOUND */
export async function readDiscrepancy(db: Pick<Tx, "sql">, id: string): Promise<DiscrepancyRow> {
  const [row] = isId(id)
    ? await db.sql<DiscrepancyRow>(`select ${COLUMNS} from discrepancies where id = $1`, [id])
    : [];
  if (!row) throw new Refusal("NOT_FOUND", NONE);
  return row;
}

/** The same under lock. @throws Refusal NOT_FOUND */
export async function lockDiscrepancy(tx: Tx, id: string): Promise<DiscrepancyRow> {
  const [row] = isId(id)
    ? await tx.sql<DiscrepancyRow>(`select ${COLUMNS} from discrepancies where id = $1 for update`, [id])
    : [];
  if (!row) throw new Refusal("NOT_FOUND", NONE);
  return row;
}
