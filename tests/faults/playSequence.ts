import type { App } from "../../domain/app.ts";
import { checkout } from "../../domain/checkout/checkout.ts";
import type { Actor } from "../../domain/kernel/actor.ts";
import type { PaymentId, ProductId, StoreId } from "../../domain/kernel/ids.ts";
import { applyNotification } from "../../domain/payment/applyNotification.ts";
import { paymentStates } from "../../domain/payment/payment.states.ts";
import { receiveNotification } from "../../domain/payment/receiveNotification.ts";
import { syncPayment } from "../../domain/payment/syncPayment.ts";
import { takeDueJobs } from "../../platform/outbox.ts";
import { togetherMax } from "../../worker/handlers.ts";
import { runJob, runJobs } from "../../worker/runJob.ts";
import type { LiveShop } from "../support/liveShop.ts";
import { bodyOf, type End, type History, type Script, shopAt } from "./gatewayHistory.ts";
import { type Step, textOf } from "./sequences.ts";

/** A sequence that was played, and the payment that it was played on. */
export interface Played {
  readonly text: string;
  readonly script: Script;
  readonly paymentId: PaymentId;
}

/** Pays many payments of one shop, each by a sequence of its own. */
export interface Stage {
  readonly shop: LiveShop;
  readonly buyer: Actor;
  readonly storeId: StoreId;
  readonly scripts: Map<string, Script>;
}

const TRUTH = Number.POSITIVE_INFINITY;

export async function openStage(shop: LiveShop): Promise<Stage> {
  const { storeId } = await shop.addProduct();
  return { shop, buyer: await shop.addBuyer(), storeId, scripts: new Map() };
}

async function buyTwo({ shop, buyer, storeId, scripts }: Stage, history: History) {
  const { productId } = await shop.addProduct({ stock: 10, storeId });
  const input = shop.order([{ productId: productId as ProductId, storeId, quantity: 2 }]);
  const { sessionId } = await checkout(shopAt(shop.app, scripts, TRUTH), buyer, input);
  const row = await shop.one<{ paymentId: PaymentId; gatewayOrderId: string; amount: number }>(
    `select p.id as payment_id, t.gateway_order_id, p.amount
       from payments p join payment_transactions t on t.payment_id = p.id where p.session_id = $1`,
    sessionId,
  );
  const script: Script = { ...row, history, heardPaid: new Set() };
  scripts.set(row.gatewayOrderId, script);
  return { script, paymentId: row.paymentId };
}

async function openJobOf({ shop }: Stage, script: Script): Promise<number | null> {
  const [job] = await shop.app.db.sql<{ id: number }>(
    "select id from outbox_messages where handler = 'applyNotification' and key = $1 and done_at is null",
    [script.gatewayOrderId],
  );
  return job?.id ?? null;
}

/** One after another: each notification is applied before the next one comes. */
export async function playInTurn(stage: Stage, history: History, steps: readonly Step[]): Promise<Played> {
  const { shop, buyer, scripts } = stage;
  const { script, paymentId } = await buyTwo(stage, history);
  for (const { told, moment } of steps) {
    const app = shopAt(shop.app, scripts, moment);
    if (told === null) await syncPayment(app, buyer, { paymentId });
    else await receiveNotification(app, bodyOf(script, told));
    const job = told === null ? null : await openJobOf(stage, script);
    if (job !== null) await runJob(app, job);
  }
  return { text: `${history.name}: ${textOf(steps)}`, script, paymentId };
}

/** All at the same time: every notification is stored, and every answer is applied beside the others. */
export async function playAtOnce(stage: Stage, history: History, steps: readonly Step[]): Promise<Played> {
  const { shop, buyer, scripts } = stage;
  const { script, paymentId } = await buyTwo(stage, history);
  const work = steps.map(async ({ told, moment }) => {
    const app = shopAt(shop.app, scripts, moment);
    if (told === null) return syncPayment(app, buyer, { paymentId });
    await receiveNotification(app, bodyOf(script, told));
    // Before the first change there is no answer, and the job is to be run again: the last word does that.
    if (moment > 0) await applyNotification(app, { gatewayOrderId: script.gatewayOrderId });
  });
  await Promise.all(work);
  return { text: `${history.name}: ${textOf(steps)} (at once)`, script, paymentId };
}

