import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLIENT_KEY, DAY, HOUR, MINUTE, type Stand, stand } from "./support.ts";

/** Schedules say 10:00 on the 31st, so that months of every length are met. */
const START = "2026-03-31 10:00:00 +0700";

describe("subscriptions", () => {
  let rig: Stand;
  let card: string;
  beforeEach(async () => {
    rig = await stand();
    const query = {
      client_key: CLIENT_KEY,
      card_number: "4811111111111114",
      card_exp_month: "12",
      card_exp_year: "2030",
    };
    card = (await rig.call("GET", `/v2/card/register?${new URLSearchParams(query)}`)).body.saved_token_id;
  });
  afterEach(() => rig.close());

  const order = (more: object = {}): object => ({
    name: "KOPI-BULANAN",
    amount: "99000",
    currency: "IDR",
    payment_type: "credit_card",
    token: card,
    schedule: { interval: 1, interval_unit: "month", start_time: START },
    ...more,
  });
  const subscribe = (more: object = {}, headers: Record<string, string> = {}) =>
    rig.call("POST", "/v1/subscriptions", order(more), headers);
  const begin = async (more: object = {}): Promise<string> => (await subscribe(more)).body.id;
  const read = async (id: string) => (await rig.call("GET", `/v1/subscriptions/${id}`)).body;
  const post = (id: string, action: string) => rig.call("POST", `/v1/subscriptions/${id}/${action}`);
  const plan = (id: string, body: object) => rig.call("POST", `/sandbox/subscriptions/${id}`, body);
  const status = async (id: string) => (await rig.call("GET", `/v2/${id}/status`)).body;
  const daily = { interval: 1, interval_unit: "day" };
  // biome-ignore lint/suspicious/noExplicitAny: bodies of a foreign API, read member by member
  const news = (): any[] => rig.shop.received.filter((got) => got.path === "/recurring").map((got) => got.body);

  it("are answered as they were ordered, and told once without a signature", async () => {
    const made = await subscribe({ metadata: { plan: "kopi-1kg" } });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      id: expect.any(String),
      name: "KOPI-BULANAN",
      amount: "99000",
      status: "active",
      created_at: "2026-03-14T03:00:00.000000",
      schedule: {
        interval: 1,
        interval_unit: "month",
        current_interval: 0,
        start_time: "2026-03-31T03:00:00",
        previous_execution_at: null,
        next_execution_at: "2026-03-31T03:00:00",
      },
      transaction_ids: [],
      metadata: { plan: "kopi-1kg" },
    });
    expect(made.body).not.toHaveProperty("status_code");
    await rig.pass(0);
    expect(news()).toEqual([made.body]);
  });

  it("are charged on the last day of a month that has no 31st, and on the 31st again after it", async () => {
    const id = await begin({ schedule: { interval: 1, interval_unit: "month", max_interval: 3, start_time: START } });
    await rig.pass(100 * DAY);
    const { schedule, transaction_ids, status: state } = await read(id);
    expect(schedule).toMatchObject({ current_interval: 3, previous_execution_at: "2026-05-31T03:00:00" });
    expect(state).toBe("inactive");
    const times = await Promise.all(transaction_ids.map(async (one: string) => (await status(one)).transaction_time));
    expect(times).toEqual(["2026-03-31 10:00:00", "2026-04-30 10:00:00", "2026-05-31 10:00:00"]);
  });

  it("make each charge a payment of its own, told signed and unsigned", async () => {
    const id = await begin({ schedule: daily });
    await rig.pass(DAY);
    const [transactionId] = (await read(id)).transaction_ids;
    const charged = await status(transactionId);
    expect(charged).toMatchObject({ transaction_status: "capture", gross_amount: "99000.00" });
    expect(charged.order_id).toMatch(/^KOPI-BULANAN-[0-9a-f]{8}$/);
    const [event] = news().filter((body) => "event_name" in body);
    expect(event).toMatchObject({
      event_name: "subscription.charge",
      transaction: { transaction_id: transactionId, transaction_status: "capture", status_code: "200" },
      subscription: {
        id,
        status: "active",
        schedule: { current_interval: 1, start_time: "2026-03-15T03:00:00.000000Z" },
      },
    });
    expect(event).not.toHaveProperty("signature_key");
    const paid = rig.shop.received.filter((got) => got.path === "/hook").map((got) => got.body);
    expect(paid).toMatchObject([{ transaction_id: transactionId, signature_key: expect.any(String) }]);
  });

  it("are charged once where max_interval is 0", async () => {
    const id = await begin({ schedule: { ...daily, max_interval: 0 } });
    await rig.pass(5 * DAY);
    expect(await read(id)).toMatchObject({ status: "inactive", transaction_ids: [expect.any(String)] });
  });

  const retry_schedule = { interval: 1, interval_unit: "hour", max_interval: 3 };

  it("try a failed charge again as they were told, and go on as before", async () => {
    const id = await begin({ schedule: daily, retry_schedule });
    await plan(id, { fails: ["411", "500", "deny"] });
    await rig.pass(DAY + 3 * HOUR);
    const codes = news().flatMap((body) => (body.event_name ? [body.transaction.status_code] : []));
    expect(codes).toEqual(["411", "500", "202", "200"]);
    const events = news().filter((body) => body.event_name);
    expect(events[0].transaction).not.toHaveProperty("transaction_id");
    expect(events[2].transaction).toMatchObject({ transaction_status: "deny", channel_response_code: "05" });
    expect(await read(id)).toMatchObject({ status: "active", schedule: { current_interval: 1 } });
    await rig.pass(21 * HOUR);
    expect((await read(id)).schedule.current_interval).toBe(2);
  });

  it("are over once the last retry has failed", async () => {
    const id = await begin({ schedule: daily, retry_schedule });
    await plan(id, { fails: ["deny", "deny", "deny", "deny"] });
    await rig.pass(DAY + 2 * HOUR);
    expect((await read(id)).status).toBe("active");
    await rig.pass(HOUR);
    expect(await read(id)).toMatchObject({ status: "inactive", schedule: { next_execution_at: null } });
    expect(news().at(-1).subscription.status).toBe("inactive");
    expect((await rig.call("GET", "/sandbox/books")).body.subscriptions).toMatchObject({
      active: 0,
      failed: 4,
      captured: 0,
    });
  });

  it("fail with 411 where the saved card is no longer good", async () => {
    const id = await begin({ schedule: daily });
    await rig.call("POST", `/sandbox/cards/${card}`, { state: "invalid" });
    await rig.pass(DAY);
    expect(news().at(-1).transaction.status_code).toBe("411");
    expect(await read(id)).toMatchObject({ transaction_ids: [] });
  });

  it.each([
    ["disable", 2],
    ["cancel", 1],
  ])("keep their retries after a disable and not after a cancel: %s", async (action, charges) => {
    const id = await begin({ schedule: daily, retry_schedule });
    await plan(id, { fails: ["deny"] });
    await rig.pass(DAY);
    expect((await post(id, action)).body).toEqual({ status_message: "Subscription is updated." });
    await rig.pass(5 * DAY);
    expect(await read(id)).toMatchObject({ status: "inactive", transaction_ids: { length: charges } });
  });

  it("go on with the next regular charge once they are enabled again", async () => {
    const id = await begin({ schedule: daily });
    await post(id, "disable");
    await rig.pass(2 * DAY + HOUR);
    expect((await read(id)).transaction_ids).toEqual([]);
    await post(id, "enable");
    expect((await read(id)).schedule.next_execution_at).toBe("2026-03-17T03:00:00");
    await rig.pass(23 * HOUR);
    expect((await read(id)).transaction_ids).toHaveLength(1);
  });

  it("take another price and interval, and begin again once they had ended", async () => {
    const id = await begin({ schedule: { ...daily, max_interval: 1 } });
    await rig.pass(DAY);
    const change = (body: object) => rig.call("PATCH", `/v1/subscriptions/${id}`, body);
    expect((await post(id, "enable")).status).toBe(400);
    expect((await change({ amount: "50000" })).status).toBe(400);
    expect((await change({ ...order({ name: "KOPI-BULANAN-0000" }) })).status).toBe(400);
    const made = await change({
      name: "KOPI",
      amount: "50000",
      currency: "IDR",
      token: card,
      schedule: { interval: 2 },
    });
    expect(made.body).toEqual({ status_message: "Subscription is updated." });
    expect(await read(id)).toMatchObject({
      status: "active",
      amount: "50000",
      schedule: { interval: 2, current_interval: 0, next_execution_at: "2026-03-17T03:00:00" },
    });
    await rig.pass(2 * DAY);
    const [, second] = (await read(id)).transaction_ids;
    expect((await status(second)).gross_amount).toBe("50000.00");
  });

  it.each([
    ["a name of 41 characters", { name: "N".repeat(41) }],
    ["an amount that is a number", { amount: 99_000 }],
    ["an amount with decimals", { amount: "99000.00" }],
    ["another currency", { currency: "USD" }],
    ["a type that cannot be saved", { payment_type: "qris" }],
    ["no token", { token: "" }],
    ["no schedule", { schedule: undefined }],
    ["an unknown unit", { schedule: { interval: 1, interval_unit: "year" } }],
    [
      "a start in the past",
      { schedule: { interval: 1, interval_unit: "day", start_time: "2026-03-14 09:59:59 +0700" } },
    ],
    ["four retries", { retry_schedule: { ...retry_schedule, max_interval: 4 } }],
    ["GoPay without an account", { payment_type: "gopay" }],
    ["metadata of 1 kB", { metadata: { text: "x".repeat(1_024) } }],
  ])("are refused for %s", async (_name, more) => {
    const answer = await subscribe(more);
    expect([answer.status, answer.body.status_message]).toEqual([400, "Invalid parameter."]);
    expect(answer.body.validation_messages.length).toBeGreaterThan(0);
  });

  it("answer 404 for an unknown one and 401 for a wrong key", async () => {
    const unknown = await rig.call("GET", "/v1/subscriptions/nobody");
    expect([unknown.status, unknown.body]).toEqual([404, { status_message: "Subscription doesn't exist." }]);
    expect((await rig.call("GET", "/v1/subscriptions/x", undefined, { Authorization: "Basic Og==" })).status).toBe(401);
  });

  it("are made once under an Idempotency-Key for three minutes, whose body is checked all the same", async () => {
    const key = { "Idempotency-Key": "sub-1" };
    const first = await subscribe({}, key);
    expect((await subscribe({}, key)).body.id).toBe(first.body.id);
    expect((await subscribe({ name: "" }, key)).status).toBe(400);
    await rig.pass(3 * MINUTE);
    expect((await subscribe({}, key)).body.id).not.toBe(first.body.id);
  });

  it("meet faults before and after their effect", async () => {
    await rig.call("POST", "/sandbox/faults", { target: "midtrans.subscription", kind: "500" });
    const failed = await subscribe();
    expect([failed.status, Object.keys(failed.body)]).toEqual([500, ["status_message"]]);
    await rig.call("POST", "/sandbox/faults", { target: "midtrans.subscription", kind: "reset_after" });
    await expect(subscribe()).rejects.toThrow();
    expect((await rig.call("GET", "/sandbox/subscriptions")).body.subscriptions).toHaveLength(1);
  });

  it("by GoPay settle at once, without a PIN", async () => {
    const gopay_partner = { phone_number: "81234567890", country_code: "62" };
    const { account_id } = (await rig.call("POST", "/v2/pay/account", { payment_type: "gopay", gopay_partner })).body;
    await rig.call("POST", `/sandbox/accounts/${account_id}`, { account_status: "ENABLED", behaviour: "pin" });
    const { metadata } = (await rig.call("GET", `/v2/pay/account/${account_id}`)).body;
    const token = metadata.payment_options[0].token;
    const id = await begin({ payment_type: "gopay", token, gopay: { account_id }, schedule: daily });
    await rig.pass(DAY);
    const [paid] = (await read(id)).transaction_ids;
    expect(await status(paid)).toMatchObject({ transaction_status: "settlement", payment_type: "gopay" });
  });

  it("are charged when a test or the button on the page says so", async () => {
    const id = await begin({ schedule: daily });
    await plan(id, { charge: "regular" });
    expect((await rig.call("GET", "/recurring")).text).toContain('data-testid="subscription-charge"');
    const body = new URLSearchParams({ move: "deny" });
    await fetch(`${rig.sandbox.url}/recurring/subscription/${id}`, { method: "POST", redirect: "manual", body });
    const { transaction_ids } = await read(id);
    expect((await status(transaction_ids[1])).transaction_status).toBe("deny");
  });

  it("survive a restart with their schedule, their retries, their cards and their accounts", async () => {
    const id = await begin({ schedule: daily, retry_schedule });
    await plan(id, { fails: ["deny"] });
    await rig.pass(DAY);
    const gopay_partner = { phone_number: "81234567890", country_code: "62" };
    const { account_id } = (await rig.call("POST", "/v2/pay/account", { payment_type: "gopay", gopay_partner })).body;
    const [before, cards] = [await read(id), (await rig.call("GET", "/sandbox/cards")).body];
    await rig.restart();
    expect(await read(id)).toEqual(before);
    expect((await rig.call("GET", "/sandbox/cards")).body).toEqual(cards);
    await rig.pass(HOUR);
    expect((await read(id)).schedule.current_interval).toBe(1);
    expect((await rig.call("GET", `/v2/pay/account/${account_id}`)).body.account_status).toBe("EXPIRED");
    await rig.pass(23 * HOUR);
    expect((await read(id)).schedule.current_interval).toBe(2);
  });
});
