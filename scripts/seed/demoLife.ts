import { setTimeout as delay } from "node:timers/promises";
import { renderPdf } from "../../platform/pdf.ts";
import { sendGraphql } from "../drill/stack.ts";
import { DEMO_PASSWORD } from "./shop.ts";

export interface DemoShop {
  readonly shopUrl: string;
  readonly sandboxUrl: string;
  /** Told when the shop ends. */
  readonly signal: AbortSignal;
}

/** A worker and a gateway on a busy machine. */
const WAIT_MAX_MS = 60_000;
const LOOK_EVERY_MS = 250;
const BUYER = "customer2@lunas.test";
const LEARNER = "learner@lunas.test";
const STAFF = "staff@lunas.test";
const REVIEW = {
  rating: 5,
  comment: "Aromanya langsung memenuhi dapur. Digiling pas untuk tubruk, dan sampai sehari lebih cepat dari perkiraan.",
};

type Ask = <T>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<T>;

async function until<T>(shop: DemoShop, what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = performance.now() + WAIT_MAX_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`it did not happen: ${what}`);
    await delay(LOOK_EVERY_MS, undefined, { signal: shop.signal });
  }
}

/** Asks the shop as one of its people. */
async function as(shop: DemoShop, email: string): Promise<{ readonly ask: Ask; readonly token: string }> {
  const send = async <T>(query: string, variables: object, headers: HeadersInit): Promise<T> => {
    shop.signal.throwIfAborted();
    const { data, errors } = await sendGraphql<T>(shop.shopUrl, { query, variables }, headers);
    if (!data || errors.length > 0) throw new Error(JSON.stringify(errors));
    return data;
  };
  const { login } = await send<{ login: { accessToken: string } }>(
    "mutation($email: String!, $password: String!) { login(email: $email, password: $password) { accessToken } }",
    { email, password: DEMO_PASSWORD },
    {},
  );
  const token = login.accessToken;
  return { token, ask: (query, variables = {}) => send(query, variables, { authorization: `Bearer ${token}` }) };
}

