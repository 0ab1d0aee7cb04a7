import { type Case, given, LONG, NOWHERE, NUL } from "./badGiven.ts";
import { type Customer, checkoutInput, GAMBIR } from "./shopper.ts";

const checkoutWith = (what: string, code: string, change: () => object, as: () => Customer = () => given.me): Case => ({
  what: `a checkout with ${what}`,
  code,
  query: "mutation C($input: CheckoutInput!) { checkout(input: $input) { id } }",
  variables: () => ({ input: { ...checkoutInput(given.goods), ...change() } }),
  as,
});
const address = (change: object) => ({
  address: { recipient: "Pembeli", phone: "081200000001", line: "Jl. Melati 5", destinationId: GAMBIR, ...change },
});
const choice = (change: object) => ({ storeId: given.goods.storeId, courier: "jne", service: "REG", ...change });
const lines = (...quantities: unknown[]) => ({
  lines: quantities.map((quantity) => ({ productId: given.goods.productId, quantity })),
});
const ofProduct = (productId: string, quantity = 1) => ({ lines: [{ productId, quantity }] });

export const CHECKOUTS: Case[] = [
  checkoutWith("quantity 0", "INVALID_INPUT", () => lines(0)),
  checkoutWith("a negative quantity", "INVALID_INPUT", () => lines(-1)),
  checkoutWith("1,000 pieces", "INVALID_INPUT", () => lines(1_000)),
  checkoutWith("1,000 pieces in two lines", "INVALID_INPUT", () => lines(999, 1)),
  checkoutWith("half a piece", "INVALID_INPUT", () => lines(0.5)),
  checkoutWith("a quantity beyond 32 bits", "INVALID_INPUT", () => lines(2 ** 31)),
  checkoutWith("a text for a quantity", "INVALID_INPUT", () => lines("1")),
  checkoutWith("no lines", "INVALID_INPUT", () => ({ lines: [] })),
  checkoutWith("101 lines", "INVALID_INPUT", () => lines(...Array(101).fill(1))),
  checkoutWith("an unknown product", "NOT_FOUND", () => ofProduct(NOWHERE)),
  checkoutWith("a product id that is none", "NOT_FOUND", () => ofProduct("'; drop table orders; --")),
  checkoutWith("a product id with a NUL", "NOT_FOUND", () => ofProduct(NUL)),
  checkoutWith("a product that was withdrawn", "OUT_OF_STOCK", () => ofProduct(given.withdrawn.productId)),
  checkoutWith("more than there is", "OUT_OF_STOCK", () => ofProduct(given.scarce.productId, 3)),
  checkoutWith(
    "an empty cart",
    "CART_EMPTY",
    () => ({ lines: null }),
    () => given.empty,
  ),
  checkoutWith("no recipient", "INVALID_INPUT", () => address({ recipient: " " })),
  checkoutWith("a recipient of 5,000 characters", "INVALID_INPUT", () => address({ recipient: LONG })),
  checkoutWith("a NUL in the street", "INVALID_INPUT", () => address({ line: NUL })),
  checkoutWith("half of a character in the street", "INVALID_INPUT", () => address({ line: "Jalan \ud83d 1" })),
  checkoutWith("a line break in the note", "INVALID_INPUT", () => address({ note: "a\nb" })),
  checkoutWith("a phone that is none", "INVALID_INPUT", () => address({ phone: "call me" })),
  checkoutWith("place 0", "INVALID_INPUT", () => address({ destinationId: 0 })),
  checkoutWith("a negative place", "INVALID_INPUT", () => address({ destinationId: -5 })),
  checkoutWith("a place that nobody searched for", "INVALID_INPUT", () => address({ destinationId: 2_147_483_647 })),
  checkoutWith("no shipping", "INVALID_INPUT", () => ({ shipping: [] })),
  checkoutWith("shipping of another store", "INVALID_INPUT", () => ({
    shipping: [choice({}), choice({ storeId: given.elsewhere })],
  })),
  checkoutWith("two choices of one store", "INVALID_INPUT", () => ({
    shipping: [choice({}), choice({ service: "YES" })],
  })),
  checkoutWith("a choice of the wrong store alone", "INVALID_INPUT", () => ({
    shipping: [choice({ storeId: given.elsewhere })],
  })),
  checkoutWith("a courier that does not exist", "SHIPPING_UNAVAILABLE", () => ({
    shipping: [choice({ courier: "pigeon" })],
  })),
  checkoutWith("a courier's name with a NUL", "SHIPPING_UNAVAILABLE", () => ({ shipping: [choice({ courier: NUL })] })),
  checkoutWith("a total of yesterday", "TOTAL_CHANGED", () => ({ expectedTotal: 1 })),
  checkoutWith("a negative total", "INVALID_INPUT", () => ({ expectedTotal: -1 })),
  checkoutWith("a total with a fraction", "INVALID_INPUT", () => ({ expectedTotal: 10_000.5 })),
  checkoutWith("a total beyond 2^53", "INVALID_INPUT", () => ({ expectedTotal: 2 ** 53 })),
  checkoutWith("a method that is not offered", "PAYMENT_METHOD_UNAVAILABLE", () => ({ method: "MANUAL_TRANSFER" })),
  checkoutWith("a method that does not exist", "INVALID_INPUT", () => ({ method: "BARTER" })),
  checkoutWith("a saved card that nobody saved", "PAYMENT_METHOD_UNAVAILABLE", () => ({
    method: "SNAP",
    savedCardToken: "4811-x",
  })),
  checkoutWith("a key of 7 characters", "INVALID_INPUT", () => ({ idempotencyKey: "short-7" })),
  checkoutWith("a key of 65 characters", "INVALID_INPUT", () => ({ idempotencyKey: "x".repeat(65) })),
  checkoutWith("a key with a NUL", "INVALID_INPUT", () => ({ idempotencyKey: `${NUL}-1234567` })),
  checkoutWith("a key that was used for something else", "IDEMPOTENCY_KEY_REUSED", () => ({
    ...given.usedInput,
    expectedTotal: 2,
  })),
  checkoutWith("a member that does not exist", "INVALID_INPUT", () => ({ discount: 1_000_000 })),
  { ...checkoutWith("no account", "UNAUTHENTICATED", () => ({})), as: () => ({ token: "" }) as Customer },
  {
    ...checkoutWith("a token that we did not sign", "UNAUTHENTICATED", () => ({})),
    as: () => ({ token: "eyJhbGciOiJub25lIn0.e30." }) as Customer,
  },
];

