import type { KillStage } from "./killStage.ts";
import type { Ending, Flow, Scene } from "./killSteps.ts";

/** What one customer's purchase has come to, in the shop's books and in the gateway's. */
interface Found {
  readonly checkouts: number;
  readonly payment: string | null;
  readonly orders: readonly string[];
  /** Steps of the orders' logs that say `paid`. */
  readonly paidSteps: number;
  readonly invoices: number;
  /** Mails by what they tell of. */
  readonly told: readonly string[];
  /** Refunds that are owed or done, and whether they are of the whole. */
  readonly refunds: readonly boolean[];
  /** Statuses of those that are not of a wrong sum. */
  readonly refunded: readonly string[];
  readonly cases: number;
  readonly idsAtGateway: readonly string[];
}

const FIND = `
  select (select count(*)::integer from checkout_sessions s where s.user_id = u.id) as checkouts,
         p.status as payment,
         array(select o.status::text from orders o where o.user_id = u.id) as orders,
         (select count(*)::integer from order_status_logs l join orders o on o.id = l.order_id
           where o.user_id = u.id and l.event = 'paid') as "paidSteps",
         (select count(*)::integer from invoices v join orders o on o.id = v.order_id
           where o.user_id = u.id) as invoices,
         array(select split_part(n.event, ':', 1) from notices n where n.user_id = u.id order by 1) as told,
         array(select r.amount = p.amount from refunds r where r.payment_id = p.id) as refunds,
         array(select r.status::text from refunds r where r.payment_id = p.id and r.amount = p.amount) as refunded,
         (select count(*)::integer from money_cases c where c.payment_id = p.id) as cases,
         array(select t.gateway_order_id from payment_transactions t where t.payment_id = p.id) as "idsAtGateway"
    from users u left join payments p on p.user_id = u.id
   where u.id = $1`;

type Expected = Omit<Found, "idsAtGateway" | "refunded">;

/** Money that came too late goes back by itself, or by hand where no gateway can: then the customer is asked how. */
function lateBy([status]: readonly string[]): Partial<Expected> {
  const told = ["payment.ended", "payment.orphaned"];
  if (status === "MANUAL") return { payment: "PAID", told: [...told, "refund.manual"] };
  if (status === "SUCCEEDED") return { payment: "REFUNDED", told: [...told, "refund.done"] };
  return { payment: "PAID", told };
}

const OVER = { checkouts: 1, orders: ["CANCELLED"], paidSteps: 0, invoices: 0, refunds: [], cases: 0 };

const PAID: Expected = {
  checkouts: 1,
  payment: "PAID",
  orders: ["PAID"],
  paidSteps: 1,
  invoices: 1,
  told: ["payment.paid"],
  refunds: [],
  cases: 0,
};

const EXPECTED: Readonly<Record<Ending, Expected>> = {
  PAID,
  CANCELLED: { ...OVER, payment: "CANCELLED", told: ["payment.ended"] },
  EXPIRED: { ...OVER, payment: "EXPIRED", told: ["payment.ended"] },
  REPAID: { ...PAID, refunds: [false], cases: 1 },
  LATE: { ...OVER, payment: "PAID", told: ["payment.ended", "payment.orphaned"], refunds: [true], cases: 1 },
};

/** Charges that were paid, and ways on which money could still come, over all ids of a payment. */
async function lookAtGateway(stage: KillStage, ids: readonly string[]): Promise<{ paid: number; open: number }> {
  let [paid, open] = [0, 0];
  for (const id of ids) {
    const { transactions, pages } = await stage.transactionsOf(id);
    const statuses = transactions.map((each) => each.transaction_status);
    const paidHere = statuses.filter((status) => status === "settlement" || status === "capture").length;
    paid += paidHere;
    open += statuses.filter((status) => status === "pending").length;
    // Another method can be chosen on a page while none was, or the last one was denied.
    const isOver = !["deny", "failure", undefined].includes(statuses.at(-1));
    if (!isOver) open += pages.filter(({ state }) => state === "open").length;
  }
  return { paid, open };
}

const PAID_AT_GATEWAY: Readonly<Record<Ending, number>> = { PAID: 1, LATE: 1, REPAID: 2, CANCELLED: 0, EXPIRED: 0 };

async function checkPurchase(stage: KillStage, userId: string, ending: Ending): Promise<string[]> {
  const [found] = await stage.sql<Found>(FIND, [userId]);
  if (!found) return ["the customer is gone"];
  const { idsAtGateway, refunded, ...rest } = found;
  const expectedHere = ending === "LATE" ? { ...EXPECTED[ending], ...lateBy(refunded) } : EXPECTED[ending];
  const broken = Object.entries(expectedHere).flatMap(([name, expected]) => {
    const actual = rest[name as keyof Expected];
    if (JSON.stringify(actual) === JSON.stringify(expected)) return [];
    return [`${name} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
  });
  const { paid, open } = await lookAtGateway(stage, idsAtGateway);
  const wentBack = ending === "LATE" && refunded[0] === "SUCCEEDED" ? 1 : 0;
  if (paid !== PAID_AT_GATEWAY[ending] - wentBack) broken.push(`the gateway was paid ${paid} times`);
  if (open > 0) broken.push(`the gateway still takes money on ${open} ways`);
  return broken;
}

/** Every mail went out once; one whose sending was cut off may be in doubt, and is never sent twice. */
async function checkMails(stage: KillStage, userId: string): Promise<string[]> {
  const rows = await stage.sql<{ id: string; state: string; event: string }>(
    "select id, state, event from notices where user_id = $1",
    [userId],
  );
  return rows.flatMap(({ id, state, event }) => {
    const sent = stage.mails.mails.filter((mail) => mail.includes(id)).length;
    const isRight = state === "SENT" ? sent === 1 : state === "IN_DOUBT" && sent <= 1;
    return isRight ? [] : [`the mail of ${event} is ${state} and went out ${sent} times`];
  });
}

/** Only what was paid for has left the shelf. */
async function checkStock({ stage, people }: Scene, opening: number, isSold: boolean): Promise<string[]> {
  const sold = isSold ? people.reduce((sum, { client }) => sum + client.quantity, 0) : 0;
  const [row] = await stage.sql<{ stock: number }>("select stock from products where id = $1", [
    people[0]?.client.goods.productId,
  ]);
  return row?.stock === opening - sold ? [] : [`${row?.stock} pieces are left of ${opening}, ${sold} were sold`];
}

/** Holds what a scene came to against what its flow promised. Each sentence says what is wrong. */
export async function brokenPromises(scene: Scene, opening: number, flow: Flow): Promise<string[]> {
  const { stage, people } = scene;
  const { ending } = flow;
  const isSold = flow.isSold ?? (ending === "PAID" || ending === "REPAID");
  const broken = await checkStock(scene, opening, isSold);
  for (const { client } of people) {
    if (ending) broken.push(...(await checkPurchase(stage, client.id, ending)));
    broken.push(...(await checkMails(stage, client.id)));
  }
  return broken;
}
