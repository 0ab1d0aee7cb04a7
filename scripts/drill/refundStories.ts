import { becomes, type Journey, moves, sent } from "./parcelStories.ts";
import { cancelPaid, followRefund, payByHand, refundAmounts, refundPiece } from "./refundDesk.ts";
import { askSandbox, type Scene } from "./scene.ts";
import { move } from "./shopper.ts";
import { type AfterBuying, buying, type Story, untilTold } from "./story.ts";
import type { CheckoutTold, ShopperBook } from "./told.ts";

const SETTLE = { transaction_status: "settlement" };
/** What the gateway pays back by itself, and what people transfer. */
const WALLETS = ["GOPAY", "QRIS", "SHOPEEPAY"];
const BANKS = ["VA_BNI", "VA_BRI", "VA_CIMB", "MANDIRI_BILL"];

type Paid = (scene: Scene, book: ShopperBook, orderId: string, way: string, checkout: CheckoutTold) => Promise<unknown>;

/** Somebody has paid and was told so; what then happens is about the first of his orders. */
const paid =
  (then: Paid, settle: object = SETTLE): AfterBuying =>
  async (scene, book, way, checkout) => {
    await move(scene, book, way, settle);
    await untilTold(scene, book);
    const [orderId] = checkout.orderIds;
    if (book.toldPaid && orderId) await then(scene, book, orderId, way, checkout);
  };

const cancels: Paid = async (scene, book, orderId) => {
  if ((await cancelPaid(scene, book, orderId)) === "CANCELLED") await followRefund(scene, book);
};

/** All of his orders at once, each several times. */
const cancelsAll: Paid = async (scene, book, _orderId, _way, { orderIds }) => {
  await Promise.all([...orderIds, ...orderIds].map((id) => cancelPaid(scene, book, id)));
  await followRefund(scene, book);
};

const cancelsAndNamesAnAccount: Paid = async (scene, book, orderId) => {
  if ((await cancelPaid(scene, book, orderId)) === "CANCELLED") await payByHand(scene, book);
};

const getsSomeBack: Paid = async (scene, book, orderId) => {
  await refundAmounts(scene, book, orderId);
  if (book.decided.some(({ refundId }) => refundId !== null)) await followRefund(scene, book);
};

const getsAPieceBack: Paid = async (scene, book, orderId) => {
  await refundPiece(scene, book, orderId);
  if (book.decided.some(({ refundId }) => refundId !== null)) await followRefund(scene, book);
};

/** Staff gives some back while he cancels all of it. */
const getsSomeWhileHeCancels: Paid = async (scene, book, orderId) => {
  await Promise.all([refundAmounts(scene, book, orderId), cancelPaid(scene, book, orderId)]);
  await followRefund(scene, book);
};

/** Somebody of the shop refunds it in the gateway's own dashboard: once, for that has no keys. */
const inDashboard =
  (body: object): Paid =>
  async (scene, book, _orderId, way) => {
    book.dashboard.push(way);
    await askSandbox(scene, "POST", `transactions/${way}`, body);
    await followRefund(scene, book);
  };

const inDashboardWhileHeCancels: Paid = async (scene, book, orderId, way) => {
  book.dashboard.push(way);
  const body = { transaction_status: "partial_refund", refund_amount: 1_000 };
  await Promise.all([askSandbox(scene, "POST", `transactions/${way}`, body), cancelPaid(scene, book, orderId)]);
  await followRefund(scene, book);
};

/** The courier has not been there: he gives the booking back. */
const cancelsBooked: Journey = async (scene, book, orderId) => {
  await cancelPaid(scene, book, orderId);
  if (await becomes(scene, orderId, "CANCELLED")) await followRefund(scene, book);
};

/** He has the parcel, and nobody has told the shop: he keeps it. */
const cancelsTooLate: Journey = async (scene, book, orderId, no) => {
  if (!(await moves(scene, no, "DIKIRIM", false))) return;
  await cancelPaid(scene, book, orderId);
  await becomes(scene, orderId, "SHIPPED");
};

const cancelsWhileItIsFetched: Journey = async (scene, book, orderId, no) => {
  await Promise.all([moves(scene, no, "DIKIRIM"), cancelPaid(scene, book, orderId)]);
};

const byCard = { transaction_status: "capture", fraud_status: "accept", method: "credit_card" };
const part = { transaction_status: "partial_refund" };

/** Orders that end after they were paid, and money that goes back. */
export const REFUND_STORIES: readonly Story[] = [
  { name: "cancels what he paid", weight: 7, play: buying(WALLETS, paid(cancels)) },
  { name: "cancels what he paid by a card", weight: 2, play: buying("SNAP", paid(cancels, byCard)) },
  { name: "cancels all that he paid at once", weight: 3, play: buying(WALLETS, paid(cancelsAll)) },
  { name: "cancels what he paid to an account", weight: 4, play: buying(BANKS, paid(cancelsAndNamesAnAccount)) },
  { name: "gets some of it back", weight: 4, play: buying(WALLETS, paid(getsSomeBack)) },
  { name: "gets a piece back", weight: 3, play: buying(WALLETS, paid(getsAPieceBack)) },
  { name: "gets some back while he cancels", weight: 2, play: buying(WALLETS, paid(getsSomeWhileHeCancels)) },
  {
    name: "is refunded at the gateway",
    weight: 2,
    play: buying(WALLETS, paid(inDashboard({ transaction_status: "refund" }))),
  },
  { name: "is refunded in part at the gateway", weight: 2, play: buying(WALLETS, paid(inDashboard(part))) },
  { name: "is refunded there while he cancels", weight: 2, play: buying(WALLETS, paid(inDashboardWhileHeCancels)) },
  { name: "cancels a parcel that waits for the courier", weight: 3, play: sent(cancelsBooked) },
  { name: "cancels a parcel that the courier has", weight: 2, play: sent(cancelsTooLate) },
  { name: "cancels a parcel while it is fetched", weight: 2, play: sent(cancelsWhileItIsFetched) },
];