const START = "mutation S($input: StartPaymentInput!) { startPayment(input: $input) { id } }";
const start = (what: string, code: string, change: () => object): Case => ({
  what: `starting a payment with ${what}`,
  code,
  query: START,
  variables: () => ({
    input: {
      paymentId: given.bought.id,
      method: "SNAP",
      paymentToken: given.bought.paymentToken,
      idempotencyKey: `start-${what.length}-key`,
      ...change(),
    },
  }),
});
const byId = (operation: string, id: () => string, code: string, what: string): Case => ({
  what: `${operation} of ${what}`,
  code,
  query: `mutation M($id: ID!) { ${operation}(paymentId: $id) { id } }`,
  variables: () => ({ id: id() }),
});
const cancelOrder = (what: string, code: string, change: () => Promise<object> | object): Case => ({
  what: `cancelling ${what}`,
  code,
  query: "mutation C($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }",
  variables: change as () => object,
});

export const PAYMENTS: Case[] = [
  start("an unknown payment", "NOT_FOUND", () => ({ paymentId: NOWHERE })),
  start("an id that is none", "NOT_FOUND", () => ({ paymentId: NUL })),
  start("another's payment", "NOT_FOUND", () => ({
    paymentId: given.foreign.id,
    paymentToken: given.foreign.paymentToken,
  })),
  start("a token that was never given", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: "pt_guessed" })),
  start("another payment's token", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: given.foreign.paymentToken })),
  start("a token of 5,000 characters", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: LONG })),
  start("a NUL in the token", "PAYMENT_TOKEN_INVALID", () => ({ paymentToken: NUL })),
  start("a short key", "INVALID_INPUT", () => ({ idempotencyKey: "x" })),
  start("a method that is not offered", "PAYMENT_METHOD_UNAVAILABLE", () => ({ method: "MANUAL_TRANSFER" })),
  start("a payment that is over", "PAYMENT_WINDOW_OVER", () => ({
    paymentId: given.cancelled.id,
    paymentToken: given.cancelled.paymentToken,
  })),
  byId("renewPaymentToken", () => given.foreign.id, "NOT_FOUND", "another's payment"),
  byId("renewPaymentToken", () => given.cancelled.id, "PAYMENT_WINDOW_OVER", "a payment that is over"),
  byId("cancelPayment", () => given.foreign.id, "NOT_FOUND", "another's payment"),
  byId("cancelPayment", () => "x", "NOT_FOUND", "no id"),
  byId("syncPayment", () => given.foreign.id, "NOT_FOUND", "another's payment"),
  byId("expirePayment", () => given.bought.id, "FORBIDDEN", "one's own payment"),
  cancelOrder("an unknown order", "NOT_FOUND", () => ({ input: { orderId: NOWHERE, reason: "x" } })),
  cancelOrder("another's order", "NOT_FOUND", () => ({ input: { orderId: given.foreignOrder, reason: "x" } })),
  cancelOrder("without a reason", "INVALID_INPUT", () => ({ input: { orderId: given.boughtOrder, reason: "  " } })),
  cancelOrder("with a reason of 5,000 characters", "INVALID_INPUT", () => ({
    input: { orderId: given.boughtOrder, reason: LONG },
  })),
  cancelOrder("with a NUL in its reason", "INVALID_INPUT", () => ({
    input: { orderId: given.boughtOrder, reason: NUL },
  })),
];
