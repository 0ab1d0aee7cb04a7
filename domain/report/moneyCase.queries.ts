import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { OrderId, PaymentId, UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";

/** Money that a person must decide about. */
export interface MoneyCaseView {
  readonly id: string;
  readonly kind: string;
  /** Whole rupiah that are in question. */
  readonly amount: number;
  readonly paymentId: PaymentId | null;
  readonly orderId: OrderId | null;
  readonly summary: string;
  /** What can end it. */
  readonly actions: readonly string[];
  /** Null: nobody took it. */
  readonly ownerId: UserId | null;
  readonly openedAt: Date;
  /** Null: it is open. */
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
}

const LIST: TimedList = {
  columns: "id, kind, amount, payment_id, order_id, summary, actions, owner_id, opened_at, resolved_at, resolution",
  from: "money_cases",
  at: "opened_at",
  id: "id",
};
const isOpen = (open: boolean): Condition[] => [{ text: "(resolved_at is null) = ?", value: open }];

/**
 * Money cases, the latest first: the open ones, or those that were decided.
 *
 * @throws Refusal FORBIDDEN without moneyCase.read, INVALID_INPUT for a bad page
 */
export async function listMoneyCases(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & { readonly open: boolean },
): Promise<Page<MoneyCaseView>> {
  requireRight(actor, "moneyCase.read");
  return listNewest(app.db, LIST, isOpen(input.open), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without moneyCase.read */
export async function countMoneyCases(app: Pick<App, "db">, actor: Actor, open: boolean): Promise<number> {
  requireRight(actor, "moneyCase.read");
  return countRows(app.db, LIST.from, isOpen(open));
}
