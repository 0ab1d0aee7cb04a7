import type { LiveShop } from "../support/liveShop.ts";
import { endWindows, hear, type Model, moneyOf } from "./shopModel.ts";
import { type Move, PLANS, type Real, type Verb } from "./shopMoves.ts";

/** Moves at the same time, as a named case holds them: `buy 1 0 2`, `cancel 0 + sync 1`. */
export const textOf = (moves: readonly Move[]): string =>
  moves.map(({ verb, picks }) => [verb, ...picks].join(" ")).join(" + ");

export const movesOf = (text: string): Move[] =>
  text.split(" + ").map((one) => {
    const [verb, ...picks] = one.split(" ");
    return { verb: verb as Verb, picks: picks.map(Number) };
  });

const BUYERS = 4;
const STOCKS = [30, 5, 2];

/** Empty shelves would end every history soon, so one of them is full. */
export async function freshModel(shop: LiveShop): Promise<Model> {
  const products = await Promise.all(STOCKS.map(async (stock) => ({ ...(await shop.addProduct({ stock })), stock })));
  return { products, buyers: await Promise.all(Array.from({ length: BUYERS }, () => shop.addBuyer())), payments: [] };
}

const nowOf = ({ shop }: Real) => shop.app.clock.now().getTime();

/** Does a few moves at the same time, of which no two are about the same thing, and then what is due. */
export async function doMoves(real: Real, model: Model, moves: readonly Move[]): Promise<void> {
  const plans = moves.flatMap(({ verb, picks }) => PLANS[verb](real, model, picks) ?? []);
  const apart = plans.filter(({ about }, i) => plans.findIndex((other) => other.about === about) === i);
  for (const change of await Promise.all(apart.map(({ act }) => act()))) change();
  await real.shop.drain();
  endWindows(model, nowOf(real));
}

interface Standing {
  readonly stock: readonly number[];
  /** Each payment with its order and its money, oldest first. */
  readonly payments: readonly string[];
}

const wordsOf = (status: string, order: string, captured: number, owed: number) =>
  `${status}, order ${order}, captured ${captured}, going back ${owed}`;

function wanted({ products, payments }: Model): Standing {
  const orderOf = (status: string, isOver: boolean) =>
    status === "PENDING" ? "PENDING_PAYMENT" : status === "PAID" && !isOver ? "PAID" : "CANCELLED";
  return {
    stock: products.map(({ stock }) => stock),
    payments: payments.map((payment) => {
      const { captured, owed } = moneyOf(payment);
      return wordsOf(payment.status, orderOf(payment.status, payment.isOrderOver), captured, owed);
    }),
  };
}

async function found({ shop }: Real, { products, payments }: Model): Promise<Standing> {
  const stocks = await shop.app.db.sql<{ id: string; stock: number }>(
    "select id, stock from products where id = any($1::uuid[])",
    [products.map(({ productId }) => productId)],
  );
  const rows = await shop.app.db.sql<{ id: string; status: string; order: string; captured: number; owed: number }>(
    `select p.id, p.status, o.status as "order",
            (select sum(captured_amount) from payment_transactions t where t.payment_id = p.id) as captured,
            coalesce((select sum(amount) from refunds r
                       where r.payment_id = p.id and r.status <> 'WITHDRAWN'), 0) as owed
       from payments p join orders o on o.session_id = p.session_id where p.id = any($1::uuid[])`,
    [payments.map(({ paymentId }) => paymentId)],
  );
  return {
    stock: products.map(({ productId }) => stocks.find(({ id }) => id === productId)?.stock ?? Number.NaN),
    payments: payments.map(({ paymentId }) => {
      const row = rows.find(({ id }) => id === paymentId);
      return row ? wordsOf(row.status, row.order, row.captured, row.owed) : "not there";
    }),
  };
}

/** @throws Error that shows both, where the shop is not as the model has it */
export async function requireAgreement(real: Real, model: Model): Promise<void> {
  const [is, should] = [await found(real, model), wanted(model)];
  if (JSON.stringify(is) === JSON.stringify(should)) return;
  throw new Error(`the shop is\n${JSON.stringify(is, null, 1)}\nand should be\n${JSON.stringify(should, null, 1)}`);
}

/** In the end everything is asked about once more: then all money is known, and every invariant holds. */
export async function endHistory(real: Real, model: Model): Promise<void> {
  for (const { paymentId } of model.payments) {
    await doMoves(real, model, [
      { verb: "sync", picks: [model.payments.findIndex((one) => one.paymentId === paymentId)] },
    ]);
  }
  for (const payment of model.payments) for (const one of payment.tries) hear(payment, one, nowOf(real));
  await requireAgreement(real, model);
  const breaches = await real.shop.audit();
  if (breaches.length > 0) throw new Error(`the audit finds\n${JSON.stringify(breaches, null, 1)}`);
}
