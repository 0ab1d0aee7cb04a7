import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvePayment } from "../../../domain/enrollment/approvePayment.ts";
import { listMyEnrollments } from "../../../domain/enrollment/enrollment.queries.ts";
import { countPaymentsToApprove, listPaymentsToApprove } from "../../../domain/enrollment/learningDesk.queries.ts";
import { updateProgress } from "../../../domain/enrollment/updateProgress.ts";
import type { SubscriptionId } from "../../../domain/kernel/ids.ts";
import { cancelSubscription } from "../../../domain/payment/cancelSubscription.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { lookAtSubscription } from "../../../domain/payment/lookAtSubscription.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { charge, DAY, MONTH, order as monthly, PRICE, read, saveCard } from "../payment/subscriptionFacts.ts";
import { BY_QRIS, begin, claim, happens, learning, type Person, type Sold, sell } from "./facts.ts";

let shop: LiveShop;
beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(() => shop.close());

/** What a person must end is looked at again so often. */
const LOOK = 11 * 60_000;
/** Later on, so often. */
const HOUR = 61 * 60_000;

const OPEN = ["ENROLLED 40", "ENROLLED 40"];
const CLOSED = ["NOT_ENROLLED 40", "NOT_ENROLLED 40"];

/** A subscription whose first month is paid, and whose learner has begun. */
async function subscribe(who?: Person, what?: Sold): Promise<{ buyer: Person; sold: Sold; id: SubscriptionId }> {
  const buyer = who ?? (await shop.addBuyer());
  const sold = what ?? (await sell(shop));
  await shop.app.db.sql("update packages set monthly_price = $2 where id = $1", [sold.packageId, PRICE]);
  const id = await createSubscription(shop.app, buyer, monthly(sold.packageId, await saveCard(shop, buyer)));
  expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null]);
  await month(id);
  const { nodes } = await listMyEnrollments(shop.app, buyer, { first: 20 });
  for (const { id: enrollmentId } of nodes) await updateProgress(shop.app, buyer, { enrollmentId, progress: 40 });
  return { buyer, sold, id };
}

async function month(id: SubscriptionId, how?: object): Promise<void> {
  await charge(shop, id, how);
  await lookAtSubscription(shop.app, { subscriptionId: id });
  await shop.drain();
}

