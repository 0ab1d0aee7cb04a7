import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MINUTE, type Stand, stand } from "./support.ts";

describe("the control API", () => {
  let rig: Stand;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const move = (orderId: string, body: object) => rig.call("POST", `/sandbox/transactions/${orderId}`, body);
  const told = (orderId: string) =>
    rig.shop.received.filter((got) => got.body["order_id"] === orderId).map((got) => got.body);

  it("settles an order whose buyer chose nothing, by QRIS, and notifies once", async () => {
    await rig.create("K-PAY-A");
    const answer = await move("K-PAY-A", { transaction_status: "settlement" });
    expect(answer.body).toMatchObject({ transaction_status: "settlement", payment_type: "qris", order_id: "K-PAY-A" });
    await rig.pass(0);
    expect(told("K-PAY-A")).toMatchObject([{ transaction_status: "settlement", status_code: "200" }]);
  });

  it.each([
    [{ payment_type: "bank_transfer", bank: "permata" }, "permata_va"],
    [{ payment_type: "bank_transfer" }, "bca_va"],
    [{ payment_type: "cstore", store: "alfamart" }, "alfamart"],
    [{ payment_type: "credit_card" }, "credit_card"],
    [{ method: "echannel" }, "echannel"],
  ])("takes the method that is named: %p", async (how, method) => {
    const orderId = `K-${method}`;
    await rig.create(orderId);
    expect((await move(orderId, { transaction_status: "settlement", ...how })).body).toMatchObject({ method });
  });

  it("keeps to the legal moves unless forced", async () => {
    await rig.create("K-LEGAL-A");
    await move("K-LEGAL-A", { transaction_status: "settlement" });
    const refused = await move("K-LEGAL-A", { transaction_status: "pending" });
    expect(refused.status).toBe(412);
    expect((await move("K-LEGAL-A", { transaction_status: "pending", force: true })).body.transaction_status).toBe(
      "pending",
    );
  });

  it("reverses a Permata payment and keeps a BCA one", async () => {
    await rig.create("K-REV-A");
    await move("K-REV-A", { transaction_status: "settlement", method: "permata_va" });
    expect((await move("K-REV-A", { transaction_status: "deny" })).body.transaction_status).toBe("deny");
    await rig.create("K-REV-B");
    await move("K-REV-B", { transaction_status: "settlement", method: "bca_va" });
    expect((await move("K-REV-B", { transaction_status: "deny" })).status).toBe(412);
  });

  it("tells another amount than was asked, for mismatch tests", async () => {
    await rig.create("K-AMOUNT-A");
    await move("K-AMOUNT-A", { transaction_status: "settlement", gross_amount: 149_000 });
    expect((await rig.call("GET", "/v2/K-AMOUNT-A/status")).body.gross_amount).toBe("149000.00");
  });

  it("says nothing where notify is false", async () => {
    await rig.create("K-QUIET-A");
    await move("K-QUIET-A", { transaction_status: "settlement", notify: false });
    await rig.pass(MINUTE);
    expect(told("K-QUIET-A")).toEqual([]);
  });

  it("pays one order twice, by two transactions", async () => {
    await rig.create("K-TWICE-A");
    await move("K-TWICE-A", { transaction_status: "settlement", notify: false });
    await move("K-TWICE-A", { transaction_status: "settlement", new: true, notify: false });
    const seen = await rig.look("K-TWICE-A");
    expect(seen.transactions).toHaveLength(2);
    expect(new Set(seen.transactions.map((row: { transaction_id: string }) => row.transaction_id)).size).toBe(2);
  });

  it("makes money from nowhere only when forced, with an amount", async () => {
    expect((await move("K-STRAY-A", { transaction_status: "settlement" })).status).toBe(404);
    const made = await move("K-STRAY-A", {
      transaction_status: "settlement",
      force: true,
      gross_amount: 7_000,
      notify: false,
    });
    expect(made.body).toMatchObject({ gross_amount: "7000.00", transaction_status: "settlement" });
  });

  it.each([
    [{}, "transaction_status must be one of"],
    [{ transaction_status: "paid" }, "transaction_status must be one of"],
    [{ transaction_status: "capture", fraud_status: "maybe" }, "fraud_status"],
    [{ transaction_status: "settlement", payment_type: "cash" }, "unknown payment_type"],
    [{ transaction_status: "settlement", gross_amount: 1.5 }, "gross_amount"],
  ])("refuses %p with 400", async (body, reason) => {
    const answer = await move("K-PAY-A", body);
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(reason)]);
  });

  it("sends a late pending after the settlement, correctly signed and without a word of the payment", async () => {
    await rig.create("K-STALE-A");
    await move("K-STALE-A", { transaction_status: "settlement", payment_type: "bank_transfer" });
    const sent = await rig.call("POST", "/sandbox/transactions/K-STALE-A/notify", {
      transaction_status: "pending",
      copies: 3,
    });
    expect(sent.status).toBe(202);
    await rig.pass(0);
    const late = told("K-STALE-A").filter((body) => body["transaction_status"] === "pending");
    expect(late).toHaveLength(3);
    expect(late[0]).toMatchObject({ status_code: "201" });
    expect(late[0]).not.toHaveProperty("settlement_time");
    expect((await rig.look("K-STALE-A")).transaction_status).toBe("settlement");
  });

  it("tampers with what the signature does not protect", async () => {
    await rig.create("K-TAMPER-A");
    await move("K-TAMPER-A", { transaction_status: "pending", payment_type: "bank_transfer", notify: false });
    await rig.call("POST", "/sandbox/transactions/K-TAMPER-A/notify", { tamper: { transaction_status: "settlement" } });
    await rig.pass(0);
    expect(told("K-TAMPER-A")).toMatchObject([{ transaction_status: "settlement", status_code: "201" }]);
  });

  it("sends the dashboard's test about an order that the status call does not know", async () => {
    const sent = await rig.call("POST", "/sandbox/notifications/test");
    await rig.pass(0);
    const orderId: string = sent.body.notifications[0].body.order_id;
    expect(orderId).toMatch(/^payment_notif_test_G100200300_/);
    expect(told(orderId)).toHaveLength(1);
    expect((await rig.call("GET", `/v2/${orderId}/status`)).body.status_code).toBe("404");
  });

  it.each([
    ["recurring", "/recurring", (body: Record<string, never>) => body["subscription"]?.["id"]],
    ["pay_account", "/accounts", (body: Record<string, never>) => body["account_id"]],
  ] as [string, string, (body: Record<string, never>) => unknown][])(
    "sends the dashboard's %s test to its own URL",
    async (kind, path, idOf) => {
      await rig.call("POST", `/sandbox/notifications/test?kind=${kind}`);
      await rig.pass(0);
      const got = rig.shop.received.at(-1);
      expect(got?.path).toBe(path);
      expect(idOf(got?.body as Record<string, never>)).toMatch(new RegExp(`^${kind}_notif_test_G100200300_`));
      expect((await rig.call("POST", "/sandbox/notifications/test?kind=other")).status).toBe(400);
    },
  );

  it("sends each published sample, signed with this merchant's key", async () => {
    const { samples } = (await rig.call("GET", "/sandbox/notifications/samples")).body;
    for (const name of samples)
      expect((await rig.call("POST", `/sandbox/notifications/samples/${name}`)).status).toBe(202);
    await rig.pass(0);
    const arrived = new Set(rig.shop.received.map((got) => got.body["order_id"]));
    for (let number = 1; number <= 15; number += 1)
      expect(arrived).toContain(`ORD-N-${String(number).padStart(2, "0")}`);
    expect((await rig.call("POST", "/sandbox/notifications/samples/none")).status).toBe(404);
  });

  it("pays into the account of an order again, under an order_id of its own", async () => {
    await rig.create("K-B2B-A");
    await move("K-B2B-A", { transaction_status: "settlement", method: "bri_va", notify: false });
    const first = await rig.look("K-B2B-A");
    const again = await rig.call("POST", "/sandbox/transactions/K-B2B-A/again", { gross_amount: 20_000 });
    expect(again.body).toMatchObject({ gross_amount: "20000.00", va_numbers: first.va_numbers });
    expect(again.body.order_id).not.toBe("K-B2B-A");
    await rig.pass(0);
    expect(told(again.body.order_id)).toMatchObject([{ transaction_status: "settlement" }]);
  });

  it("takes a transaction_id where it takes an order_id", async () => {
    await rig.create("K-ID-A");
    const { transaction_id: id } = (await move("K-ID-A", { transaction_status: "pending", method: "bca_va" })).body;
    expect((await move(id, { transaction_status: "settlement" })).body.order_id).toBe("K-ID-A");
    expect((await rig.look(id)).transactions).toHaveLength(1);
    expect((await rig.call("GET", `/v2/${id}/status`)).body.order_id).toBe("K-ID-A");
  });

  it("shows its page with the moves that are legal, and its buttons work", async () => {
    await rig.create("K-HOME-A");
    await move("K-HOME-A", { transaction_status: "pending", payment_type: "bank_transfer", notify: false });
    const home = (await rig.call("GET", "/?part=list")).text;
    const part = home.slice(home.indexOf('data-order="K-HOME-A"'));
    const own = part.slice(0, part.indexOf("</article>"));
    expect(own).toContain('data-testid="move-settlement"');
    expect(own).toContain('data-testid="move-expire"');
    expect(own).not.toContain('data-testid="move-refund"');
    const pressed = await fetch(`${rig.sandbox.url}/move`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ order_id: "K-HOME-A", status: "settlement" }),
    });
    expect(pressed.status).toBe(303);
    expect((await rig.look("K-HOME-A")).transaction_status).toBe("settlement");
    await rig.pass(0);
    const [message] = (await rig.look("K-HOME-A")).notifications;
    await fetch(`${rig.sandbox.url}/again`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ id: message.id }),
    });
    await rig.pass(0);
    expect(told("K-HOME-A")).toHaveLength(2);
  });

  it("approves a challenge from its page", async () => {
    await rig.create("K-CHAL-A");
    await move("K-CHAL-A", { transaction_status: "challenge", notify: false });
    expect(await rig.look("K-CHAL-A")).toMatchObject({ transaction_status: "capture", fraud_status: "challenge" });
    await fetch(`${rig.sandbox.url}/move`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ order_id: "K-CHAL-A", status: "approve" }),
    });
    expect(await rig.look("K-CHAL-A")).toMatchObject({ transaction_status: "capture", fraud_status: "accept" });
  });

  it("keeps books that count what was taken and given back", async () => {
    const fresh = await stand();
    for (const [orderId, status] of [
      ["B-1-A", "settlement"],
      ["B-2-A", "expire"],
      ["B-3-A", "settlement"],
      ["B-4-A", "pending"],
    ] as const) {
      await fresh.create(orderId);
      await fresh.call("POST", `/sandbox/transactions/${orderId}`, {
        transaction_status: status,
        payment_type: "gopay",
        notify: false,
      });
    }
    await fresh.call("POST", "/v2/B-3-A/refund", { refund_key: "b3", amount: 50_000 });
    const { body } = await fresh.call("GET", "/sandbox/books");
    expect(body).toMatchObject({ count: 4, captured: 300_000, refunded: 50_000, net: 250_000 });
    expect(body.by_status.expire).toEqual({ count: 1, captured: 0, refunded: 0, charged_back: 0 });
    await fresh.close();
  });
});
