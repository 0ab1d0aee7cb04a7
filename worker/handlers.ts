import type { App } from "../domain/app.ts";
import { issueCreditNote } from "../domain/checkout/issueCreditNote.ts";
import { approveHeld } from "../domain/enrollment/approveHeld.ts";
import { closeMonths } from "../domain/enrollment/closeMonths.ts";
import { arrangePickup } from "../domain/fulfilment/arrangePickup.ts";
import { bookCourier } from "../domain/fulfilment/bookCourier.ts";
import { cancelBooking } from "../domain/fulfilment/cancelBooking.ts";
import { checkShipment } from "../domain/fulfilment/checkShipment.ts";
import type { HandlerName, MessageName, Messages } from "../domain/messages.ts";
import { deliverNotice } from "../domain/notice/deliverNotice.ts";
import { noticeCancelled } from "../domain/notice/noticeCancelled.ts";
import { noticeCart } from "../domain/notice/noticeCart.ts";
import { noticeEnded } from "../domain/notice/noticeEnded.ts";
import { noticeEnrollment } from "../domain/notice/noticeEnrollment.ts";
import { noticeOwedBack } from "../domain/notice/noticeOwedBack.ts";
import { noticePaid, noticesPaid } from "../domain/notice/noticePaid.ts";
import { noticeRefundDone } from "../domain/notice/noticeRefundDone.ts";
import { noticeRefundManual } from "../domain/notice/noticeRefundManual.ts";
import { noticeShipment } from "../domain/notice/noticeShipment.ts";
import { noticeSubscription } from "../domain/notice/noticeSubscription.ts";
import { postAlert } from "../domain/notice/postAlert.ts";
import { applyNotification, applyNotifications, parkNotification } from "../domain/payment/applyNotification.ts";
import { finishCancelling } from "../domain/payment/cancelSubscription.ts";
import { endPaymentWindow } from "../domain/payment/endPaymentWindow.ts";
import { finishStart } from "../domain/payment/finishStart.ts";
import { finishSubscription } from "../domain/payment/finishSubscription.ts";
import { followRecurringNews } from "../domain/payment/receiveRecurringNews.ts";
import { sendRefund } from "../domain/refund/sendRefund.ts";
import type { Tx } from "../platform/db.ts";

/** What a handler is given: the messages that name it. */
type PayloadOf<H extends HandlerName> = {
  [N in MessageName]: H extends HandlerName<N> ? Messages[N] : never;
}[MessageName];

type Handlers = { readonly [H in HandlerName]: (app: App, payload: PayloadOf<H>) => Promise<unknown> };

/** The use case that each handler name stands for. A message whose handler is missing does not compile. */
export const handlers: Handlers = {
  applyNotification,
  finishStart,
  endPaymentWindow,
  noticePaid,
  approveHeld,
  noticeCancelled,
  noticeEnded,
  noticeOwedBack,
  sendRefund,
  noticeRefundManual,
  issueCreditNote,
  noticeRefundDone,
  finishSubscription,
  finishCancelling,
  followRecurringNews,
  bookCourier,
  arrangePickup,
  cancelBooking,
  noticeSubscription,
  closeMonths,
  checkShipment,
  noticeShipment,
  noticeEnrollment,
  noticeCart,
  deliverNotice,
  postAlert,
};

/** What else happens, in the same transaction, when a handler's job is given up and set aside for a person. */
export const onParked: {
  readonly [H in HandlerName]?: (tx: Tx, app: App, payload: PayloadOf<H>, error: string) => Promise<void>;
} = {
  applyNotification: parkNotification,
};

/** The ends of some jobs, each with its place among those that were given. */
type Ends = readonly (readonly [place: number, end: PromiseSettledResult<unknown>])[];

/**
 * Handlers that do several jobs at once, each with an end of its own, which is told when it comes: what a job's end
 * lets begin must not wait for the others. The request that a job follows from is told.
 */
export const togetherHandlers: {
  readonly [H in HandlerName]?: (
    app: App,
    payloads: readonly (PayloadOf<H> & { readonly requestId: string })[],
  ) => AsyncIterable<Ends>;
} = {
  applyNotification: applyNotifications,
  async *noticePaid(app, payloads) {
    yield [...(await noticesPaid(app, payloads)).entries()];
  },
};

/** Jobs that run together: enough for their statements to weigh little, few enough for locks of some 50 ms. */
const TOGETHER_MAX = 32;

/** How many jobs of a handler run together at most. */
export function togetherMax(app: Pick<App, "mail">, handler: string): number {
  // Without a mail server there is nothing to deliver, and nothing to wait for.
  const isEmpty = handler === "deliverNotice" && app.mail === null;
  return isEmpty || Object.hasOwn(togetherHandlers, handler) ? TOGETHER_MAX : 1;
}
