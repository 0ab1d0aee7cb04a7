import { cancelOrder } from "../../domain/checkout/cancelOrder.ts";
import { approvePayment, rejectPayment } from "../../domain/enrollment/approvePayment.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import type { PaymentId, RefundId, SessionId, SubscriptionId } from "../../domain/kernel/ids.ts";
import { cancelPayment } from "../../domain/payment/cancelPayment.ts";
import { pollPayments } from "../../domain/payment/pollPayments.ts";
import { approveManualRefund } from "../../domain/refund/approveManualRefund.ts";
import { refundPayment } from "../../domain/refund/refundPayment.ts";
import { retryRefund } from "../../domain/refund/retryRefund.ts";
import { setRefundAccount } from "../../domain/refund/setRefundAccount.ts";
import { settleRefundManually } from "../../domain/refund/settleRefundManually.ts";
import { resolveMoneyCase } from "../../domain/report/resolveMoneyCase.ts";
import { begin, claim, sell } from "../integration/enrollment/facts.ts";
import { happens, type Person, tryAgain } from "../integration/payment/facts.ts";
import { charge, tell } from "../integration/payment/subscriptionFacts.ts";
import { ACCOUNT } from "../integration/refund/byHandFacts.ts";
import { laterTry } from "../integration/refund/refundFacts.ts";
import type { LiveShop } from "../support/liveShop.ts";

/** The shop and the people of one history. */
export interface Cast {
  readonly shop: LiveShop;
  readonly buyer: Person;
  readonly subscriber: Person;
  readonly subscriptionId: SubscriptionId;
  readonly admins: readonly [Person, Person, Person];
}

/** Something that happens, to whichever of the things that there are. */
type Act = (cast: Cast, pick: number) => Promise<unknown>;

const HOUR_MS = 3_600_000;
let keys = 0;
const newKey = () => `ledger-${process.pid}-${++keys}`;

const at = <T>(from: readonly T[], pick: number): T => {
  const found = from[pick % Math.max(1, from.length)];
  if (found === undefined) throw new Refusal("NOT_FOUND", "Nothing of that kind is there");
  return found;
};

interface Try {
  readonly paymentId: PaymentId;
  readonly sessionId: SessionId | null;
  readonly userId: string;
  readonly gatewayOrderId: string;
}

const peopleOf = ({ buyer, subscriber }: Cast) => [buyer.userId, subscriber.userId];

/** A try at the gateway, of whichever payment. */
async function tryOf(cast: Cast, pick: number): Promise<Try> {
  const rows = await cast.shop.app.db.sql<Try>(
    `select p.id as payment_id, p.session_id, p.user_id, t.gateway_order_id
       from payments p join payment_transactions t on t.payment_id = p.id
      where p.user_id = any($1::uuid[]) and p.channel = 'MIDTRANS' order by t.created_at desc, t.gateway_order_id`,
    [peopleOf(cast)],
  );
  return at(rows, pick);
}

async function refundOf(cast: Cast, statuses: readonly string[], pick: number): Promise<RefundId> {
  const rows = await cast.shop.app.db.sql<{ id: RefundId }>(
    `select r.id from refunds r join payments p on p.id = r.payment_id
      where p.user_id = any($1::uuid[]) and r.status = any($2::text[]) order by r.created_at desc, r.id`,
    [peopleOf(cast), statuses],
  );
  return at(rows, pick).id;
}

/** Moves a try at the gateway and has the shop told of it. */
const atGateway =
  (moves: readonly object[]): Act =>
  async (cast, pick) => {
    const one = await tryOf(cast, Math.floor(pick / moves.length));
    await happens(cast.shop, { ...one, productId: "" } as never, at(moves, pick));
  };

async function buy({ shop, buyer }: Cast, pick: number): Promise<void> {
  const lines = await Promise.all(
    Array.from({ length: 1 + (pick % 2) }, async () => ({
      ...(await shop.addProduct({ price: 25_000 + (pick % 7) * 1_111, isPkp: pick % 3 > 0 })),
      quantity: 1 + (pick % 3),
    })),
  );
  await shop.buy(buyer, shop.order(lines));
}

async function decide(cast: Cast, pick: number): Promise<void> {
  const rows = await cast.shop.app.db.sql<{ id: PaymentId }>(
    "select id from payments where user_id = $1 and purpose = 'ENROLLMENT' order by created_at desc",
    [cast.buyer.userId],
  );
  const [paymentId, [admin]] = [at(rows, pick >> 1).id, cast.admins];
  if (pick % 4 > 0) await approvePayment(cast.shop.app, admin, { paymentId });
  else await rejectPayment(cast.shop.app, admin, { paymentId, reason: "Bukti tidak terbaca" });
}

async function give(cast: Cast, pick: number): Promise<void> {
  const rows = await cast.shop.app.db.sql<{ id: PaymentId; orderId: string | null; amount: number }>(
    `select p.id, o.id as order_id, coalesce(o.total, p.amount)::bigint as amount
       from payments p left join orders o on o.session_id = p.session_id
      where p.user_id = any($1::uuid[]) order by p.created_at desc, o.id`,
    [peopleOf(cast)],
  );
  const { id, orderId, amount } = at(rows, pick >> 2);
  const part = [amount, 1_000, Math.floor(amount / 3), 7][pick % 4] as number;
  const wish = { paymentId: id, orderId, amount: part, reason: "barang cacat", idempotencyKey: newKey() };
  await refundPayment(cast.shop.app, cast.admins[0], wish);
}

