import type { Actor } from "../../domain/kernel/actor.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import type { PaymentId } from "../../domain/kernel/ids.ts";
import { cancelPayment, expirePayment } from "../../domain/payment/cancelPayment.ts";
import { pollPayments } from "../../domain/payment/pollPayments.ts";
import { receiveNotification } from "../../domain/payment/receiveNotification.ts";
import { renewPaymentToken, startPayment } from "../../domain/payment/startPayment.ts";
import { syncPayment } from "../../domain/payment/syncPayment.ts";
import type { LiveShop } from "../support/liveShop.ts";
import {
  close,
  end,
  freshTry,
  hear,
  liveTry,
  type Model,
  type Product,
  poll,
  refusalOf,
  type Try,
} from "./shopModel.ts";

/** The real shop and the people who use it. */
export interface Real {
  readonly shop: LiveShop;
  readonly staff: Actor;
}

/** Something that happens, in words that a named case can hold: `buy 1 0 2`, `cancel 0 + sync 1`. */
export interface Move {
  readonly verb: Verb;
  /** Who or what: each is taken modulo how many there are. */
  readonly picks: readonly number[];
}

/** What a move does to the real shop; it gives what is to be done to the model afterwards. */
type Act = () => Promise<() => void>;
/** null where the move makes no sense as things stand. */
export type Plan = (
  real: Real,
  model: Model,
  picks: readonly number[],
) => { readonly about: object; readonly act: Act } | null;

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Each takes twenty, and a poll is not due again at once. */
const POLLS_MAX = 50;
const TRIES_MAX = 3; // as many as one sync asks about

