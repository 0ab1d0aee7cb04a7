import { askAsAdmin, askShop, insist, type Scene } from "./scene.ts";
import { isToBeAskedAgain } from "./shopper.ts";
import type { ShopperBook } from "./told.ts";

const LOOK = `query Drill($id: ID!) {
  payment(id: $id) { status refunds { id status amount bankReference } }
}`;
const CANCEL = "mutation Drill($input: CancelOrderInput!) { cancelOrder(input: $input) { id status } }";
const ORDER = "query Drill($id: ID!) { order(id: $id) { id status items { id quantity } } }";
const PREVIEW = "query Drill($input: RefundPreviewInput!) { refundPreview(input: $input) { max suggested } }";
const REFUND = "mutation Drill($input: RefundInput!) { refundPayment(input: $input) { id amount } }";
const GIVE = `mutation Drill($id: ID!, $input: BankAccountInput!) {
  setRefundAccount(refundId: $id, input: $input) { id }
}`;
const APPROVE = "mutation Drill($id: ID!) { approveManualRefund(refundId: $id) { id } }";
const SETTLE = `mutation Drill($id: ID!, $reference: String!) {
  settleRefundManually(refundId: $id, reference: $reference) { id }
}`;

const ACCOUNT = { bankCode: "BCA", accountNumber: "1234567890", accountName: "Pembeli Latihan" };
const REASON = "rusak di jalan";
/** What the shop says while it waits for something that comes by itself. */
const WAITS: ReadonlySet<string> = new Set(["ON_HOLD", "PAYMENT_IN_REVIEW"]);

interface RefundSeen {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly bankReference: string | null;
}

interface OrderSeen {
  readonly id: string;
  readonly status: string;
  readonly items: readonly { readonly id: string; readonly quantity: number }[];
}

/** Cancels one order that is paid, with the same key until there is an answer. @returns the status that was told */
export const cancelPaid = (scene: Scene, book: ShopperBook, orderId: string): Promise<string | null> =>
  insist(scene, async () => {
    // Several orders of one payment are cancelled, each by a key of its own.
    const input = { orderId, reason: "berubah pikiran", idempotencyKey: `${book.key}-undo-${orderId.slice(-12)}` };
    type Told = { cancelOrder: { status: string } };
    const { code, data } = await askShop<Told>(scene, "cancel", book.userId, { query: CANCEL, variables: { input } });
    if (isToBeAskedAgain(code)) return null;
    if (data?.cancelOrder.status === "CANCELLED") book.cancelled.push(orderId);
    return data?.cancelOrder.status ?? code;
  });

/** Looks until a refund is at its end or with people. @returns it; null: it takes longer than he looks */
export async function followRefund(scene: Scene, book: ShopperBook, end = "SUCCEEDED"): Promise<RefundSeen | null> {
  const { checkout } = book;
  if (!checkout) return null;
  const at = scene.now();
  const operation = { query: LOOK, variables: { id: checkout.paymentId } };
  type Seen = { payment: { refunds: readonly RefundSeen[] } | null };
  const found = await insist(scene, async (round) => {
    const { data } = await askShop<Seen>(scene, "look", book.userId, operation);
    const refunds = data?.payment?.refunds ?? [];
    for (const { id, status, amount } of refunds) {
      const isNews = status === "SUCCEEDED" && !book.toldRefunded.some((told) => told.id === id);
      if (isNews) book.toldRefunded.push({ id, amount });
    }
    return refunds.find(({ status }) => status === end) ?? (round >= LOOKS_MAX ? "later" : null);
  });
  if (!found || found === "later") return null;
  scene.note({ kind: "refund", code: "OK", at, until: scene.now() });
  return found;
}

/** What the gateway lacks, or has to be asked for many times, takes hours: nobody waits for that. */
const LOOKS_MAX = 30;

/** The first of the admins asks for it; the others approve and pay. */
type Role = 0 | 1 | 2;

/** An admin's work, until the shop takes it or says no. */
const insistAs = (scene: Scene, role: Role, query: string, variables: object): Promise<string | null> =>
  insist(scene, async () => {
    const { code } = await askAsAdmin(scene, role, { query, variables });
    return isToBeAskedAgain(code) || WAITS.has(code) ? null : code;
  });

/** The customer names his account, one admin approves it, and another transfers. */
export async function payByHand(scene: Scene, book: ShopperBook): Promise<void> {
  const refund = await followRefund(scene, book, "MANUAL");
  if (!refund) return;
  const { id } = refund;
  const give = { query: GIVE, variables: { id, input: ACCOUNT } };
  const given = await insist(scene, async () => {
    const { code } = await askShop(scene, "refund", book.userId, give);
    return isToBeAskedAgain(code) ? null : code;
  });
  if (given !== "OK") return;
  await insistAs(scene, 1, APPROVE, { id });
  const reference = `TRX-${book.key}`;
  book.transferred.push({ refundId: id, reference });
  await insistAs(scene, 2, SETTLE, { id, reference });
  await followRefund(scene, book);
}

/** An admin gives something back, with the same key until there is an answer, which stands in the book. */
async function giveBack(scene: Scene, book: ShopperBook, n: number, wish: object): Promise<void> {
  const variables = { input: { ...wish, reason: REASON, idempotencyKey: `${book.key}-refund-${n}` } };
  await insist(scene, async () => {
    type Made = { refundPayment: { id: string; amount: number } };
    const { code, data } = await askAsAdmin<Made>(scene, 0, { query: REFUND, variables });
    if (isToBeAskedAgain(code)) return null;
    book.decided.push({ refundId: data?.refundPayment.id ?? null, amount: data?.refundPayment.amount ?? 0 });
    return code;
  });
}

/** What the shop would refund of it at most; 0: nothing. */
async function roomFor(scene: Scene, wish: object): Promise<{ max: number; suggested: number }> {
  type Seen = { refundPreview: { max: number; suggested: number } };
  const { data } = await askAsAdmin<Seen>(scene, 0, { query: PREVIEW, variables: { input: wish } });
  return data?.refundPreview ?? { max: 0, suggested: 0 };
}

/** An amount of the order's money goes back, and perhaps another one. */
export async function refundAmounts(scene: Scene, book: ShopperBook, orderId: string): Promise<void> {
  const paymentId = book.checkout?.paymentId;
  for (let n = 0; n < 1 + scene.chance.whole(3); n++) {
    const { max } = await roomFor(scene, { paymentId, orderId });
    if (max < 2) return;
    await giveBack(scene, book, n, { paymentId, orderId, amount: 1 + scene.chance.whole(Math.floor(max / 2)) });
  }
}

/** One piece of an item comes back, and stands on the shelf again, or does not. */
export async function refundPiece(scene: Scene, book: ShopperBook, orderId: string): Promise<void> {
  const paymentId = book.checkout?.paymentId;
  const { data } = await askAsAdmin<{ order: OrderSeen | null }>(scene, 0, {
    query: ORDER,
    variables: { id: orderId },
  });
  const item = data?.order?.items[0];
  if (!item) return;
  const items = [{ orderItemId: item.id, quantity: 1, restock: scene.chance.next() < 0.6 }];
  const { max, suggested } = await roomFor(scene, { paymentId, orderId, items });
  if (Math.min(max, suggested) < 1) return;
  await giveBack(scene, book, 0, { paymentId, orderId, items, amount: Math.min(max, suggested) });
}
