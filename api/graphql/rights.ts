import type { Right } from "../../domain/identity/rights.access.ts";

/** `public`: anybody. `signedIn`: any account. Else the right that the caller's role must have. */
export type OperationRight = Right | "public" | "signedIn";

/**
 * The right that each operation needs. An operation that is missing here does not start (api/graphql/schema.ts), so no
 * operation is open by oversight. Use cases check again: workers and scripts pass no resolver.
 */
export const operationRights: Readonly<Record<string, OperationRight>> = {
  // identity
  "Query.me": "public",
  "Mutation.register": "public",
  "Mutation.login": "public",
  "Mutation.refresh": "public",
  "Mutation.logout": "public",
  // catalogue and cart
  "Query.products": "public",
  "Query.product": "public",
  "Query.stores": "public",
  "Query.packages": "public",
  "Query.package": "public",
  "Query.cart": "own.cart",
  "Mutation.setCartItem": "own.cart",
  "Mutation.clearCart": "own.cart",
  // shipping
  "Query.destinations": "public",
  "Query.shippingRates": "public",
  // checkout and orders
  "Query.checkoutSession": "own.orders",
  "Query.orders": "own.orders",
  "Query.order": "own.orders",
  "Query.adminOrders": "order.read.any",
  "Mutation.checkout": "own.orders",
  "Mutation.cancelOrder": "own.orders",
  "Query.cancelPreview": "own.orders",
  "Mutation.confirmReceipt": "own.orders",
  "Mutation.archiveOrder": "own.orders",
  // booking couriers
  "Query.ordersToShip": "shipment.read.any",
  "Query.shipments": "shipment.read.any",
  "Query.bookingRates": "shipment.book",
  "Mutation.createShipment": "shipment.book",
  "Mutation.createShipments": "shipment.book",
  "Mutation.rearrangePickup": "shipment.book",
  "Mutation.checkShipment": "shipment.book",
  "Mutation.confirmBooking": "shipment.book",
  "Mutation.printLabels": "shipment.read.any",
  // payments
  "Query.paymentMethods": "public",
  "Query.payments": "own.payments",
  "Query.payment": "payment.read",
  "Query.adminPayments": "payment.read.any",
  "Query.savedCards": "own.payments",
  "Query.linkedAccounts": "own.payments",
  "Query.subscriptions": "own.payments",
  "Query.adminSubscriptions": "subscription.read.any",
  "Query.gatewayNotifications": "notification.read",
  "Query.gatewayCalls": "gatewayCall.read",
  "Query.paymentLog": "gatewayCall.read",
  "Query.moneyCases": "moneyCase.read",
  "Query.moneyCase": "moneyCase.read",
  "Mutation.createSubscription": "own.payments",
  "Mutation.cancelSubscription": "own.payments",
  "Mutation.deleteSavedCard": "own.payments",
  "Mutation.linkGopay": "own.payments",
  "Mutation.unlinkGopay": "own.payments",
  "Mutation.startPayment": "own.payments",
  "Mutation.renewPaymentToken": "own.payments",
  "Mutation.cancelPayment": "own.payments",
  "Mutation.syncPayment": "own.payments",
  "Mutation.expirePayment": "payment.expire",
  "Mutation.acceptChallenge": "payment.challenge",
  "Mutation.denyChallenge": "payment.challenge",
  "Mutation.takeMoneyCase": "moneyCase.resolve",
  "Mutation.resolveMoneyCase": "moneyCase.resolve",
  "Mutation.replayNotification": "notification.replay",
  // refunds
  "Query.adminRefunds": "refund.read.any",
  "Query.refundPreview": "refund.request",
  "Mutation.refundPayment": "refund.request",
  "Mutation.setRefundAccount": "own.payments",
  "Mutation.revealRefundAccount": "refund.account.read",
  "Mutation.approveManualRefund": "refund.approve",
  "Mutation.settleRefundManually": "refund.settle",
  "Mutation.retryRefund": "refund.retry",
  // courses
  "Query.enrollments": "own.enrollments",
  "Query.enrollment": "enrollment.read",
  "Query.enrollmentStatus": "own.enrollments",
  "Query.adminEnrollments": "enrollment.read.any",
  "Query.paymentsToApprove": "payment.approve",
  "Query.adminUsers": "member.set",
  "Mutation.createEnrollmentPayment": "own.enrollments",
  "Mutation.updateEnrollmentProgress": "own.enrollments",
  "Mutation.approvePayment": "payment.approve",
  "Mutation.rejectPayment": "payment.reject",
  "Mutation.setMember": "member.set",
  // reviews
  "Query.reviews": "own.reviews",
  "Query.adminReviews": "review.read.any",
  "Mutation.createReview": "own.reviews",
  "Mutation.updateReview": "own.reviews",
  "Mutation.deleteReview": "own.reviews",
  "Mutation.archiveReview": "review.archive",
  // fraud rules
  "Query.fraudVerdicts": "fraud.read",
  "Query.fraudBlocks": "fraud.read",
  "Mutation.decideFraudReview": "fraud.decide",
  "Mutation.blockFraud": "fraud.block",
  "Mutation.unblockFraud": "fraud.block",
  // the set-up at Midtrans
  "Query.gatewaySetup": "gateway.read",
  "Mutation.checkGatewayKeys": "gateway.check",
  // alerts and notices
  "Query.alerts": "alert.read",
  "Query.notices": "notice.read",
  "Mutation.clearAlert": "alert.clear",
};
