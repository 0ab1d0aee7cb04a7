import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId, type PaymentId, type UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, NO_ROW, type TimedList } from "../kernel/timedList.ts";
import type { BlockKind, FraudDecision, FraudStage, FraudVerdict } from "./fraud.rules.ts";
import type { PaymentMethod } from "./methods.rules.ts";

/** What the rules said of one start, or of a payment that was paid. */
export interface FraudVerdictView {
  readonly id: string;
  /** Null: the checkout was refused, and there is no payment. */
  readonly paymentId: PaymentId | null;
  readonly userId: UserId;
  readonly stage: FraudStage;
  readonly method: PaymentMethod | null;
  /** Whole rupiah. */
  readonly amount: number;
  readonly verdict: FraudVerdict;
  readonly reasons: readonly string[];
  readonly figures: Readonly<Record<string, unknown>>;
  /** What of it can be put on the blocklist. */
  readonly blockable: readonly BlockKind[];
  readonly at: Date;
  /** Null: nobody has decided. */
  readonly decision: FraudDecision | null;
  readonly decidedBy: UserId | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

export interface FraudVerdictFilter {
  /** Those that wait for a person, or all of them. */
  readonly open: boolean;
  readonly verdict?: readonly FraudVerdict[] | null;
  readonly paymentId?: string | null;
  readonly userId?: string | null;
}

// A payment that a checkout planned and never made is none.
export const VERDICT_COLUMNS = `
  v.id, (select p.id from payments p where p.id = v.payment_id) as payment_id, v.user_id, v.stage, v.method, v.amount,
  v.verdict, v.reasons, v.figures, v.at, v.decision, v.decided_by, v.decided_at, v.note,
  array_remove(array['USER', case when v.card_hash is not null then 'CARD' end,
                     case when v.address_hash is not null then 'ADDRESS' end,
                     case when v.device_hash is not null then 'DEVICE' end], null) as blockable`;
const VERDICTS: TimedList = { columns: VERDICT_COLUMNS, from: "fraud_verdicts v", at: "v.at", id: "v.id" };

const equals = (column: string, id: string): Condition => (isId(id) ? { text: `${column} = ?`, value: id } : NO_ROW);

function conditionsOf({ open, verdict, paymentId, userId }: FraudVerdictFilter): Condition[] {
  const list: Condition[] = [];
  if (open) list.push({ text: "v.verdict = 'REVIEW' and v.decided_at is null and ?::boolean", value: true });
  if (verdict?.length) list.push({ text: "v.verdict = any(?::text[])", value: verdict });
  if (paymentId) list.push(equals("v.payment_id", paymentId));
  if (userId) list.push(equals("v.user_id", userId));
  return list;
}

/**
 * Verdicts, the latest first: those that wait for a person, or all.
 *
 * @throws Refusal FORBIDDEN without fraud.read, INVALID_INPUT for a bad page
 */
export async function listFraudVerdicts(
  app: Pick<App, "db">,
  actor: Actor,
  filter: FraudVerdictFilter,
  page: PageInput,
): Promise<Page<FraudVerdictView>> {
  requireRight(actor, "fraud.read");
  return listNewest(app.db, VERDICTS, conditionsOf(filter), page);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without fraud.read */
export async function countFraudVerdicts(
  app: Pick<App, "db">,
  actor: Actor,
  filter: FraudVerdictFilter,
): Promise<number> {
  requireRight(actor, "fraud.read");
  return countRows(app.db, VERDICTS.from, conditionsOf(filter));
}

/** One entry of the blocklist. Cards, addresses and devices are hashes: its note says whose. */
export interface FraudBlockView {
  readonly id: string;
  readonly kind: BlockKind;
  /** Of an account that is blocked. */
  readonly userId: UserId | null;
  readonly note: string;
  readonly blockedBy: UserId | null;
  readonly blockedAt: Date;
  /** Null: it is in force. */
  readonly liftedAt: Date | null;
}

export const BLOCK_COLUMNS = `id, kind, case when kind = 'USER' then subject::uuid end as user_id, note, blocked_by,
  blocked_at, lifted_at`;
const BLOCKS: TimedList = { columns: BLOCK_COLUMNS, from: "fraud_blocks", at: "blocked_at", id: "id" };
const inForce = (open: boolean): Condition[] => [{ text: "(lifted_at is null) = ?", value: open }];

/**
 * The blocklist, the latest first: what is in force, or what was lifted.
 *
 * @throws Refusal FORBIDDEN without fraud.read, INVALID_INPUT for a bad page
 */
export async function listFraudBlocks(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & { readonly open: boolean },
): Promise<Page<FraudBlockView>> {
  requireRight(actor, "fraud.read");
  return listNewest(app.db, BLOCKS, inForce(input.open), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN without fraud.read */
export async function countFraudBlocks(app: Pick<App, "db">, actor: Actor, open: boolean): Promise<number> {
  requireRight(actor, "fraud.read");
  return countRows(app.db, BLOCKS.from, inForce(open));
}