const pick = <T>(from: readonly T[], at = 0): T | undefined => from[at % Math.max(from.length, 1)];
const paymentAt = (model: Model, [at]: readonly number[]) => pick(model.payments, at);
const codeOf = async (work: Promise<unknown>): Promise<string | null> => {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

async function expectCode(what: string, work: Promise<unknown>, wanted: string | null): Promise<void> {
  const code = await codeOf(work);
  if (code !== wanted) throw new Error(`${what}: ${code ?? "done"} instead of ${wanted ?? "done"}`);
}

/** The worker opens what the caller no longer waited for. */
async function openedTry({ shop }: Real, paymentId: PaymentId): Promise<string> {
  for (let looks = 1; looks <= 2_000; looks++) {
    const row = await shop.one<{ id: string; state: string }>(
      "select gateway_order_id as id, state from payment_transactions where payment_id = $1 order by 1 desc limit 1",
      paymentId,
    );
    if (row.state !== "STARTING") return row.id;
  }
  throw new Error(`the page of ${paymentId} is not opened`);
}

let keys = 0;

/** What was bought becomes part of the model; a payment needs its page before anything can happen to it. */
async function bought(real: Real, model: Model, buyer: Actor, product: Product, quantity: number) {
  const { shop } = real;
  const { paymentId } = await shop.buy(buyer, shop.order([{ ...product, quantity }]));
  const { amount, expiresAt } = await shop.one<{ amount: number; expiresAt: Date }>(
    "select amount, expires_at from payments where id = $1",
    paymentId,
  );
  const tries = [freshTry(await openedTry(real, paymentId))];
  const payment = { paymentId, buyer, product, quantity, amount, expiresAt: expiresAt.getTime(), tries };
  return () => {
    product.stock -= quantity;
    model.payments.push({ ...payment, status: "PENDING", isOrderOver: false });
  };
}

/** As many buyers at once as the move says: they get what is there, and not a piece more. */
async function sell(real: Real, model: Model, buyers: readonly Actor[], product: Product, quantity: number) {
  const pieces = product.stock;
  const changes: (() => void)[] = [];
  const buying = buyers.map(async (buyer) => {
    changes.push(await bought(real, model, buyer, product, quantity));
  });
  const refused = (await Promise.all(buying.map(codeOf))).filter((code) => code !== null);
  if (refused.some((code) => code !== "OUT_OF_STOCK")) throw new Error(`buying: ${refused.join(", ")}`);
  if (changes.length < Math.min(buyers.length, Math.floor(pieces / quantity)))
    throw new Error("refused what was there");
  // That nothing was sold twice shows in the stock: the model's would be below zero.
  return () => {
    for (const change of changes) change();
  };
}

const buy: Plan = (real, model, [who, what, many = 0]) => {
  const [buyer, product] = [pick(model.buyers, who), pick(model.products, what)];
  if (!buyer || !product) return null;
  return { about: product, act: () => sell(real, model, [buyer], product, 1 + (many % 3)) };
};

const rush: Plan = (real, model, [what, many = 0]) => {
  const product = pick(model.products, what);
  if (!product) return null;
  return { about: product, act: () => sell(real, model, model.buyers.slice(0, 2 + (many % 3)), product, 2) };
};

const onPage =
  (status: string, from: readonly Try["at"][], to: Try["at"]): Plan =>
  ({ shop }, model, picks) => {
    const payment = paymentAt(model, picks);
    const one = payment && pick(payment.tries.toReversed(), picks[1]);
    if (!one || !from.includes(one.at)) return null;
    const act: Act = async () => {
      const another = one.at === "dead" ? { new: true } : {};
      const anyway = one.at === "closed" ? { force: true } : {};
      await shop.gatewayMoves(one.gatewayOrderId, { transaction_status: status, ...another, ...anyway });
      return () => {
        one.at = to;
        one.hasTransaction = true;
      };
    };
    return { about: payment, act };
  };

const notify: Plan = ({ shop }, model, picks) => {
  const payment = paymentAt(model, picks);
  const one = payment && pick(payment.tries.toReversed(), picks[1]);
  if (!payment || !one?.hasTransaction) return null;
  const act: Act = async () => {
    // What the body says is no news by itself: every other one is stale.
    const change = (picks[2] ?? 0) % 2 === 0 ? {} : { transaction_status: "pending" };
    const body = await shop.signedBody(one.gatewayOrderId, change);
    const outcomes = await Promise.all([0, 1, 2].map(() => receiveNotification(shop.app, body)));
    await shop.drain();
    return () => {
      if (outcomes.includes("stored")) hear(payment, one, shop.app.clock.now().getTime());
    };
  };
  return { about: payment, act };
};

const sync: Plan = ({ shop }, model, picks) => {
  const payment = paymentAt(model, picks);
  if (!payment) return null;
  const act: Act = async () => {
    await syncPayment(shop.app, payment.buyer, payment);
    return () => {
      for (const one of payment.tries) hear(payment, one, shop.app.clock.now().getTime());
    };
  };
  return { about: payment, act };
};

const ending =
  (as: "CANCELLED" | "EXPIRED"): Plan =>
  ({ shop, staff }, model, picks) => {
    const payment = paymentAt(model, picks);
    if (!payment) return null;
    const act: Act = async () => {
      const work =
        as === "CANCELLED" ? cancelPayment(shop.app, payment.buyer, payment) : expirePayment(shop.app, staff, payment);
      await expectCode(as, work, refusalOf(payment, "end"));
      return () => end(payment, as, shop.app.clock.now().getTime());
    };
    return { about: payment, act };
  };

const again: Plan = (real, model, picks) => {
  const payment = paymentAt(model, picks);
  if (!payment || payment.tries.length >= TRIES_MAX) return null;
  const { shop } = real;
  const { paymentId, buyer } = payment;
  const act: Act = async () => {
    const wanted = refusalOf(payment, "again");
    const work = async () => {
      const { paymentToken } = await renewPaymentToken(shop.app, buyer, { paymentId });
      const idempotencyKey = `again-${paymentId}-${++keys}`;
      await startPayment(shop.app, buyer, { paymentId, method: "SNAP", paymentToken, idempotencyKey });
    };
    await expectCode("again", work(), wanted);
    const id = wanted === null ? await openedTry(real, paymentId) : "";
    return () => {
      const live = liveTry(payment);
      if (payment.status !== "PENDING" || live.at === "none") return;
      if (close(payment, shop.app.clock.now().getTime())) payment.tries.push(freshTry(id));
    };
  };
  return { about: payment, act };
};

const pollAll: Plan = ({ shop }, model) => ({
  about: model,
  act: async () => {
    shop.advance(61 * MINUTE);
    for (let rounds = 1; (await pollPayments(shop.app)) > 0; rounds++) {
      if (rounds > POLLS_MAX) throw new Error("the polls do not come to rest");
    }
    return () => poll(model, shop.app.clock.now().getTime());
  },
});

const wait: Plan = ({ shop }, model) => ({
  about: model,
  act: async () => {
    shop.advance(7 * HOUR);
    return () => undefined;
  },
});

/** The customer pays and cancels at once: the gateway says which it was, and the other one is refused. */
const race: Plan = ({ shop }, model, picks) => {
  const payment = paymentAt(model, picks);
  if (payment?.status !== "PENDING" || liveTry(payment).at !== "pending") return null;
  // Money on an older try that nobody was told of would be found by whoever asks first: another race.
  if (payment.tries.some(({ at }) => at === "paid")) return null;
  const live = liveTry(payment);
  const act: Act = async () => {
    const [paid, code] = await Promise.allSettled([
      shop.gatewayMoves(live.gatewayOrderId, { transaction_status: "settlement" }),
      codeOf(cancelPayment(shop.app, payment.buyer, payment)),
      codeOf(syncPayment(shop.app, payment.buyer, payment)),
    ]);
    if (code.status === "rejected") throw code.reason;
    if ((paid.status === "fulfilled") !== (code.value === "ALREADY_PAID"))
      throw new Error(`race: ${paid.status}, ${code.value}`);
    return () => {
      if (paid.status === "fulfilled") live.at = "paid";
      end(payment, "CANCELLED", shop.app.clock.now().getTime());
    };
  };
  return { about: payment, act };
};

export const PLANS = {
  buy,
  rush,
  choose: onPage("pending", ["none", "dead"], "pending"),
  pay: onPage("settlement", ["none", "pending", "dead", "closed"], "paid"),
  runOut: onPage("expire", ["pending"], "dead"),
  notify,
  sync,
  cancel: ending("CANCELLED"),
  expire: ending("EXPIRED"),
  again,
  poll: pollAll,
  wait,
  race,
} satisfies Record<string, Plan>;
export type Verb = keyof typeof PLANS;

/** Verbs that may happen to different payments at the same time. */
export const AT_ONCE: readonly Verb[] = ["buy", "pay", "notify", "sync", "cancel", "expire", "again", "choose"];
