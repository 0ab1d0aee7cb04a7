import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type PaymentId, type RefundId, type TransactionId, type UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";
import type { DiscrepancyKind } from "./discrepancy.rules.ts";

/** Something of a day that does not agree, as people see it. */
export interface DiscrepancyView {
  readonly id: string;
  readonly day: string;
  readonly kind: DiscrepancyKind;
  /** What it is about: a gateway order id, a refund's key, a file's line. */
  readonly subject: string;
  readonly ours: string | null;
  readonly theirs: string | null;
  /** Ours less theirs, whole rupiah. */
  readonly amount: number;
  /** What is known of it, as JSON; secrets and people are hidden. */
  readonly evidence: string;
  readonly actions: readonly string[];
  readonly paymentId: PaymentId | null;
  readonly transactionId: TransactionId | null;
  readonly refundId: RefundId | null;
  readonly ownerId: UserId | null;
  readonly takenAt: Date | null;
  readonly openedAt: Date;
  /** When it was last found. */
  readonly seenAt: Date;
  readonly resolvedAt: Date | null;
  /** null: it ended by itself. */
  readonly resolvedBy: UserId | null;
  readonly action: string | null;
  readonly resolution: string | null;
}

const LIST: TimedList = {
  columns:
    "id, day, kind, subject, ours, theirs, amount, evidence::text as evidence, actions, payment_id, transaction_id, " +
    "refund_id, owner_id, taken_at, opened_at, seen_at, resolved_at, resolved_by, action, resolution",
  from: "discrepancies",
  at: "opened_at",
  id: "id",
};

/** Which of them: of a day, open or ended, of a kind. Left out or null: all. */
export interface DiscrepancyFilter {
  readonly day?: string | null | undefined;
  readonly open?: boolean | null | undefined;
  readonly kind?: string | null | undefined;
}

const isWanted = ({ day, open, kind }: DiscrepancyFilter): Condition[] => [
  ...(day ? [{ text: "day = ?::date", value: day }] : []),
  ...(typeof open === "boolean" ? [{ text: "(resolved_at is null) = ?", value: open }] : []),
  ...(kind ? [{ text: "kind = ?", value: kind }] : []),
];

/** The latest first. @throws Refusal FORBIDDEN without reconciliation.read, INVALID_INPUT for a bad page */
export async function listDiscrepancies(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & DiscrepancyFilter,
): Promise<Page<DiscrepancyView>> {
  requireRight(actor, "reconciliation.read");
  return listNewest(app.db, LIST, isWanted(input), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without reconciliation.read */
export async function countDiscrepancies(
  app: Pick<App, "db">,
  actor: Actor,
  filter: DiscrepancyFilter,
): Promise<number> {
  requireRight(actor, "reconciliation.read");
  return countRows(app.db, LIST.from, isWanted(filter));
}

/** One of them, null where there is none. @throws Refusal FORBIDDEN without reconciliation.read */
export async function findDiscrepancy(app: Pick<App, "db">, actor: Actor, id: string): Promise<DiscrepancyView | null> {
  requireRight(actor, "reconciliation.read");
  if (!isId(id)) return null;
  const [row] = await app.db.sql<DiscrepancyView>(`select ${LIST.columns} from discrepancies where id = $1`, [id]);
  return row ?? null;
}

/** As findDiscrepancy. @throws Refusal NOT_FOUND where there is none */
export async function requireDiscrepancy(app: Pick<App, "db">, actor: Actor, id: string): Promise<DiscrepancyView> {
  const found = await findDiscrepancy(app, actor, id);
  if (!found) throw new Refusal("NOT_FOUND", "There is no such discrepancy");
  return found;
}