async function atTheSandbox(shop: DemoShop, path: string, body: object): Promise<void> {
  const response = await fetch(`${shop.sandboxUrl}/sandbox/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: shop.signal,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

interface Bought {
  readonly orderId: string;
  readonly productId: string;
}

/** Buys one thing by a number, and pays it. */
async function buy(shop: DemoShop, ask: Ask): Promise<Bought> {
  const { products, destinations } = await ask<{
    products: { nodes: { id: string; store: { id: string } }[] };
    destinations: { id: number }[];
  }>(
    `{ products(filter: { search: "kopi", inStock: true }, first: 1) { nodes { id store { id } } }
       destinations(search: "gambir") { id } }`,
  );
  const [product, place] = [products.nodes[0], destinations[0]];
  if (!product || !place) throw new Error("there is nothing to buy");
  const input = {
    idempotencyKey: "demo-order-0001",
    lines: [{ productId: product.id, quantity: 1 }],
    shipping: [{ storeId: product.store.id, courier: "jne", service: "REG" }],
    method: "VA_BCA",
    address: {
      recipient: "Pelanggan Demo Kedua",
      phone: "081200000002",
      line: "Jl. Kenanga 12, RT 02/RW 05",
      destinationId: place.id,
    },
  };
  const { checkout } = await ask<{ checkout: { orders: { id: string }[]; payment: { id: string } } }>(
    "mutation($input: CheckoutInput!) { checkout(input: $input) { orders { id } payment { id } } }",
    { input },
  );
  const gatewayOrderId = await until(shop, "something to pay with", async () => {
    const { payment } = await ask<{
      payment: { currentTransaction: { gatewayOrderId: string; state: string } | null };
    }>("query($id: ID!) { payment(id: $id) { currentTransaction { gatewayOrderId state } } }", {
      id: checkout.payment.id,
    });
    return payment.currentTransaction?.state === "LIVE" && payment.currentTransaction.gatewayOrderId;
  });
  await atTheSandbox(shop, `transactions/${gatewayOrderId}`, { transaction_status: "settlement" });
  return { orderId: checkout.orders[0]?.id as string, productId: product.id };
}

interface Standing {
  readonly order: {
    readonly status: string;
    readonly shipment: {
      readonly id: string;
      readonly status: string;
      readonly booking: { readonly bookingNo: string | null } | null;
    } | null;
  };
}

/** Has the store send it, and the courier bring it. */
async function deliver(shop: DemoShop, orderId: string): Promise<void> {
  const { ask } = await as(shop, STAFF);
  const look = () =>
    ask<Standing>("query($id: ID!) { order(id: $id) { status shipment { id status booking { bookingNo } } } }", {
      id: orderId,
    }).then(({ order }) => order);
  await until(shop, "the order is paid", async () => (await look()).status === "PAID");
  await ask("mutation($id: ID!) { createShipment(orderId: $id) { id } }", { id: orderId });
  const booked = await until(shop, "a booked courier", async () => {
    const { shipment } = await look();
    return shipment?.status === "PACKED" && shipment.booking?.bookingNo ? shipment : null;
  });
  for (const status of ["picked_up", "delivered"]) {
    await atTheSandbox(shop, `shipments/${booked.booking?.bookingNo}`, { status, hold: true, force: true });
    await ask("mutation($id: ID!) { checkShipment(shipmentId: $id) { id } }", { id: booked.id });
  }
  await until(shop, "the parcel is there", async () => (await look()).status === "COMPLETED");
}

async function sellAndDeliver(shop: DemoShop): Promise<void> {
  const { ask } = await as(shop, BUYER);
  const { orders } = await ask<{ orders: { totalCount: number } }>("{ orders(first: 1) { totalCount } }");
  if (orders.totalCount > 0) return;
  const { orderId, productId } = await buy(shop, ask);
  await deliver(shop, orderId);
  await ask("mutation($input: ReviewInput!) { createReview(input: $input) { id } }", {
    input: { productId, ...REVIEW },
  });
}

/** What a bank gives to who has transferred. */
function receipt(price: number): Promise<Buffer> {
  const row = (label: string, value: string) =>
    ({
      kind: "row",
      columns: [{ share: 1 }, { share: 1, align: "right" }],
      cells: [[{ text: label, isMuted: true }], [{ text: value, isBold: true }]],
    }) as const;
  return renderPdf({
    title: "Bukti transfer",
    footer: "Bukti contoh untuk toko demo",
    author: "Bank Contoh",
    createdAt: new Date(),
    blocks: [row("Transfer berhasil", `Rp ${price}`), row("Dari", "Peserta Demo"), row("Untuk", "UMKM Naik Kelas")],
  });
}

async function sendProof(shop: DemoShop): Promise<void> {
  const { ask, token } = await as(shop, LEARNER);
  const { payments, packages } = await ask<{
    payments: { totalCount: number };
    packages: { id: string; slug: string; prices: { type: string; price: number }[] }[];
  }>("{ payments(first: 1) { totalCount } packages { id slug prices { type price } } }");
  const sold = packages.find(({ slug }) => slug === "umkm-naik-kelas");
  if (payments.totalCount > 0 || !sold) return;
  const price = sold.prices.find(({ type }) => type === "DIKE")?.price ?? 0;
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(await receipt(price))], { type: "application/pdf" }), "bukti.pdf");
  const response = await fetch(`${shop.shopUrl}/api/uploads/proofs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: form,
    signal: shop.signal,
  });
  if (!response.ok) throw new Error(`the proof was refused: ${response.status} ${await response.text()}`);
  const { proofUrl } = (await response.json()) as { proofUrl: string };
  const input = { packageId: sold.id, type: "DIKE", proofUrl, idempotencyKey: "demo-course-0001" };
  await ask("mutation($input: EnrollmentPaymentInput!) { createEnrollmentPayment(input: $input) { id } }", { input });
}

/**
 * Lets the demo shop's people live a little, by the doors that everybody uses, so that its pages have something to show:
 * an order that was delivered and reviewed, and a learner whose proof waits for staff. Who has ordered or paid before is
 * left alone, so another run changes nothing; one that was cut off is not taken up again.
 *
 * @throws Error where the shop or its gateways do not do as they should; what was done by then stays
 */
export async function liveDemo(shop: DemoShop): Promise<void> {
  await Promise.all([sellAndDeliver(shop), sendProof(shop)]);
}
