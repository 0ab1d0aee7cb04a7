import { type Answered, askSandbox, askShop, insist, type Scene } from "./scene.ts";
import { DESTINATION, SERVICE } from "./shopFloor.ts";
import { type CheckoutTold, isBroken, type ShopperBook } from "./told.ts";

const CHECKOUT = `mutation Drill($input: CheckoutInput!) {
  checkout(input: $input) { id total orders { id } payment { id } }
}`;
const LOOK = `query Drill($id: ID!) {
  payment(id: $id) {
    status
    orders { id status }
    currentTransaction {
      gatewayOrderId state method
      instructions { redirectUrl vaNumber billKey paymentCode qrString deeplinkUrl }
    }
  }
}`;
const CANCEL = "mutation Drill($input: CancelOrderInput!) { cancelOrder(input: $input) { id status } }";

/** Of checkouts, the share whose shopper goes away before the answer and sends the same again. */
const LEAVES = 0.3;
const LEAVES_AFTER_MS_MAX = 60;

/** Refusals that pass by themselves: the same request is sent again. */
const PASSES: ReadonlySet<string> = new Set(["IN_PROGRESS", "CONFLICT", "RATE_LIMITED"]);
export const isToBeAskedAgain = (code: string): boolean => isBroken(code) || PASSES.has(code);

export interface PaymentSeen {
  readonly status: string;
  readonly orders: readonly { readonly id: string; readonly status: string }[];
  readonly currentTransaction: {
    readonly gatewayOrderId: string;
    readonly state: string;
    readonly method: string;
    readonly instructions: Readonly<Record<string, string | null>>;
  } | null;
}

interface CheckoutData {
  readonly checkout: {
    readonly id: string;
    readonly total: number;
    readonly orders: readonly { readonly id: string }[];
    readonly payment: { readonly id: string };
  };
}

const inputOf = (scene: Scene, book: ShopperBook, method: string | null) => {
  const storeOf = (id: string) => scene.floor.goods.flat().find(({ productId }) => productId === id)?.storeId;
  const stores = [...new Set(book.lines.map(({ productId }) => storeOf(productId)))];
  return {
    lines: book.lines,
    address: {
      recipient: "Pembeli Latihan",
      phone: "081200000001",
      line: "Jl. Melati 5",
      destinationId: DESTINATION.id,
    },
    shipping: stores.map((storeId) => ({ storeId, ...SERVICE })),
    method,
    idempotencyKey: book.key,
  };
};

/** Buys, with the same key until there is an answer. What the shop said stands in the book afterwards. */
export async function buy(scene: Scene, book: ShopperBook, method: string | null): Promise<CheckoutTold | null> {
  const operation = { query: CHECKOUT, variables: { input: inputOf(scene, book, method) } };
  const leaves = scene.chance.next() < LEAVES;
  return insist(scene, async (round) => {
    const leavesAfterMs = 1 + scene.chance.whole(LEAVES_AFTER_MS_MAX);
    const options = leaves && round === 0 ? { leavesAfterMs } : {};
    const { code, data } = await askShop<CheckoutData>(scene, "checkout", book.userId, operation, options);
    if (isToBeAskedAgain(code)) return null;
    if (!data) {
      book.refusal = code;
      return "refused" as const;
    }
    const { id, total, orders, payment } = data.checkout;
    book.checkout = { sessionId: id, paymentId: payment.id, orderIds: orders.map((order) => order.id), total };
    return book.checkout;
  }).then((told) => (told === "refused" ? null : told));
}

export async function look(scene: Scene, book: ShopperBook, paymentId: string): Promise<PaymentSeen | null> {
  const operation = { query: LOOK, variables: { id: paymentId } };
  const { data } = await askShop<{ payment: PaymentSeen | null }>(scene, "look", book.userId, operation);
  return data?.payment ?? null;
}

/**
 * Waits for the page, number or code to pay by.
 *
 * @param not the order id of one that is over
 * @returns the order id that the gateway knows, null where there will be none
 */
