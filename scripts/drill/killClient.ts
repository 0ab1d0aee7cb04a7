import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type GraphqlAnswer, sendGraphql } from "./stack.ts";

/** Longest wait for something that other processes do, a restart of one among it. */
const WAIT_MAX_MS = 60_000;
const LOOK_EVERY_MS = 40;

/** Asks again and again until there is an answer. @throws Error with the last trouble when it takes too long */
export async function until<T>(what: string, look: () => Promise<T | null | false | undefined>): Promise<T> {
  const end = performance.now() + WAIT_MAX_MS;
  let trouble: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      if (error instanceof Refused) throw error;
      trouble = error; // a process that was killed answers nobody until it is back
    }
    if (performance.now() > end) throw new Error(`it did not happen: ${what}`, { cause: trouble });
    await delay(LOOK_EVERY_MS);
  }
}

/** The shop says no, for good. */
export class Refused extends Error {}

/** Refusals that a client answers by sending the same again in a moment. */
const ASK_AGAIN = new Set(["INTERNAL", "IN_PROGRESS", "CONFLICT", "GATEWAY_UNAVAILABLE"]);

function dataOf<T>(answer: GraphqlAnswer<T>, what: string): T | null {
  const [error] = answer.errors;
  if (!error && answer.data) return answer.data;
  const code = error?.extensions.code ?? String(answer.status);
  if (ASK_AGAIN.has(code)) return null;
  throw new Refused(`${what}: ${code} ${error?.message ?? ""}`);
}

export interface Goods {
  readonly productId: string;
  readonly storeId: string;
}

/** Somebody signed in who sends the same again, with the same key, until there is an answer. */
export interface Asker {
  readonly id: string;
  /** GraphQL, until it is answered. @throws Refused */
  ask<T>(what: string, query: string, variables: object): Promise<T>;
}

/** A customer. */
export interface Client extends Asker {
  readonly goods: Goods;
  /** Pieces that he buys. */
  readonly quantity: number;
  /** The method that he chooses on the hosted page. */
  readonly method: string;
  /** The method that he chooses in the shop, and is shown a number or a code of. */
  readonly charged: string;
  fetch(what: string, url: string): Promise<Buffer>;
  /** Sends a proof of payment, until it is kept. @returns its address @throws Refused */
  upload(content: Uint8Array<ArrayBuffer>): Promise<string>;
}

export interface Account {
  readonly id: string;
  readonly token: string;
}

export function createAsker(apiUrl: string, { id, token }: Account): Asker {
  const headers = { authorization: `Bearer ${token}` };
  return {
    id,
    ask: <T>(what: string, query: string, variables: object) =>
      until(what, async () => dataOf(await sendGraphql<T>(apiUrl, { query, variables }, headers), what)),
  };
}

type Wish = Pick<Client, "goods" | "quantity" | "method" | "charged">;

export function createClient(apiUrl: string, account: Account, wish: Wish) {
  const client: Client = {
    ...wish,
    ...createAsker(apiUrl, account),
    fetch: (what, url) =>
      until(what, async () => {
        const response = await fetch(url);
        if (response.status >= 400 && response.status < 500) throw new Refused(`${what}: ${response.status}`);
        return response.ok && Buffer.from(await response.arrayBuffer());
      }),
    upload: (content) =>
      until("the upload", async () => {
        const body = new FormData();
        body.set("file", new Blob([content]), "bukti.png");
        const headers = { authorization: `Bearer ${account.token}` };
        const response = await fetch(`${apiUrl}/api/uploads/proofs`, { method: "POST", headers, body });
        if (response.status >= 400 && response.status < 500) throw new Refused(`the upload: ${response.status}`);
        return response.ok && ((await response.json()) as { proofUrl: string }).proofUrl;
      }),
  };
  return client;
}

const PLACE_ID = 900101; // a district of the sandbox's couriers

export const FIND_PLACE = '{ destinations(search: "GAMBIR") { id } }';

const CHECKOUT = `mutation C($input: CheckoutInput!) {
  checkout(input: $input) { id payment { id paymentToken } orders { id } }
}`;

export interface Bought {
  readonly paymentId: string;
  readonly paymentToken: string;
  readonly orderId: string;
}

/** Buys what the client wishes; a method begins the payment at once. */
export async function checkout(client: Client, method: string | null): Promise<Bought> {
  const { goods, quantity } = client;
  type Answer = { checkout: { payment: { id: string; paymentToken: string }; orders: { id: string }[] } };
  const input = {
    lines: [{ productId: goods.productId, quantity }],
    address: { recipient: "Pembeli", phone: "081200000001", line: "Jl. Melati 5", destinationId: PLACE_ID },
    shipping: [{ storeId: goods.storeId, courier: "jne", service: "REG" }],
    method,
    idempotencyKey: `kill-${randomUUID()}`,
  };
  const { payment, orders } = (await client.ask<Answer>("checkout", CHECKOUT, { input })).checkout;
  return { paymentId: payment.id, paymentToken: payment.paymentToken, orderId: orders[0]?.id ?? "" };
}

