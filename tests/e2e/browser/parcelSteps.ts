import type { Page } from "playwright-core";
import type { Stack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";
import { checkoutInput, codeOf, findPlace, openCounter } from "../api/shopper.ts";
import { logIn, PASSWORD } from "./steps.ts";
import { type SIZES, type Visit, visit } from "./visit.ts";

export const SHOPPER = "customer@lunas.test";
const STAFF = "staff@lunas.test";

/** A shop whose couriers are asked every other second, so that a parcel's life fits into a test. */
export const QUICK_COURIERS = { TRACKING_INTERVAL: "1s" };

const CHECKOUT = `mutation($input: CheckoutInput!) {
  checkout(input: $input) {
    orders { id number }
    payment { currentTransaction { gatewayOrderId } }
  }
}`;

export interface PaidOrder {
  readonly id: string;
  readonly number: string;
}

interface Bought {
  readonly checkout: {
    readonly orders: readonly PaidOrder[];
    readonly payment: { readonly currentTransaction: { readonly gatewayOrderId: string } };
  };
}

/** What the demo shop's people do beside the browser, by its API, and what the couriers do. */
// One thing: the moves of one shop, a few lines each.
export async function openParcels(stack: Stack) {
  const counter = openCounter(stack);
  const goods = await counter.product();
  await findPlace(stack);
  const tokenOf = async (email: string) => {
    const login =
      "mutation($email: String!, $password: String!) { login(email: $email, password: $password) { accessToken } }";
    const { data } = await stack.graphql<{ login: { accessToken: string } }>(login, { email, password: PASSWORD });
    return data?.login.accessToken as string;
  };
  const [shopper, staff] = [await tokenOf(SHOPPER), await tokenOf(STAFF)];
  const post = async (path: string, body: object) => {
    const response = await fetch(`${stack.sandboxUrl}/sandbox/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const shipmentOf = (orderId: string) =>
    counter
      .sql<{ status: string; bookingNo: string | null; pickupWhy: string | null }>(
        `select status, booking_no as "bookingNo", pickup_why as "pickupWhy" from shipments
          where order_id = $1 order by created_at desc limit 1`,
        [orderId],
      )
      .then(([row]) => row ?? null);
  const say = async (operation: string, variables: object, token: string) => {
    const answer = await stack.graphql(operation, variables as Record<string, unknown>, { token });
    if (answer.errors.length > 0) throw new Error(codeOf(answer));
  };
  return {
    close: () => counter.close(),
    /** An order of the demo customer that is paid by a number, or by another method. */
    async paidOrder(method = "VA_BCA"): Promise<PaidOrder> {
      const input = checkoutInput(goods, { method });
      const { data, errors } = await stack.graphql<Bought>(CHECKOUT, { input }, { token: shopper });
      const order = data?.checkout.orders[0];
      if (!order) throw new Error(JSON.stringify(errors));
      const { gatewayOrderId } = data.checkout.payment.currentTransaction;
      await post(`transactions/${gatewayOrderId}`, { transaction_status: "settlement" });
      await until("the order is paid", async () => {
        const [row] = await counter.sql<{ status: string }>("select status from orders where id = $1", [order.id]);
        return row?.status === "PAID";
      });
      return order;
    },
    book: (orderId: string) =>
      say("mutation($id: ID!) { createShipment(orderId: $id) { id } }", { id: orderId }, staff),
    cancel: (orderId: string) =>
      say(
        'mutation($id: ID!) { cancelOrder(input: { orderId: $id, reason: "Salah pesan" }) { id } }',
        { id: orderId },
        shopper,
      ),
    shipmentOf,
    /** Waits until the worker has brought an order's shipment so far. */
    becomes: (orderId: string, status: string) =>
      until(`the shipment is ${status}`, async () => (await shipmentOf(orderId))?.status === status),
    /** Has the courier move an order's parcel, and tell the shop. */
    async courierMoves(orderId: string, status: string) {
      const shipment = await shipmentOf(orderId);
      await post(`shipments/${shipment?.bookingNo}`, { status, hold: true, force: true });
    },
    /** What the next call of the shop to the couriers meets. */
    fault: (target: string, kind: string, times = 1) => post("faults", { target, kind, times }),
    /** The company's own list: the number by which it has an order. */
    async companysNumber(order: PaidOrder): Promise<string> {
      const answer = await fetch(`${stack.sandboxUrl}/sandbox/shipments?limit=100`);
      const text = await answer.text();
      const { shipments } = JSON.parse(text) as { shipments: readonly Record<string, unknown>[] };
      const found = shipments.find((one) => JSON.stringify(one).includes(order.number));
      if (!found) throw new Error(`the company has no booking of ${order.number}: ${text.slice(0, 500)}`);
      return String(found["order_no"]);
    },
  };
}
export type Parcels = Awaited<ReturnType<typeof openParcels>>;

/** Somebody who is signed in and has a page open. */
export async function signedIn(screen: (typeof SIZES)[number], url: string, email = SHOPPER): Promise<Visit> {
  const visitor = await visit(screen);
  await visitor.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await visitor.page.goto(url);
  await logIn(visitor.page, email);
  return visitor;
}

export const atTheDesk = (screen: (typeof SIZES)[number], url: string) => signedIn(screen, url, STAFF);

/** Waits until the page says by itself that its parcel is so. */
export const parcelIs = (page: Page, state: string) =>
  page.locator(`[data-testid="parcel-state"][data-status="${state}"]`).first().waitFor();