export function findWay(
  scene: Scene,
  book: ShopperBook,
  { paymentId }: CheckoutTold,
  not?: string,
): Promise<string | null> {
  const at = scene.now();
  return insist(scene, async () => {
    const seen = await look(scene, book, paymentId);
    if (seen && seen.status !== "PENDING") return "over" as const;
    const live = seen?.currentTransaction;
    if (live?.state === "CLOSED" && live.gatewayOrderId !== not) return "over" as const;
    const isShown = live?.state === "LIVE" && Object.values(live.instructions).some((value) => value !== null);
    if (!isShown || live.gatewayOrderId === not) return null;
    scene.note({ kind: "page", code: "OK", at, until: scene.now() });
    return live.gatewayOrderId;
  }).then((found) => (found === "over" ? null : found));
}

interface TransactionView {
  readonly transaction_status: string | null;
  readonly fraud_status?: string | null;
  readonly amount?: number;
}

const isTaken = ({ transaction_status: status, fraud_status: fraud }: TransactionView): boolean =>
  status === "settlement" || (status === "capture" && fraud === "accept");

/**
 * Has the gateway move the order's transaction, as the customer or his bank does, and keeps what it says it took.
 *
 * @returns false where the gateway refuses, or gives no answer for long
 */
export async function move(scene: Scene, book: ShopperBook, gatewayOrderId: string, body: object): Promise<boolean> {
  const from = scene.now();
  const moved = await insist(scene, async () => {
    const answer: Answered<TransactionView> = await askSandbox(scene, "POST", `transactions/${gatewayOrderId}`, body);
    if (isBroken(answer.code)) return null;
    if (answer.code === "OK") return answer.data;
    // An earlier try may have had its effect although its answer was lost.
    const now = await askSandbox<TransactionView>(scene, "GET", `transactions/${gatewayOrderId}`);
    return now.data ?? { transaction_status: null };
  });
  if (moved === null || !isTaken(moved)) return moved?.transaction_status !== null && moved !== null;
  book.paid.push({ gatewayOrderId, amount: moved.amount ?? 0 });
  if (!book.toldPaid) await follow(scene, book, from);
  return true;
}

/** Has the sandbox send a notification of somebody's making. */
export const send = (scene: Scene, gatewayOrderId: string, body: object): Promise<Answered<unknown>> =>
  askSandbox(scene, "POST", `transactions/${gatewayOrderId}/notify`, body);

const ENDED: ReadonlySet<string> = new Set(["EXPIRED", "CANCELLED", "FAILED"]);

/** Looks at the order until it is told as paid, or as over; what is told stands in the book. */
export async function follow(scene: Scene, book: ShopperBook, from: number): Promise<void> {
  const { checkout } = book;
  if (!checkout) return;
  await insist(scene, async () => {
    const seen = await look(scene, book, checkout.paymentId);
    if (seen?.status === "PAID" && !book.toldPaid) {
      book.toldPaid = true;
      scene.note({ kind: "paid", code: "OK", at: from, until: scene.now() });
      scene.noteWait({ from, until: scene.now() });
    }
    return seen && (book.toldPaid || ENDED.has(seen.status)) ? seen : null;
  });
}

/** Cancels the first order, and with it the whole checkout, with the same key until there is an answer. */
export async function cancel(scene: Scene, book: ShopperBook, checkout: CheckoutTold): Promise<void> {
  const input = { orderId: checkout.orderIds[0], reason: "berubah pikiran", idempotencyKey: `${book.key}-cancel` };
  await insist(scene, async () => {
    const operation = { query: CANCEL, variables: { input } };
    const { code, data } = await askShop<{ cancelOrder: { id: string; status: string } }>(
      scene,
      "cancel",
      book.userId,
      operation,
    );
    if (isToBeAskedAgain(code)) return null;
    if (data?.cancelOrder.status === "CANCELLED") book.cancelled.push(data.cancelOrder.id);
    return code;
  });
}
