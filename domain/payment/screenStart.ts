import { inTransaction, type Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import type { PaymentId, UserId } from "../kernel/ids.ts";
import { formatRupiah } from "../kernel/money.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, later } from "../kernel/time.ts";
import { type FraudVerdict, type Judgement, judgeStart, type StartFigures, tellsNobodyApart } from "./fraud.rules.ts";
import type { PaymentMethod } from "./methods.rules.ts";

/** Where a request comes from; null: nobody knows. It is only ever kept as a keyed hash. */
export interface Origin {
  readonly address: string | null;
  /** The number that a browser made up for itself. */
  readonly device: string | null;
}
export const NOWHERE: Origin = { address: null, device: null };

/** Alerts of this kind are open while a verdict of their user waits for a person. */
export const FRAUD_ALERT = "FRAUD_REVIEW";

/** The habit of an account is what it paid last: so many payments are looked at. */
const HABIT_PAYMENTS_MAX = 50;

const hashOf = (app: Pick<App, "sealer">, subject: "address" | "device" | "card", value: string): string =>
  app.sealer.lookup(value, `fraud.${subject}`);

/** The keyed hash that an address is counted and blocked by. */
export const addressHash = (app: Pick<App, "sealer">, address: string): string => hashOf(app, "address", address);
/** The same of a device, */
export const deviceHash = (app: Pick<App, "sealer">, device: string): string => hashOf(app, "device", device);
/** and of a card: its masked number, as the gateway tells it. */
export const cardHash = (app: Pick<App, "sealer">, card: string): string => hashOf(app, "card", card);

export type ScreenApp = Pick<App, "db" | "clock" | "ids" | "sealer" | "settings">;

export interface StartToScreen {
  readonly userId: UserId;
  /** Of a checkout: the id that its payment will have. */
  readonly paymentId: PaymentId;
  readonly method: PaymentMethod;
  /** Whole rupiah. */
  readonly amount: number;
  /** Of a saved card, as the gateway tells of it, too. */
  readonly maskedCard?: string | undefined;
  /** The same for a request and its repetitions, which are one start. */
  readonly key: string;
}

interface Screening {
  readonly id: string;
  /** An earlier run of this start was let through: that stands. */
  readonly kept: FraudVerdict | null;
  readonly figures: StartFigures;
}

const SCREEN = "select screen_start($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as screening";

/** Counts a start, this one included, and keeps it as let through: one statement. */
async function countStart(app: ScreenApp, origin: Origin, start: StartToScreen, windowMs: number): Promise<Screening> {
  const { address, device } = origin;
  const now = app.clock.now();
  const [row] = await app.db.sql<{ screening: Screening }>(SCREEN, [
    app.ids.next<"fraudVerdict">(),
    start.key,
    start.userId,
    start.paymentId,
    start.method,
    start.amount,
    address === null || tellsNobodyApart(address) ? null : addressHash(app, address),
    device && deviceHash(app, device),
    start.maskedCard ? cardHash(app, start.maskedCard) : null,
    currentRequestId(),
    now,
    later(now, -windowMs),
    later(now, -DAY_MS),
    HABIT_PAYMENTS_MAX,
  ]);
  if (!row) throw new Error("a start was not screened");
  return row.screening;
}

/** Keeps what was decided, and tells staff where a person is to look. A checkout that is refused has no payment. */
async function keepVerdict(app: ScreenApp, id: string, start: StartToScreen, judgement: Judgement): Promise<void> {
  const { verdict, reasons } = judgement;
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    await tx.sql(
      `update fraud_verdicts
          set verdict = $2, reasons = $3,
              payment_id = case when $2 = 'REVIEW' then payment_id
                                else (select p.id from payments p where p.id = payment_id) end
        where id = $1`,
      [id, verdict, reasons],
    );
    if (verdict !== "REVIEW") return;
    const message = `A payment of ${formatRupiah(start.amount)} waits for a look: ${reasons.join(", ")}`;
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      { kind: FRAUD_ALERT, subject: start.userId, severity: "WARNING", message },
    );
  });
}

const refused = () =>
  new Refusal("PAYMENT_REFUSED", "This payment cannot be started now; try again later or write to us");

/** Somebody has refused on review what failed after it was let through. */
async function wasRefused(app: ScreenApp, id: string): Promise<boolean> {
  const rows = await app.db.sql("select from fraud_verdicts where id = $1 and decision = 'REFUSED'", [id]);
  return rows.length > 0;
}

/**
 * Looks at a start before the gateway hears of it, and keeps a verdict of it. One statement where nothing is odd. A
 * start for review goes on: it waits for a person in a queue, and so does what it pays for. A repeated request is the
 * same start; what was let through once stays so.
 *
 * @returns whether it was let through before: its verdict then names the payment that was planned at that time
 * @throws Refusal PAYMENT_REFUSED in words that tell nothing of the rule
 */
export async function screenStart(app: ScreenApp, origin: Origin, start: StartToScreen): Promise<boolean> {
  const rules = app.settings.fraud;
  if (rules === null) return false;
  const { id, kept, figures } = await countStart(app, origin, start, rules.windowMs);
  if (kept) {
    if (kept === "REVIEW" && (await wasRefused(app, id))) throw refused();
    return true;
  }
  const judgement = judgeStart(start.amount, figures, rules);
  if (judgement.verdict === "ALLOW") return false;
  await keepVerdict(app, id, start, judgement);
  if (judgement.verdict === "REFUSE") throw refused();
  return false;
}

/**
 * A start that was let through, failed after it and works now: its verdict is about the payment that it has become, so
 * that a review holds that one and its declines are counted. In the transaction that writes the payment.
 */
export async function bindStart(
  tx: Tx,
  { userId, key, paymentId }: Pick<StartToScreen, "userId" | "key" | "paymentId">,
): Promise<void> {
  await tx.sql("update fraud_verdicts set payment_id = $3 where user_id = $1 and start_key = $2", [
    userId,
    key,
    paymentId,
  ]);
}
