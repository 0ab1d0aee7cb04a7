import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import type { ProductId, StoreId } from "../../../domain/kernel/ids.ts";
import { previewRefund } from "../../../domain/refund/previewRefund.ts";
import { refundPayment } from "../../../domain/refund/refundPayment.ts";
import { type Chance, createChance } from "../../../scripts/drill/chance.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { happens, type Order, type Person } from "../payment/facts.ts";
import { book, linesOf } from "./parcelFacts.ts";
import { atGateway } from "./refundFacts.ts";

/** Carts that are tried; a drill takes more than a test run. */
const CARTS = Number(process.env["CANCEL_CARTS"] ?? "8");
const STORES_MAX = 3;
const STOCK = 50;

let shop: LiveShop;
let admin: Person;
beforeAll(async () => {
  shop = await openLiveShop();
  admin = { ...(await shop.addStaff()), role: "ADMIN" };
});
afterAll(() => shop.close());

interface CartLine {
  readonly productId: ProductId;
  readonly storeId: StoreId;
  readonly quantity: number;
}

/** One to three stores, PKP or not, with one to three products each, of any price and number. */
async function randomCart(chance: Chance): Promise<CartLine[]> {
  const lines: CartLine[] = [];
  const stores = 1 + Math.floor(chance.next() * STORES_MAX);
  for (let n = 0; n < stores; n++) {
    const isPkp = chance.next() < 0.5;
    let storeId: StoreId | undefined;
    for (let products = 1 + Math.floor(chance.next() * 3); products > 0; products--) {
      const price = 1 + Math.floor(chance.next() * 300_000);
      const product = await shop.addProduct({ stock: STOCK, price, isPkp, ...(storeId && { storeId }) });
      storeId = product.storeId;
      lines.push({ ...product, quantity: 1 + Math.floor(chance.next() * 4) });
    }
  }
  return lines;
}

async function buyAndPay(lines: readonly CartLine[]): Promise<{ order: Order; buyer: Person }> {
  const buyer = await shop.addBuyer();
  const bought = await shop.buy(buyer, shop.order(lines));
  const order = { ...bought, productId: lines[0]?.productId as string } as Order;
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  return { order, buyer };
}

/** A piece of one line is given back before, on the shelf or not, unless that would be all of its order. */
async function refundPiece(order: Order, line: { orderId: string; itemId: string }, n: number): Promise<boolean> {
  const items = [{ orderItemId: line.itemId, quantity: 1, restock: true }];
  const wish = { paymentId: order.paymentId, orderId: line.orderId, items };
  const { suggested, refusal } = await previewRefund(shop.app, admin, wish);
  if (refusal) return false;
  const input = {
    ...wish,
    amount: suggested,
    reason: "cacat",
    idempotencyKey: `zero-${order.paymentId.slice(0, 30)}${n}`,
  };
  await refundPayment(shop.app, admin, input);
  return true;
}

interface Vector {
  readonly money: number;
  readonly tax: number;
  readonly stock: number;
  /** What the ledger has of it: to be had, owed, not said, PPN, and what was sold less what came back. */
  readonly books: readonly number[];
}

/** What is left of a checkout: rupiah that the shop holds, PPN that it owes, pieces that are gone. */
async function leftOf(order: Order, lines: readonly CartLine[]): Promise<Vector> {
  const { money, tax } = await shop.one<Omit<Vector, "stock">>(
    `select (select captured_amount - refunded_amount from payment_transactions t where t.payment_id = $1) as money,
            (select sum((v.snapshot->'totals'->>'tax')::bigint)
                    - coalesce(sum((select sum(c.tax) from credit_notes c where c.invoice_id = v.id)), 0)
               from invoices v join orders o on o.id = v.order_id where o.session_id = $2)::bigint as tax`,
    order.paymentId,
    order.sessionId,
  );
  const { stock } = await shop.one<{ stock: number }>(
    "select sum(opening_stock - stock)::integer as stock from products where id = any($1::uuid[])",
    lines.map(({ productId }) => productId),
  );
  const { books } = await shop.one<Pick<Vector, "books">>(
    `select array[coalesce(sum(l.amount) filter (where l.account = 'RECEIVABLE'), 0),
                  coalesce(sum(l.amount) filter (where l.account = 'REFUNDS_PAYABLE'), 0),
                  coalesce(sum(l.amount) filter (where l.account = 'SUSPENSE'), 0),
                  coalesce(sum(l.amount) filter (where l.account = 'PPN_PAYABLE'), 0),
                  coalesce(sum(l.amount) filter (where l.account in ('SALES', 'SHIPPING', 'DISCOUNTS', 'RETURNS')), 0)
                 ]::bigint[] as books
       from ledger_entries e join ledger_postings l on l.entry_id = e.id where e.payment_id = $1`,
    order.paymentId,
  );
  return { money, tax, stock, books: books.map(Number) };
}

test.each(Array.from({ length: CARTS }, (_, n) => n + 1))(
  "whatever was bought, cart %i: once all of it is cancelled nothing is left of money, stock and PPN",
  async (seed) => {
    const chance = createChance(seed);
    const lines = await randomCart(chance);
    const { order, buyer } = await buyAndPay(lines);
    const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
    const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(await leftOf(order, lines)).toMatchObject({ money: amount, stock: pieces });

    let refunds = 0;
    const bought = await linesOf(shop, order);
    for (const [n, line] of bought.entries()) if (chance.next() < 0.5 && (await refundPiece(order, line, n))) refunds++;
    await shop.drain();

    const orderIds = [...new Set(bought.map(({ orderId }) => orderId))].sort(() => chance.next() - 0.5);
    for (const orderId of orderIds) {
      if (chance.next() < 0.3) await book(shop, orderId);
      await cancelOrder(shop.app, buyer, { orderId, reason: "batal" });
    }
    await shop.drain();
    expect(await leftOf(order, lines)).toEqual({ money: 0, tax: 0, stock: 0, books: [0, 0, 0, 0, 0] });
    const back = await atGateway(shop, order);
    expect(back.reduce((sum, one) => sum + one.amount, 0)).toBe(amount);
    expect(back).toHaveLength(refunds + orderIds.length);
    expect(await shop.audit()).toEqual([]);
  },
);