describe("a package by the month", () => {
  test("is open from its first month on, and closed when nothing more is tried", async () => {
    const { buyer, sold, id } = await subscribe();
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    shop.advance(MONTH);
    await month(id);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    shop.advance(MONTH);
    await charge(shop, id, { fails: ["deny", "500", "411", "402"], charge: "regular" });
    await lookAtSubscription(shop.app, { subscriptionId: id });
    await shop.drain();
    expect((await read(shop, id)).state).toBe("PAST_DUE");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    for (let retry = 1; retry <= 3; retry++) await charge(shop, id, { charge: "retry" });
    await lookAtSubscription(shop.app, { subscriptionId: id });
    await shop.drain();
    expect((await read(shop, id)).state).toBe("SUSPENDED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(CLOSED);
    expect(await shop.audit()).toEqual([]);
  });

  test("is told of as a month: each that is paid, that one is not, and once that it is paid again", async () => {
    const { buyer, id } = await subscribe();
    shop.advance(MONTH);
    await month(id, { fails: ["deny"], charge: "regular" });
    await month(id, { charge: "retry" });
    // The first is about what was bought with the card that is charged.
    const [, ...mails] = await shop.app.db.sql<{ template: string; bodyText: string }>(
      "select template, body_text from notices where user_id = $1 order by created_at, id",
      [buyer.userId],
    );
    expect(mails.map(({ template }) => template)).toEqual(["monthReceived", "subscriptionPastDue", "subscriptionBack"]);
    expect(mails[0]?.bodyText).toMatch(/- .+: Rp99\.000 sebulan/);
    expect(mails[0]?.bodyText).toContain("/account/subscriptions");
    expect(mails.map(({ bodyText }) => bodyText).join("\n")).not.toMatch(/pesanan|Belanja lagi|paketnya/i);
  });

  test("is nobody's to approve: only what waits for a person does", async () => {
    const { sold } = await subscribe();
    const [staff, buyer] = [await shop.addStaff(), await shop.addBuyer()];
    const paymentId = await claim(shop, buyer, sold);
    expect((await listPaymentsToApprove(shop.app, staff, { first: 20 })).nodes.map(({ id }) => id)).toEqual([
      paymentId,
    ]);
    expect(await countPaymentsToApprove(shop.app, staff)).toBe(1);
    await approvePayment(shop.app, staff, { paymentId });
    expect(await countPaymentsToApprove(shop.app, staff)).toBe(0);
  });

  test("that was cancelled stays open until what is paid is over", async () => {
    const { buyer, sold, id } = await subscribe();
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    await shop.drain();
    expect((await read(shop, id)).state).toBe("CANCELLED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    shop.advance(MONTH);
    await shop.drain();
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(CLOSED);
    expect(await shop.audit()).toEqual([]);
  });

  test("whose only month went back is closed at once", async () => {
    const { buyer, sold, id } = await subscribe();
    const { gatewayOrderId } = await shop.one<{ gatewayOrderId: string }>(
      `select gateway_order_id from payment_transactions t join subscription_charges c using (payment_id)
        where c.subscription_id = $1`,
      id,
    );
    await happens(shop, gatewayOrderId, { transaction_status: "refund", force: true });
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(CLOSED);
    expect(await shop.audit()).toEqual([]);
  });

  test("that ends leaves open what was bought for good besides", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO" });
    // Its page was open before the first month, and is paid later.
    const { gatewayOrderId } = await begin(shop, buyer, sold);
    const { id } = await subscribe(buyer, sold);
    await happens(shop, gatewayOrderId, BY_QRIS);
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    shop.advance(MONTH);
    await shop.drain();
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    expect(await shop.audit()).toEqual([]);
  });

  test("is not sold to who owns it for good, or has paid for that", async () => {
    const [buyer, staff] = [await shop.addBuyer(), await shop.addStaff()];
    const sold = await sell(shop);
    await shop.app.db.sql("update packages set monthly_price = $2 where id = $1", [sold.packageId, PRICE]);
    const paymentId = await claim(shop, buyer, sold);
    const subscribed = async () =>
      createSubscription(shop.app, buyer, monthly(sold.packageId, await saveCard(shop, buyer)));
    await expect(subscribed()).rejects.toMatchObject({ code: "ALREADY_ENROLLED", details: { paymentId } });
    await approvePayment(shop.app, staff, { paymentId });
    await expect(subscribed()).rejects.toMatchObject({
      code: "ALREADY_ENROLLED",
      details: { courseIds: expect.arrayContaining([...sold.courseIds]) },
    });
    expect(await shop.one("select count(*)::integer as n from subscriptions where user_id = $1", buyer.userId)).toEqual(
      { n: 0 },
    );
  });

  /** A first month that is paid and held, because its owner's cards were declined again and again this day. */
  async function held() {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    await shop.app.db.sql("update packages set monthly_price = $2 where id = $1", [sold.packageId, PRICE]);
    const id = await createSubscription(shop.app, buyer, monthly(sold.packageId, await saveCard(shop, buyer)));
    await shop.app.db.sql(
      `insert into payment_logs (payment_id, step, source, detail, at)
       select p.id, 'gatewayStatus', 'MIDTRANS', '{"status": "deny"}', $2
         from payments p, generate_series(1, 50) where p.user_id = $1`,
      [buyer.userId, shop.app.clock.now()],
    );
    await month(id);
    const { paymentId, number, gatewayOrderId } = await shop.one<Record<string, string>>(
      `select c.payment_id, p.number, t.gateway_order_id
         from subscription_charges c join payments p on p.id = c.payment_id
         join payment_transactions t on t.id = p.covering_transaction_id
        where c.subscription_id = $1 and c.period is not null`,
      id,
    );
    const shown = () => learning(shop, buyer, sold.courseIds);
    expect(await shown()).toEqual([null, null]);
    const release = () =>
      shop.app.db.sql(
        `insert into fraud_verdicts (id, payment_id, user_id, start_key, stage, amount, verdict, reasons, figures, at,
                                     decision, decided_at)
         values ($1, $2, $3, 'paid', 'PAID', $4, 'REVIEW', '{DECLINED}', '{}', $5, 'RELEASED', $5)`,
        [shop.app.ids.next(), paymentId, buyer.userId, PRICE, shop.app.clock.now()],
      );
    return { id, number, gatewayOrderId: String(gatewayOrderId), shown, release };
  }

  test("whose money a person must look at opens when he has", async () => {
    const { shown, release } = await held();
    await release();
    shop.advance(LOOK);
    await shop.drain();
    expect(await shown()).toEqual(["ENROLLED 0", "ENROLLED 0"]);
    expect(await shop.audit()).toEqual([]);
  });

  test("that is held for longer than staff is told of opens all the same when nothing holds it any more", async () => {
    const { number, shown, release } = await held();
    const alerts = () =>
      shop.app.db.sql(
        "select cleared_at is null as stands from alerts where kind = 'ENROLLMENT_HELD' and subject = $1",
        [number],
      );
    shop.advance(8 * DAY);
    await shop.drain();
    expect(await alerts()).toEqual([{ stands: true }]);
    shop.advance(HOUR);
    await shop.drain();
    await release();
    expect(await shop.audit()).toEqual([]);
    shop.advance(HOUR);
    await shop.drain();
    expect(await shown()).toEqual(["ENROLLED 0", "ENROLLED 0"]);
    expect(await alerts()).toEqual([{ stands: false }]);
  });

  test("of which a part went back while it was held opens when nothing holds it any more", async () => {
    const { gatewayOrderId, shown, release } = await held();
    await happens(shop, gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 9_000, force: true });
    const staff = await shop.addStaff();
    const cases = await shop.app.db.sql<{ id: string }>("select id from money_cases where resolved_at is null");
    for (const { id } of cases) await resolveMoneyCase(shop.app, staff, { id, action: "DISMISS", note: "a discount" });
    await release();
    shop.advance(LOOK);
    await shop.drain();
    expect(await shown()).toEqual(["ENROLLED 0", "ENROLLED 0"]);
    expect(await shop.audit()).toEqual([]);
  });

  test("that is paid, shut, and looked at by nobody is a breach", async () => {
    const { id } = await held();
    const look = (sql: string) =>
      shop.app.db.sql(
        `update outbox_messages set done_at = ${sql} where handler = 'approveHeld'
      and payload->>'paymentId' in (select payment_id::text from subscription_charges where subscription_id = $1)`,
        [id],
      );
    await look("now()");
    const { number } = await shop.one<{ number: string }>("select number from subscriptions where id = $1", id);
    expect(await shop.audit()).toMatchObject([{ invariant: "ENROL", subject: number }]);
    await look("null");
  });
});
