import type { App } from "../app.ts";
import { COURSE_PAID_TWICE } from "../enrollment/openTwiceCase.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderId, type PaymentId, type UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";

/** Money that a person must decide about. */
export interface MoneyCaseView {
  readonly id: string;
  readonly kind: string;
  /** Whole rupiah that are in question; of money that is to go back what is here still, as long as it is open. */
  readonly amount: number;
  readonly paymentId: PaymentId | null;
  readonly orderId: OrderId | null;
  readonly summary: string;
  /** What is known of it, as JSON; secrets and people are hidden. */
  readonly evidence: string;
  /** What can end it. */
  readonly actions: readonly string[];
  /** Null: nobody took it. */
  readonly ownerId: UserId | null;
  readonly takenAt: Date | null;
  readonly openedAt: Date;
  /** Null: it is open. */
  readonly resolvedAt: Date | null;
  readonly resolvedBy: UserId | null;
  readonly action: string | null;
  readonly resolution: string | null;
}

/** Cases about money that came without a use, or maybe so, each known by its transaction. */
const OWED_BACK = ["LATE_PAYMENT", "PAID_TWICE", COURSE_PAID_TWICE].map((kind) => `'${kind}'`).join(", ");

// A part of it may go back before anybody decides: from here, in the gateway's dashboard, or by the bank.
const AMOUNT = `
  case when resolved_at is null and kind in (${OWED_BACK})
       then coalesce((select greatest(0, least(money_cases.amount,
                                               t.captured_amount - t.refunded_amount - t.charged_back_amount))
                        from payment_transactions t where t.id = money_cases.transaction_id), amount)
       else amount end as amount`;

const LIST: TimedList = {
  columns:
    `id, kind, ${AMOUNT}, payment_id, order_id, summary, evidence::text as evidence, actions, owner_id, taken_at, ` +
    "opened_at, resolved_at, resolved_by, action, resolution",
  from: "money_cases",
  at: "opened_at",
  id: "id",
};

/** Which cases: open or decided, and of one kind. */
export interface CaseFilter {
  readonly open: boolean;
  readonly kind?: string | null | undefined;
}

const isWanted = ({ open, kind }: CaseFilter): Condition[] => [
  { text: "(resolved_at is null) = ?", value: open },
  ...(kind ? [{ text: "kind = ?", value: kind }] : []),
];

/**
 * Money cases, the latest first: the open ones, or those that were decided.
 *
 * @throws Refusal FORBIDDEN without moneyCase.read, INVALID_INPUT for a bad page
 */
export async function listMoneyCases(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & CaseFilter,
): Promise<Page<MoneyCaseView>> {
  requireRight(actor, "moneyCase.read");
  return listNewest(app.db, LIST, isWanted(input), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without moneyCase.read */
export async function countMoneyCases(app: Pick<App, "db">, actor: Actor, filter: CaseFilter): Promise<number> {
  requireRight(actor, "moneyCase.read");
  return countRows(app.db, LIST.from, isWanted(filter));
}

/** One case, null where there is none. @throws Refusal FORBIDDEN without moneyCase.read */
export async function findMoneyCase(app: Pick<App, "db">, actor: Actor, id: string): Promise<MoneyCaseView | null> {
  requireRight(actor, "moneyCase.read");
  if (!isId(id)) return null;
  const [row] = await app.db.sql<MoneyCaseView>(`select ${LIST.columns} from money_cases where id = $1`, [id]);
  return row ?? null;
}

/** As findMoneyCase. @throws Refusal NOT_FOUND where there is none */
export async function requireMoneyCase(app: Pick<App, "db">, actor: Actor, id: string): Promise<MoneyCaseView> {
  const found = await findMoneyCase(app, actor, id);
  if (!found) throw new Refusal("NOT_FOUND", "There is no such money case");
  return found;
}