/** So many payments are played at the same time. */
export async function inLanes<T, R>(lanes: number, items: readonly T[], play: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.map((item, index) => ({ item, index }));
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next.index] = await play(next.item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

const MINUTE = 60_000;
const LANES = 8;

/** Does all due work, by as many jobs at once as a worker with a backlog would. */
export async function drainJobs(app: App): Promise<void> {
  for (;;) {
    // Histories are of what the gateway tells: what is owed back stays owed, for it takes no refunds here.
    await app.db.sql("update outbox_messages set done_at = now() where handler = 'sendRefund' and done_at is null");
    const jobs = await takeDueJobs(app.db, app.clock.now(), 0);
    if (jobs.length === 0) return;
    const bundles = [...Map.groupBy(jobs, ({ handler }) => handler)].flatMap(([handler, ofHandler]) => {
      const size = togetherMax(app, handler);
      const starts = Array.from({ length: Math.ceil(ofHandler.length / size) }, (_, i) => i * size);
      return starts.map((start) => ofHandler.slice(start, start + size).map(({ id }) => id));
    });
    await inLanes(LANES, bundles, (ids) => runJobs(app, ids));
  }
}

/** Then everything that is true is told once more, and all work is done: retries, questions, mails. */
export async function lastWord(stage: Stage, played: readonly Played[]): Promise<void> {
  const { shop, buyer, scripts } = stage;
  const app = shopAt(shop.app, scripts, TRUTH);
  // Past every backoff, far before the end of a window.
  shop.advance(20 * MINUTE);
  await drainJobs(app);
  await inLanes(LANES, played, ({ paymentId }) => syncPayment(app, buyer, { paymentId }));
  await drainJobs(app);
}

const STANDING = `
  select p.id, p.status as payment, o.status as "order", o.payment_status as shown, s.status as session, r.stock,
         (select string_agg(l.to_status, ' ' order by l.id) from order_status_logs l where l.order_id = o.id) as path,
         (select count(*) from stock_movements m where m.product_id = r.id) as movements,
         (select count(*) from invoices v where v.order_id = o.id) as invoices,
         coalesce((select string_agg(split_part(n.event, ':', 1), ' ' order by n.event)
                     from notices n where n.event like '%:' || p.id), '') as mails,
         coalesce((select string_agg(distinct f.cause || ' ' || f.status, ', ')
                     from refunds f where f.payment_id = p.id), '') as refunds,
         (select jsonb_agg(jsonb_build_array(g.from_status, g.step, g.to_status) order by g.id)
            from payment_logs g where g.payment_id = p.id and g.to_status is not null) as moves
    from payments p join checkout_sessions s on s.id = p.session_id join orders o on o.session_id = s.id
    join order_items i on i.order_id = o.id join products r on r.id = i.product_id
   where p.id = any($1::uuid[])`;

type Move = readonly [from: string | null, step: string, to: string];
interface Standing extends End {
  /** How the payment moved, by its log. */
  readonly moves: readonly Move[];
}

/** How each payment stands, in the order in which they were played. */
export async function standings({ shop }: Stage, played: readonly Played[]): Promise<Standing[]> {
  const rows = await shop.app.db.sql<Standing & { id: string }>(STANDING, [played.map(({ paymentId }) => paymentId)]);
  const byId = new Map(rows.map(({ id, ...standing }) => [id, standing]));
  return played.map(({ paymentId }) => byId.get(paymentId) as Standing);
}

/** What is wrong with the path that a payment's log tells: each step one of the table's, and no status twice. */
function pathFaults({ moves, payment }: Standing): string[] {
  const faults: string[] = [];
  let at: string | null = null;
  for (const [from, step, to] of moves) {
    if (from !== at) faults.push(`${step} from ${from} while it was ${at}`);
    if (from !== null && paymentStates.verdict(from as never, step as never).next !== to) {
      faults.push(`${step} moved ${from} to ${to}`);
    }
    at = to;
  }
  if (at !== payment) faults.push(`the log ends at ${at}`);
  // A card that is held and let go is as open as before; nothing else comes back to where it was.
  const entered = moves.map(([, , to]) => to).filter((to) => to !== "PENDING" && to !== "CHALLENGED");
  if (new Set(entered).size !== entered.length) faults.push(`went in a circle: ${entered.join(" ")}`);
  return faults;
}

/** True where a payment stands as it must: `(mail)` may be there or not. */
function isAsWanted(end: End, { mails, ...wanted }: End): boolean {
  const { mails: written, ...rest } = end;
  const optional = /\((.*)\)/.exec(mails)?.[1] ?? "";
  const may = [mails.replace(/ \(.*\)/, ""), mails.replace(`(${optional})`, optional)];
  const entries = (one: object) => JSON.stringify(Object.entries(one).sort());
  return may.includes(written) && entries(rest) === entries(wanted);
}

/** Each sequence that did not end as it must, by its text: that can be played again as a named case. */
export async function straysOf(stage: Stage, played: readonly Played[]): Promise<object[]> {
  const found = await standings(stage, played);
  return played.flatMap(({ text, script }, i) => {
    const { moves, ...end } = found[i] as (typeof found)[number];
    const faults = pathFaults({ moves, ...end });
    const wanted = script.history.end(script.heardPaid);
    return isAsWanted(end, wanted) && faults.length === 0 ? [] : [{ text, faults, end, wanted }];
  });
}
