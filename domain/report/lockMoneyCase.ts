import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type PaymentId, type TransactionId, type UserId } from "../kernel/ids.ts";
import type { CaseAction } from "../kernel/openMoneyCase.ts";

/** A case's row as somebody is about to change it. */
export interface CaseRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly paymentId: PaymentId | null;
  readonly transactionId: TransactionId | null;
  readonly amount: number;
  readonly actions: readonly CaseAction[];
  /** What the gateway said when it was opened; null: no report opened it. */
  readonly told: string | null;
  readonly ownerId: UserId | null;
  readonly resolvedAt: Date | null;
  readonly action: string | null;
}

const COLUMNS = "id, kind, subject, payment_id, transaction_id, amount, actions, told, owner_id, resolved_at, action";

const NONE = "There is no such money case";

/** A case as it stands. @throws Refusal NOT_FOUND */
export async function readMoneyCase(db: Pick<Tx, "sql">, id: string): Promise<CaseRow> {
  const [row] = isId(id) ? await db.sql<CaseRow>(`select ${COLUMNS} from money_cases where id = $1`, [id]) : [];
  if (!row) throw new Refusal("NOT_FOUND", NONE);
  return row;
}

/** The same under lock; what it is about is locked before it. @throws Refusal NOT_FOUND */
export async function lockMoneyCase(tx: Tx, id: string): Promise<CaseRow> {
  const [row] = isId(id)
    ? await tx.sql<CaseRow>(`select ${COLUMNS} from money_cases where id = $1 for update`, [id])
    : [];
  if (!row) throw new Refusal("NOT_FOUND", NONE);
  return row;
}
