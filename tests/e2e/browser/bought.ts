import type { Stack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";
import { PASSWORD } from "./steps.ts";

const CHECKOUT = `mutation ($input: CheckoutInput!) {
  checkout(input: $input) { payment { id } orders { id number } }
}`;
const PRODUCTS = `query ($search: String!) {
  products(filter: { search: $search, inStock: true }, first: 1) { nodes { id store { id } } }
}`;
const PAYMENT = `query ($id: ID!) {
  payment(id: $id) { status currentTransaction { gatewayOrderId state } }
}`;

interface Payment {
  readonly status: string;
  readonly currentTransaction: { readonly gatewayOrderId: string; readonly state: string } | null;
}

/** An order that is paid. */
export interface Bought {
  readonly orderId: string;
  readonly number: string;
  readonly paymentId: string;
  /** The order at the other store; null: there is none. */
  readonly other: { readonly id: string; readonly number: string } | null;
}

export interface Wanted {
  readonly email: string;
  readonly search: string;
  /** Of another store, in the same checkout. */
  readonly also?: string;
  readonly method: string;
  readonly quantity?: number;
}

/** Has the sandbox do something. @throws Error where it answers anything but 2xx */
export async function atTheSandbox(stack: Stack, path: string, method: string, body?: object): Promise<void> {
  const url = `${stack.sandboxUrl}/sandbox${path}`;
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

/** Asks the shop's interface. */
const asker =
  (stack: Stack) =>
  async <T>(query: string, variables: Record<string, unknown>, token?: string): Promise<T> => {
    const { data, errors } = await stack.graphql<T>(query, variables, token ? { token } : {});
    if (!data || errors.length > 0) throw new Error(JSON.stringify(errors));
    return data;
  };

export async function signIn(stack: Stack, email: string): Promise<string> {
  const signedIn = await asker(stack)<{ login: { accessToken: string } }>(
    "mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { accessToken } }",
    { email, password: PASSWORD },
  );
  return signedIn.login.accessToken;
}

/** Has staff book the courier of an order, and waits until he is. */
export async function bookCourier(stack: Stack, { orderId }: Bought): Promise<void> {
  const ask = asker(stack);
  const token = await signIn(stack, "staff@lunas.test");
  await ask("mutation ($id: ID!) { createShipment(orderId: $id) { id } }", { id: orderId }, token);
  await until("a booked courier", async () => {
    type Found = { order: { status: string; shipment: { status: string } | null } };
    const { order } = await ask<Found>(
      "query ($id: ID!) { order(id: $id) { status shipment { status } } }",
      {
        id: orderId,
      },
      token,
    );
    return order.status === "PROCESSING" && order.shipment?.status !== "BOOKING";
  });
}

/** The courier has a booked parcel, and the shop has not heard of it. */
export async function pickUp(stack: Stack, { number }: Bought): Promise<void> {
  const answer = await fetch(`${stack.sandboxUrl}/sandbox/shipments?limit=100`);
  const { shipments } = (await answer.json()) as { shipments: readonly Record<string, unknown>[] };
  const found = shipments.find((one) => JSON.stringify(one).includes(number));
  if (!found) throw new Error(`the courier has no booking of ${number}`);
  await atTheSandbox(stack, `/shipments/${found["order_no"]}`, "POST", { status: "Dijemput", hold: true, force: true });
}

/** One thing: from the basket to the settled payment. Buys by the shop's own interface, and pays at the gateway. */
export async function buyPaid(stack: Stack, { email, search, also, method, quantity = 1 }: Wanted): Promise<Bought> {
  const ask = asker(stack);
  const token = await signIn(stack, email);
  type Found = { products: { nodes: { id: string; store: { id: string } }[] } };
  const found = [search, ...(also ? [also] : [])].map(
    async (words) => (await ask<Found>(PRODUCTS, { search: words })).products.nodes[0],
  );
  const products = (await Promise.all(found)).filter((product) => product !== undefined);
  const place = (await ask<{ destinations: { id: number }[] }>('{ destinations(search: "GAMBIR") { id } }', {}))
    .destinations[0];
  if (products.length < found.length || !place) throw new Error(`nothing to buy for ${search}`);
  const input = {
    lines: products.map(({ id }) => ({ productId: id, quantity })),
    address: {
      recipient: "Pembeli",
      phone: "081200000001",
      line: "Jl. Melati 5, RT 01/RW 03",
      destinationId: place.id,
    },
    shipping: products.map(({ store }) => ({ storeId: store.id, courier: "jne", service: "REG" })),
    method,
    idempotencyKey: crypto.randomUUID(),
  };
  type Made = { checkout: { payment: { id: string }; orders: { id: string; number: string }[] } };
  const { checkout } = await ask<Made>(CHECKOUT, { input }, token);
  const look = async () =>
    (await ask<{ payment: Payment | null }>(PAYMENT, { id: checkout.payment.id }, token)).payment ?? undefined;
  const live = await until("something to pay with", async () => {
    const current = (await look())?.currentTransaction;
    return current?.state === "LIVE" && current;
  });
  const settled = { transaction_status: "settlement" };
  await atTheSandbox(stack, `/transactions/${live.gatewayOrderId}`, "POST", settled);
  await until("it is paid", async () => (await look())?.status === "PAID");
  const [order, other = null] = checkout.orders as [{ id: string; number: string }];
  return { orderId: order.id, number: order.number, paymentId: checkout.payment.id, other };
}