async function payByHand(cast: Cast, pick: number): Promise<void> {
  const { shop, admins } = cast;
  const refundId = await refundOf(cast, ["MANUAL", "FAILED"], pick);
  const owner = await shop.one<{ userId: string }>(
    "select p.user_id from payments p join refunds r on r.payment_id = p.id where r.id = $1",
    refundId,
  );
  const customer = [cast.buyer, cast.subscriber].find(({ userId }) => userId === owner.userId) as Person;
  await setRefundAccount(shop.app, customer, { refundId, account: ACCOUNT });
  await approveManualRefund(shop.app, admins[1], { refundId });
  await settleRefundManually(shop.app, admins[2], { refundId, reference: `TRX-${refundId.slice(0, 8)}` });
}

async function cancel(cast: Cast, pick: number): Promise<void> {
  const { paymentId, sessionId } = await tryOf(cast, pick >> 1);
  if (pick % 2 === 0) return void (await cancelPayment(cast.shop.app, cast.buyer, { paymentId }));
  const orders = await cast.shop.app.db.sql<{ id: string }>("select id from orders where session_id = $1 order by id", [
    sessionId,
  ]);
  await cancelOrder(cast.shop.app, cast.buyer, { orderId: at(orders, pick).id as never, reason: "berubah pikiran" });
}

async function endCase(cast: Cast, pick: number): Promise<void> {
  const rows = await cast.shop.app.db.sql<{ id: string; actions: string[] }>(
    `select c.id, c.actions from money_cases c join payments p on p.id = c.payment_id
      where c.resolved_at is null and p.user_id = any($1::uuid[]) order by c.opened_at desc`,
    [peopleOf(cast)],
  );
  const { id, actions } = at(rows, pick >> 1);
  const wish = { id, action: at(actions, pick), note: "Sudah dilihat" };
  await resolveMoneyCase(cast.shop.app, cast.admins[0], wish);
}

/** Sends what is due; the gateway may say no. */
async function send({ shop }: Cast, pick: number): Promise<void> {
  const kind = ["none", "denied", "cannot", "none"][pick % 4] as string;
  if (kind !== "none") await shop.gatewayFaults({ target: "midtrans.refund", kind, times: 1 + (pick % 3) });
  await laterTry(shop, HOUR_MS);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
}

const FORCE = { force: true };

/** All that moves money, and what it needs before. */
export const ACTS = {
  buy,
  enrol: async ({ shop, buyer }, pick) =>
    begin(shop, buyer, await sell(shop, { approval: ["AUTO", "MANUAL"][pick % 2] as string })),
  prove: async ({ shop, buyer }) => claim(shop, buyer, await sell(shop)),
  month: async ({ shop, subscriptionId }) => {
    await charge(shop, subscriptionId);
    await tell(shop, subscriptionId);
    await shop.drain();
  },
  pay: atGateway([
    { transaction_status: "settlement", method: "gopay" },
    { transaction_status: "settlement", method: "bca_va" },
    { transaction_status: "capture", method: "credit_card" },
    { transaction_status: "settlement" },
    { transaction_status: "settlement", ...FORCE },
    { transaction_status: "settlement", method: "gopay", new: true },
  ]),
  payWrong: atGateway([{ transaction_status: "settlement", gross_amount: 75_000, ...FORCE }]),
  takeBack: atGateway([
    { transaction_status: "deny", ...FORCE },
    { transaction_status: "chargeback", ...FORCE },
    { transaction_status: "partial_chargeback", ...FORCE },
    { transaction_status: "cancel", ...FORCE },
  ]),
  refundOutside: atGateway([
    { transaction_status: "partial_refund", refund_amount: 1_000 },
    { transaction_status: "partial_refund", refund_amount: 5_000, ...FORCE },
    { transaction_status: "refund", ...FORCE },
  ]),
  tryAgain: async (cast, pick) => {
    const one = await tryOf(cast, pick);
    await tryAgain(cast.shop.app, cast.buyer, { ...one, productId: "" } as never, newKey());
    await cast.shop.drain();
  },
  cancel,
  decide,
  give,
  payByHand,
  retry: async (cast, pick) =>
    retryRefund(cast.shop.app, cast.admins[0], { refundId: await refundOf(cast, ["FAILED"], pick) }),
  endCase,
  send,
  poll: async ({ shop }) => {
    shop.advance(2 * HOUR_MS);
    await pollPayments(shop.app);
    await shop.drain();
  },
  wait: async ({ shop }) => {
    shop.advance(25 * HOUR_MS);
    await shop.drain();
  },
} satisfies Record<string, Act>;
export type Verb = keyof typeof ACTS;

/** The gateway's own no to a move that makes no sense as things stand. */
const isGatewaysNo = (error: unknown): boolean => error instanceof Error && /^http.*: 4\d\d /.test(error.message);

/** Does it, where it makes sense. @returns whether it did */
export async function doAct(cast: Cast, verb: Verb, pick: number): Promise<boolean> {
  try {
    await ACTS[verb](cast, pick);
    return true;
  } catch (error) {
    if (error instanceof Refusal || isGatewaysNo(error)) return false;
    throw error;
  }
}
