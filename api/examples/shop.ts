import type { Example } from "./example.ts";

const ADDRESS = {
  recipient: "Pembeli Lunas",
  phone: "081200000001",
  line: "Jl. Melati 5, RT 01/RW 03",
  destinationId: "$destinationId",
};
const SHIPPING = [{ storeId: "$storeId", courier: "jne", service: "REG" }];
const LINES = [{ productId: "$productId", quantity: 1 }];

/** From signing in to a paid order: what shoppers ask for. */
export const shop: readonly Example[] = [
  {
    operation: "Mutation.register",
    as: "anybody",
    variables: { input: { email: "pembeli.baru@lunas.test", password: "sandi-yang-panjang", name: "Pembeli Baru" } },
    keeps: { newUserId: "user.id" },
  },
  {
    operation: "Mutation.login",
    as: "anybody",
    variables: { email: "customer@lunas.test", password: "lunas-demo" },
    keeps: { refreshToken: "refreshToken" },
    says: "The accessToken goes into the header `Authorization: Bearer ...` of all that follows.",
  },
  {
    operation: "Mutation.refresh",
    as: "anybody",
    variables: { refreshToken: "$refreshToken" },
    keeps: { refreshToken: "refreshToken" },
    says: "A refresh token is good once; the answer has the next.",
  },
  { operation: "Mutation.logout", as: "anybody", variables: { refreshToken: "$refreshToken" } },
  { operation: "Query.me", as: "customer" },
  {
    operation: "Mutation.setMarketingConsent",
    as: "customer",
    variables: { consent: true },
    says: "Without it nobody is reminded of a cart.",
  },
  { operation: "Query.stores", as: "anybody" },
  {
    operation: "Query.products",
    as: "anybody",
    variables: { filter: { search: "kopi", inStock: true }, first: 5 },
    keeps: { productId: "nodes.0.id", productSlug: "nodes.0.slug", storeId: "nodes.0.store.id" },
  },
  { operation: "Query.product", as: "anybody", variables: { slug: "$productSlug" } },
  {
    operation: "Query.destinations",
    as: "anybody",
    variables: { search: "gambir" },
    keeps: { destinationId: "0.id" },
  },
  { operation: "Mutation.setCartItem", as: "customer", variables: { productId: "$productId", quantity: 2 } },
  {
    operation: "Query.cart",
    as: "customer",
    says: "`hasChanged`, `previousPrice` and `available` tell what became of it; `openPayment` is to be paid first.",
  },
  {
    operation: "Query.shippingRates",
    as: "customer",
    variables: { destinationId: "$destinationId" },
    says: "Of the caller's cart, or of `lines`.",
  },
  { operation: "Mutation.clearCart", as: "customer" },
  { operation: "Query.paymentMethods", as: "anybody", variables: { amount: 150000 } },
  {
    operation: "Mutation.checkout",
    as: "customer",
    variables: {
      input: {
        lines: LINES,
        address: ADDRESS,
        shipping: SHIPPING,
        method: "QRIS",
        idempotencyKey: "contoh-checkout-1",
      },
    },
    keeps: {
      sessionId: "id",
      orderId: "orders.0.id",
      paymentId: "payment.id",
      paymentToken: "payment.paymentToken",
      orderNumber: "orders.0.number",
    },
    says: "The same key and input give the same checkout, however often they are sent.",
  },
  { operation: "Query.checkoutSession", as: "customer", variables: { id: "$sessionId" } },
  { operation: "Query.cancelPreview", as: "customer", variables: { orderId: "$orderId" } },
  {
    operation: "Mutation.renewPaymentToken",
    as: "customer",
    variables: { paymentId: "$paymentId" },
    keeps: { paymentToken: "paymentToken" },
  },
  {
    operation: "Mutation.startPayment",
    as: "customer",
    variables: {
      input: {
        paymentId: "$paymentId",
        paymentToken: "$paymentToken",
        method: "VA_BCA",
        idempotencyKey: "contoh-ganti-metode-1",
      },
    },
    says: "Another method: the one before is closed at Midtrans first.",
  },
  { operation: "Mutation.syncPayment", as: "customer", variables: { paymentId: "$paymentId" } },
  {
    operation: "Query.payment",
    as: "customer",
    after: "the customer pays",
    variables: { id: "$paymentId" },
    keeps: { gatewayOrderId: "currentTransaction.gatewayOrderId" },
  },
  { operation: "Query.payments", as: "customer", variables: { filter: { status: ["PAID"] }, first: 5 } },
  {
    operation: "Query.order",
    as: "customer",
    variables: { id: "$orderId" },
    keeps: { orderItemId: "items.0.id" },
  },
  {
    operation: "Query.orders",
    as: "customer",
    variables: { filter: { paymentStatus: ["PAID"], from: "2026-01-01" }, first: 10 },
    says: "Days are Jakarta's, both inclusive; `after` takes the last page's `endCursor`.",
  },
  { operation: "Query.savedCards", as: "customer" },
  { operation: "Mutation.deleteSavedCard", as: "customer", variables: { id: "$orderId" }, refused: "NOT_FOUND" },
  {
    operation: "Mutation.linkGopay",
    as: "customer",
    variables: { input: { phone: "081200000001", idempotencyKey: "contoh-gopay-1" } },
    keeps: { linkedAccountId: "id" },
  },
  { operation: "Query.linkedAccounts", as: "customer" },
  { operation: "Mutation.unlinkGopay", as: "customer", variables: { id: "$linkedAccountId" } },
];
