import type { Example } from "./example.ts";

const SECOND = {
  lines: [{ productId: "$productId", quantity: 2 }],
  address: {
    recipient: "Pembeli Lunas",
    phone: "081200000001",
    line: "Jl. Melati 5, RT 01/RW 03",
    destinationId: "$destinationId",
  },
  shipping: [{ storeId: "$storeId", courier: "jne", service: "REG" }],
};

/** From the paid order to the parcel, its review, and what is cancelled or given back. */
export const afterwards: readonly Example[] = [
  { operation: "Query.ordersToShip", as: "staff", variables: { first: 10 } },
  { operation: "Query.bookingRates", as: "staff", variables: { orderId: "$orderId" } },
  { operation: "Mutation.createShipment", as: "staff", variables: { orderId: "$orderId", vehicle: "Motor" } },
  {
    operation: "Query.shipments",
    as: "staff",
    after: "the booking is made",
    variables: { first: 10 },
    keeps: { shipmentId: "nodes.0.id" },
  },
  { operation: "Mutation.checkShipment", as: "staff", variables: { shipmentId: "$shipmentId" } },
  { operation: "Mutation.printLabels", as: "staff", variables: { orderIds: ["$orderId"] } },
  {
    operation: "Mutation.rearrangePickup",
    as: "staff",
    variables: { orderId: "$orderId", vehicle: "Mobil" },
    refused: "ILLEGAL_TRANSITION",
  },
  {
    operation: "Mutation.confirmBooking",
    as: "staff",
    variables: { input: { shipmentId: "$shipmentId", note: "Tidak ada di buku kurir" } },
    refused: "ILLEGAL_TRANSITION",
    says: "Ends a booking whose answer was lost: with the number that the courier has, or without one.",
  },
  {
    operation: "Mutation.createShipments",
    as: "staff",
    variables: { orderIds: ["$orderId"] },
    says: "Up to 50, each with an outcome of its own.",
  },
  {
    operation: "Mutation.confirmReceipt",
    as: "customer",
    after: "the courier delivers",
    variables: { orderId: "$orderId" },
  },
  {
    operation: "Mutation.createReview",
    as: "customer",
    variables: { input: { productId: "$productId", rating: 5, comment: "Kopinya segar, kemasannya rapi." } },
    keeps: { reviewId: "id" },
  },
  {
    operation: "Mutation.updateReview",
    as: "customer",
    variables: { reviewId: "$reviewId", input: { rating: 4, comment: "Kopinya segar, agak asam di akhir." } },
  },
  { operation: "Query.reviews", as: "customer", variables: { first: 10 } },
  { operation: "Query.adminReviews", as: "staff", variables: { productId: "$productId", first: 10 } },
  { operation: "Mutation.deleteReview", as: "customer", variables: { reviewId: "$reviewId" } },
  {
    operation: "Mutation.createReview",
    as: "customer",
    variables: { input: { productId: "$productId", comment: "Hubungi saya di nomor ini saja." } },
    keeps: { reviewId: "id" },
    says: "Without stars it counts for no mean.",
  },
  {
    operation: "Mutation.archiveReview",
    as: "staff",
    variables: { reviewId: "$reviewId", reason: "Memuat nomor telepon orang lain" },
  },
  { operation: "Mutation.archiveOrder", as: "customer", variables: { orderId: "$orderId" } },
  { operation: "Query.adminOrders", as: "staff", variables: { search: "$orderNumber", includeArchived: true } },
  {
    operation: "Mutation.checkout",
    as: "customer",
    variables: { input: { ...SECOND, method: "VA_BRI", idempotencyKey: "contoh-checkout-2" } },
    keeps: { orderId: "orders.0.id", paymentId: "payment.id" },
  },
  {
    operation: "Query.refundPreview",
    as: "admin",
    after: "the customer pays",
    variables: { input: { paymentId: "$paymentId", orderId: "$orderId", amount: 10000 } },
  },
  {
    operation: "Mutation.refundPayment",
    as: "admin",
    variables: {
      input: {
        paymentId: "$paymentId",
        orderId: "$orderId",
        amount: 10000,
        reason: "Kemasan penyok",
        idempotencyKey: "contoh-refund-1",
      },
    },
    keeps: { refundId: "id" },
  },
  {
    operation: "Mutation.setRefundAccount",
    as: "customer",
    after: "the refund waits for people",
    variables: {
      refundId: "$refundId",
      input: { bankCode: "BCA", accountNumber: "1234567890", accountName: "Pembeli Lunas" },
    },
  },
  { operation: "Query.adminRefunds", as: "staff", variables: { status: ["MANUAL"], first: 10 } },
  { operation: "Mutation.approveManualRefund", as: "second admin", variables: { refundId: "$refundId" } },
  { operation: "Mutation.revealRefundAccount", as: "admin", variables: { refundId: "$refundId" } },
  {
    operation: "Mutation.settleRefundManually",
    as: "admin",
    variables: { refundId: "$refundId", reference: "TRF20261121001" },
  },
  {
    operation: "Mutation.retryRefund",
    as: "admin",
    variables: { refundId: "$refundId" },
    refused: "ILLEGAL_TRANSITION",
  },
  {
    operation: "Mutation.cancelOrder",
    as: "customer",
    variables: { input: { orderId: "$orderId", reason: "Salah memilih ukuran" } },
  },
  {
    operation: "Mutation.checkout",
    as: "customer",
    variables: { input: { ...SECOND, method: "VA_BNI", idempotencyKey: "contoh-checkout-3" } },
    keeps: { paymentId: "payment.id" },
  },
  { operation: "Mutation.cancelPayment", as: "customer", variables: { paymentId: "$paymentId" } },
  {
    operation: "Mutation.expirePayment",
    as: "staff",
    variables: { paymentId: "$paymentId" },
    says: "Of a payment that is over: as it is.",
  },
];
