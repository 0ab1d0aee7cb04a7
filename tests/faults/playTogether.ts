import { checkout } from "../../domain/checkout/checkout.ts";
import type { PaymentId } from "../../domain/kernel/ids.ts";
import type { PaymentMethod } from "../../domain/payment/methods.rules.ts";
import { receiveNotification } from "../../domain/payment/receiveNotification.ts";
import { syncPayment } from "../../domain/payment/syncPayment.ts";
import { copyOrders } from "./copyOrders.ts";
import { bodyOf, type Script, shopAt } from "./gatewayHistory.ts";
import type { MethodHistory } from "./methodHistories.ts";
import { drainJobs, inLanes, type Played, type Stage } from "./playSequence.ts";
import { type Step, textOf } from "./sequences.ts";

export interface MethodCase extends MethodHistory {
  readonly steps: readonly Step[];
}

/** One checkout of each method, whose try has begun: what the copies are made of. */
export async function openOriginals(stage: Stage, methods: Iterable<PaymentMethod>): Promise<Map<string, PaymentId>> {
  const { shop, buyer, storeId, scripts } = stage;
  const originals = new Map<string, PaymentId>();
  for (const method of new Set(methods)) {
    const { productId } = await shop.addProduct({ stock: 10, storeId });
    const chosen = method === "SAVED_CARD" ? "SNAP" : method;
    const input = shop.order([{ productId, storeId, quantity: 2 }], { method: chosen });
    const { sessionId } = await checkout(shopAt(shop.app, scripts, 0), buyer, input);
    const { id } = await shop.one<{ id: PaymentId }>("select id from payments where session_id = $1", sessionId);
    if (chosen !== method) {
      await shop.app.db.sql("update payment_transactions set method = $2 where payment_id = $1", [id, method]);
    }
    originals.set(method, id);
  }
  return originals;
}

/** So many payments go the same step together: their jobs are applied as a worker with a backlog applies them. */
const WAVE = 64;
const LANES = 4;

interface Playing {
  readonly steps: readonly Step[];
  readonly script: Script;
  readonly paymentId: PaymentId;
}

async function playWave(stage: Stage, wave: readonly Playing[]): Promise<void> {
  const { shop, buyer, scripts } = stage;
  const at = new Map<Script, number>();
  const app = shopAt(shop.app, scripts, (script) => at.get(script) ?? 0);
  const longest = Math.max(...wave.map(({ steps }) => steps.length));
  for (let place = 0; place < longest; place++) {
    const now = wave.flatMap((one) => {
      const step = one.steps[place];
      return step ? [{ ...one, step }] : [];
    });
    for (const { script, step } of now) at.set(script, step.moment);
    await inLanes(LANES, now, async ({ script, paymentId, step }) => {
      if (step.told === null) await syncPayment(app, buyer, { paymentId });
      else await receiveNotification(app, bodyOf(script, step.told));
    });
    await drainJobs(app);
  }
}

/** Plays each case on a payment of its own, in waves; within a wave each step of all of them comes together. */
export async function playTogether(
  stage: Stage,
  originals: ReadonlyMap<string, PaymentId>,
  cases: readonly MethodCase[],
): Promise<Played[]> {
  const played: Played[] = [];
  for (let from = 0; from < cases.length; from += WAVE) {
    const wave: Playing[] = [];
    for (const [method, ofMethod] of Map.groupBy(cases.slice(from, from + WAVE), (one) => one.method)) {
      const copies = await copyOrders(stage.shop, originals.get(method) as PaymentId, ofMethod.length);
      for (const [i, { history, steps }] of ofMethod.entries()) {
        const { paymentId, ...rest } = copies[i] as (typeof copies)[number];
        const script: Script = { ...rest, history, heardPaid: new Set() };
        stage.scripts.set(script.gatewayOrderId, script);
        wave.push({ steps, script, paymentId });
        played.push({ text: `${history.name}: ${textOf(steps)}`, script, paymentId });
      }
    }
    await playWave(stage, wave);
  }
  return played;
}