const START = "mutation S($input: StartPaymentInput!) { startPayment(input: $input) { id } }";
const RENEW = "mutation R($id: ID!) { renewPaymentToken(paymentId: $id) { paymentToken } }";

/** Begins a try, or another one, with a token that is good; a saved card is named by the shop's id of it. */
export async function start(
  client: Client,
  paymentId: string,
  method = "SNAP",
  savedCardToken: string | null = null,
): Promise<void> {
  const { renewPaymentToken } = await client.ask<{ renewPaymentToken: { paymentToken: string } }>(
    "a fresh token",
    RENEW,
    { id: paymentId },
  );
  const { paymentToken } = renewPaymentToken;
  const input = { paymentId, method, savedCardToken, paymentToken, idempotencyKey: `kill-${randomUUID()}` };
  await client.ask("startPayment", START, { input });
}

const PAGE = "query P($id: ID!) { payment(id: $id) { currentTransaction { instructions { redirectUrl } } } }";

/** The address of the hosted page, once there is one; `not` is one that is over. */
export function pageOf(client: Client, paymentId: string, not?: string): Promise<string> {
  type Answer = { payment: { currentTransaction: { instructions: { redirectUrl: string | null } } | null } };
  return until("a page", async () => {
    const { payment } = await client.ask<Answer>("the payment", PAGE, { id: paymentId });
    const url = payment.currentTransaction?.instructions.redirectUrl;
    return url !== not && url;
  });
}

const SHOWN = `query P($id: ID!) { payment(id: $id) { currentTransaction {
  gatewayOrderId state instructions { vaNumber billKey paymentCode qrString deeplinkUrl } } } }`;

interface Shown {
  readonly gatewayOrderId: string;
  readonly state: string;
  readonly instructions: Readonly<Record<string, string | null>>;
}

/**
 * Waits for the number, code or picture of the try that is live. @returns its order id at the gateway; null where the
 * try was given up, and another is to be chosen
 */
export async function numberOf(client: Client, paymentId: string): Promise<string | null> {
  type Answer = { payment: { currentTransaction: Shown | null } };
  const found = await until("something to pay by", async () => {
    const { currentTransaction: live } = (await client.ask<Answer>("the payment", SHOWN, { id: paymentId })).payment;
    if (!live || live.state === "CLOSED") return { orderId: null };
    const isShown = live.state === "LIVE" && Object.values(live.instructions).some((value) => value !== null);
    return isShown && { orderId: live.gatewayOrderId };
  });
  return found.orderId;
}

async function sendForm(pageUrl: string, path: string, form: Record<string, string>): Promise<void> {
  const body = new URLSearchParams(form);
  const response = await fetch(`${pageUrl}/${path}`, { method: "POST", body, redirect: "manual" });
  if (response.status !== 303) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** Chooses the method on the hosted page, as a browser's form would. */
export const choose = (client: Client, pageUrl: string): Promise<void> =>
  sendForm(pageUrl, "pay", { method: client.method });

/** Pays what was chosen on the page. */
export const pay = (pageUrl: string): Promise<void> => sendForm(pageUrl, "simulate", { action: "pay" });

export const cancelOrder = (client: Client, orderId: string): Promise<unknown> =>
  client.ask("cancelOrder", "mutation X($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }", {
    input: { orderId, reason: "bought by mistake", idempotencyKey: `kill-${randomUUID()}` },
  });

export const cancelPayment = (client: Client, paymentId: string): Promise<unknown> =>
  client.ask("cancelPayment", "mutation X($id: ID!) { cancelPayment(paymentId: $id) { id } }", { id: paymentId });

export const sync = (client: Client, paymentId: string): Promise<unknown> =>
  client.ask("syncPayment", "mutation S($id: ID!) { syncPayment(paymentId: $id) { id } }", { id: paymentId });

/** Downloads the invoice of a paid payment. */
export async function downloadInvoice(client: Client, paymentId: string): Promise<void> {
  type Answer = { payment: { orders: { invoice: { url: string } | null }[] } };
  const query = "query I($id: ID!) { payment(id: $id) { orders { invoice { url } } } }";
  const { payment } = await client.ask<Answer>("the invoice", query, { id: paymentId });
  const pdf = await client.fetch("the PDF", payment.orders[0]?.invoice?.url ?? "");
  if (pdf.subarray(0, 5).toString("latin1") !== "%PDF-") throw new Error("the invoice is no PDF");
}
