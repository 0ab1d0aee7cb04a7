import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, faultsMet, HOUR, MINUTE, type Stand, stand } from "./support.ts";

const locked = { status_code: "412", status_message: "Merchant cannot modify the status of the transaction" };

describe("the Core API", () => {
  let rig: Stand;
  let count = 0;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  /** An order whose transaction stands in this status. */
  const order = async (status: string, more: Record<string, unknown> = {}): Promise<string> => {
    count += 1;
    const orderId = `C-${count}-A`;
    await rig.create(orderId);
    const moved = await rig.call("POST", `/sandbox/transactions/${orderId}`, {
      transaction_status: status,
      notify: false,
      force: true,
      ...more,
    });
    expect(moved.status).toBe(200);
    return orderId;
  };
  const post = (id: string, action: string, body?: unknown, headers?: Record<string, string>) =>
    rig.call("POST", `/v2/${id}/${action}`, body, headers);
  const status = async (id: string) => (await rig.call("GET", `/v2/${id}/status`)).body;

  it("answers 404 in an HTTP 200 until a method is chosen, as for an order that never was", async () => {
    await rig.create("C-NONE-A");
    const unchosen = await rig.call("GET", "/v2/C-NONE-A/status");
    expect(unchosen.status).toBe(200);
    expect(unchosen.body).toMatchObject({ status_code: "404", status_message: "Transaction doesn't exist." });
    expect((await status("C-NEVER-A")).status_code).toBe("404");
  });

  it("refuses a wrong key with HTTP 401 in Core's form", async () => {
    const answer = await rig.call("GET", "/v2/C-NONE-A/status", undefined, { Authorization: "Basic Og==" });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ status_code: "401", id: expect.any(String) });
    const accept = await rig.call("GET", "/v2/C-NONE-A/status", undefined, { Accept: "text/html" });
    expect([accept.status, accept.body.status_code]).toEqual([403, "403"]);
  });

  it("tells the same by order_id and by transaction_id", async () => {
    const orderId = await order("settlement");
    const byOrder = await status(orderId);
    expect(byOrder).toMatchObject({
      order_id: orderId,
      status_code: "200",
      gross_amount: "150000.00",
      currency: "IDR",
      merchant_id: "G100200300",
    });
    expect(await status(byOrder.transaction_id)).toEqual(byOrder);
  });

  it.each([
    ["pending", "201"],
    ["settlement", "200"],
    ["deny", "202"],
    ["expire", "407"],
    ["cancel", "200"],
  ])("codes %s as %s in the status call", async (word, code) => {
    expect(await status(await order(word))).toMatchObject({ transaction_status: word, status_code: code });
  });

  it("codes a challenged capture as 201", async () => {
    const orderId = await order("capture", { fraud_status: "challenge" });
    expect(await status(orderId)).toMatchObject({
      transaction_status: "capture",
      fraud_status: "challenge",
      status_code: "201",
    });
  });

  it.each([
    ["cancel", "pending", {}, "cancel", "200"],
    ["cancel", "capture", {}, "cancel", "200"],
    ["cancel", "settlement", {}, null, "412"],
    ["cancel", "expire", {}, null, "412"],
    ["cancel", "cancel", {}, null, "412"],
    ["expire", "pending", {}, "expire", "407"],
    ["expire", "settlement", {}, null, "412"],
    ["expire", "capture", {}, null, "412"],
    ["expire", "expire", {}, null, "412"],
    ["approve", "capture", { fraud_status: "challenge" }, "capture", "200"],
    ["approve", "capture", {}, null, "412"],
    ["approve", "pending", {}, null, "412"],
    ["deny", "capture", { fraud_status: "challenge" }, "deny", "200"],
    ["deny", "settlement", {}, null, "412"],
  ])("%s of %s %p", async (action, from, more, to, code) => {
    const orderId = await order(from, more);
    const before = await status(orderId);
    const answer = await post(orderId, action, action === "approve" ? "null" : undefined);
    expect([answer.status, answer.body.status_code]).toEqual([200, code]);
    const after = await status(orderId);
    expect(after.transaction_status).toBe(to ?? before.transaction_status);
    if (to === null) expect(answer.body).toMatchObject(locked);
    if (action === "approve" && to) expect(after.fraud_status).toBe("accept");
  });

  it("answers 404 to actions on an order that does not exist", async () => {
    for (const action of ["cancel", "expire", "approve", "deny", "refund"]) {
      expect((await post("C-NEVER-A", action)).body.status_code).toBe("404");
    }
  });

  it("sends refusals as HTTP status too where it is configured so, but never 407", async () => {
    const strict = await stand({ coreErrors: "http" });
    expect((await strict.call("GET", "/v2/X-A/status")).status).toBe(404);
    await strict.create("X-A");
    await strict.call("POST", "/sandbox/transactions/X-A", { transaction_status: "pending" });
    expect((await strict.call("POST", "/v2/X-A/expire")).status).toBe(200);
    expect((await strict.call("POST", "/v2/X-A/cancel")).status).toBe(412);
    await strict.close();
  });

  describe("cards", () => {
    it("are settled by the batch of the next day, and an unattended challenge is dropped an hour before", async () => {
      const taken = await order("capture");
      const held = await order("capture", { fraud_status: "challenge" });
      await rig.pass(28 * HOUR);
      expect((await status(taken)).transaction_status).toBe("capture");
      await rig.pass(2 * HOUR);
      expect(await status(taken)).toMatchObject({
        transaction_status: "settlement",
        settlement_time: "2026-03-15 16:00:00",
      });
      expect((await status(held)).transaction_status).toBe("cancel");
    });
  });

  describe("refunds", () => {
    const gopay = () => order("settlement", { payment_type: "gopay" });

    it("take parts until nothing is left, and say what each part did", async () => {
      const id = await gopay();
      const first = await post(id, "refund", { refund_key: `${id}-1`, amount: 40_000, reason: "item kosong" });
      expect(first.body).toMatchObject({
        status_code: "200",
        transaction_status: "partial_refund",
        refund_amount: "40000.00",
        refund_key: `${id}-1`,
      });
      expect((await post(id, "refund", { refund_key: `${id}-2`, amount: 120_000 })).body.status_code).toBe("414");
      const last = await post(id, "refund", { refund_key: `${id}-3` });
      expect(last.body).toMatchObject({ status_code: "200", transaction_status: "refund", refund_amount: "110000.00" });
      const after = await status(id);
      expect(after).toMatchObject({ transaction_status: "refund", refund_amount: "150000.00" });
      expect(after.refunds.map((entry: { refund_key: string }) => entry.refund_key)).toEqual([`${id}-1`, `${id}-3`]);
      expect((await post(id, "refund", { refund_key: `${id}-4`, amount: 1 })).body).toMatchObject(locked);
    });

    it("answer a repeated key as the first time and refund once, even at once", async () => {
      const id = await gopay();
      const body = { refund_key: `${id}-r`, amount: 50_000 };
      const answers = await Promise.all([1, 2, 3].map(() => post(id, "refund", body)));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      expect((await status(id)).refund_amount).toBe("50000.00");
    });

    it("answer 406 to a key that another order has used", async () => {
      const [one, other] = [await gopay(), await gopay()];
      await post(one, "refund", { refund_key: "shared-key", amount: 10_000 });
      expect((await post(other, "refund", { refund_key: "shared-key", amount: 10_000 })).body.status_code).toBe("406");
    });

    it.each([
      ["bank money", "settlement", { payment_type: "bank_transfer" }, { amount: 10_000 }],
      ["counter money", "settlement", { payment_type: "cstore" }, { amount: 10_000 }],
      ["a pending order", "pending", { payment_type: "gopay" }, { amount: 10_000 }],
      ["a captured card", "capture", {}, { amount: 10_000 }],
      ["a part of ShopeePay", "settlement", { payment_type: "shopeepay" }, { amount: 10_000 }],
    ])("refuse %s with 412", async (_name, from, more, body) => {
      expect((await post(await order(from, more), "refund", body)).body).toMatchObject(locked);
    });

    it.each([
      ["a key with a slash", { refund_key: "a/b", amount: 1_000 }],
      ["decimals", { refund_key: "ab", amount: 10.5 }],
      ["a negative amount", { refund_key: "ab", amount: -1 }],
      ["a long reason", { refund_key: "ab", reason: "x".repeat(256) }],
    ])("refuse %s with 400 and its reason", async (_name, body) => {
      const answer = await post(await gopay(), "refund/online/direct", body);
      expect(answer.body).toMatchObject({ status_code: "400", validation_messages: [expect.any(String)] });
    });

    it("change nothing where the bank declines, and take the same key again", async () => {
      const id = await gopay();
      await rig.call("POST", "/sandbox/faults", { target: "midtrans.refund", kind: "denied" });
      const body = { refund_key: `${id}-d`, amount: 20_000 };
      const denied = await post(id, "refund", body);
      expect(denied.body).toMatchObject({
        status_code: "202",
        transaction_status: "settlement",
        refund_amount: "0.00",
      });
      expect(await status(id)).not.toHaveProperty("refunds");
      expect((await post(id, "refund", body)).body).toMatchObject({ status_code: "200", refund_amount: "20000.00" });
    });

    it("are over when the method's window is over", async () => {
      const id = await order("settlement", { payment_type: "qris" });
      await rig.pass(7 * DAY + MINUTE);
      expect((await post(id, "refund", { refund_key: `${id}-late` })).body).toMatchObject(locked);
    });

    it("are told twice: at once, and a day later with the bank's confirmation", async () => {
      const id = await gopay();
      await rig.pass(0);
      const told = () => rig.shop.received.filter((got) => got.body["order_id"] === id).map((got) => got.body);
      await post(id, "refund", { refund_key: `${id}-n`, amount: 30_000 });
      await rig.pass(MINUTE);
      expect(told()).toHaveLength(1);
      expect(told()[0]?.["refunds"]).toEqual([expect.not.objectContaining({ bank_confirmed_at: expect.anything() })]);
      await rig.pass(DAY);
      expect(told()).toHaveLength(2);
      expect(told()[1]?.["refunds"]).toEqual([
        expect.objectContaining({ refund_method: "online", bank_confirmed_at: expect.any(String) }),
      ]);
      expect(told()[1]?.["signature_key"]).toBe(told()[0]?.["signature_key"]);
    });
  });

  describe("Idempotency-Key", () => {
    const key = (name: string) => ({ "Idempotency-Key": name });

    it("repeats a successful answer for five minutes, whatever is asked, over all endpoints", async () => {
      const one = await order("pending");
      const other = await order("pending");
      const first = await post(one, "cancel", undefined, key("k-1"));
      expect((await post(one, "cancel", undefined, key("k-1"))).text).toBe(first.text);
      expect((await post(other, "expire", undefined, key("k-1"))).text).toBe(first.text);
      expect((await status(other)).transaction_status).toBe("pending");
      await rig.pass(5 * MINUTE);
      expect((await post(one, "cancel", undefined, key("k-1"))).body.status_code).toBe("412");
    });

    it("does not keep a refusal", async () => {
      const id = await order("capture");
      expect((await post(id, "refund", {}, key("k-2"))).body.status_code).toBe("412");
      expect((await post(id, "cancel", undefined, key("k-2"))).body.status_code).toBe("200");
    });

    it("answers HTTP 202 while the first call still runs", async () => {
      const id = await order("pending");
      await rig.call("POST", "/sandbox/faults", { target: "midtrans.cancel", kind: "slow", ms: 1_000 });
      const first = post(id, "cancel", undefined, key("k-3"));
      await faultsMet(rig);
      let second = await post(id, "cancel", undefined, key("k-3"));
      expect([second.status, second.body.status_code]).toEqual([202, "202"]);
      await rig.pass(1_000);
      expect((await first).body.transaction_status).toBe("cancel");
      second = await post(id, "cancel", undefined, key("k-3"));
      expect(second.body.transaction_status).toBe("cancel");
    });

    it("ignores a key of more than 46 characters", async () => {
      const long = "k".repeat(47);
      const one = await order("pending");
      const other = await order("pending");
      await post(one, "cancel", undefined, key(long));
      await post(other, "expire", undefined, key(long));
      expect((await status(other)).transaction_status).toBe("expire");
    });

    it("still knows the answer whose sending failed", async () => {
      const id = await order("pending");
      await rig.call("POST", "/sandbox/faults", { target: "midtrans.cancel", kind: "reset_after" });
      await expect(post(id, "cancel", undefined, key("k-4"))).rejects.toThrow();
      expect((await post(id, "cancel", undefined, key("k-4"))).body).toMatchObject({
        status_code: "200",
        transaction_status: "cancel",
      });
    });
  });
});
