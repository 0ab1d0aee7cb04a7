import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MINUTE, SERVER_KEY, type Stand, stand, startShop } from "./support.ts";

const signed = (body: Record<string, string>): string =>
  createHash("sha512")
    .update(`${body["order_id"]}${body["status_code"]}${body["gross_amount"]}${SERVER_KEY}`)
    .digest("hex");

const answerWith =
  (status: number, headers: Record<string, string> = {}) =>
  (res: ServerResponse): void => {
    res.writeHead(status, headers).end();
  };

describe("notifications", () => {
  let rig: Stand;
  beforeEach(async () => {
    rig = await stand();
  });
  afterEach(() => rig.close());

  const settle = async (orderId: string, headers: Record<string, string> = {}): Promise<void> => {
    await rig.create(orderId, {}, headers);
    await rig.call("POST", `/sandbox/transactions/${orderId}`, { transaction_status: "settlement" });
  };
  const history = async (orderId: string) => (await rig.look(orderId)).notifications;

  it("are signed, come from Veritrans as JSON, and follow every change", async () => {
    const { body } = await rig.create("N-EACH-A");
    await rig.press(body.token, "pay", { method: "bca_va" });
    await rig.pass(0);
    await rig.press(body.token, "simulate", { action: "pay" });
    await rig.pass(0);
    expect(rig.shop.received.map((got) => [got.path, got.body["transaction_status"], got.body["status_code"]])).toEqual(
      [
        ["/hook", "pending", "201"],
        ["/hook", "settlement", "200"],
      ],
    );
    for (const { body: told, headers } of rig.shop.received) {
      expect(told["signature_key"]).toBe(signed(told));
      expect(headers).toMatchObject({
        "user-agent": "Veritrans",
        accept: "application/json",
        "content-type": "application/json",
      });
    }
    expect((await history("N-EACH-A")).map((row: { state: string }) => row.state)).toEqual(["delivered", "delivered"]);
  });

  it("are signed with the signature key where it differs from the server key", async () => {
    await rig.restart({ signatureKey: "another" });
    await settle("N-KEY-A");
    await rig.pass(0);
    expect(rig.shop.received[0]?.body["signature_key"]).not.toBe(signed(rig.shop.received[0]?.body ?? {}));
  });

  it.each([
    [200, 1, "delivered"],
    [302, 1, "failed"],
    [500, 2, "failed"],
    [404, 3, "failed"],
    [400, 3, "failed"],
    [503, 5, "failed"],
    [403, 6, "failed"],
  ])("answered with %p are tried %p times", async (status, tries, state) => {
    rig.shop.answers.push(answerWith(status, status === 302 ? { Location: "/other" } : {}));
    await settle("N-TRY-A");
    await rig.pass(343 * MINUTE);
    expect(rig.shop.received).toHaveLength(tries);
    expect(await history("N-TRY-A")).toMatchObject([{ state, next_at: null, attempts: { length: tries } }]);
  });

  it("wait 2, 10, 30, 90 and 210 minutes between tries", async () => {
    rig.shop.answers.push(answerWith(401));
    await settle("N-WAIT-A");
    await rig.pass(342 * MINUTE);
    const attempts: { at: string }[] = (await history("N-WAIT-A"))[0].attempts;
    const gaps = attempts.slice(1).map((one, at) => (Date.parse(one.at) - Date.parse(attempts[at]?.at ?? "")) / MINUTE);
    expect(gaps).toEqual([2, 10, 30, 90, 210]);
  });

  it("are retried sooner by as much as the clock runs faster", async () => {
    await rig.restart({ timeScale: 600 });
    rig.shop.answers.push(answerWith(500), answerWith(200));
    await settle("N-FAST-A");
    await rig.pass(199);
    expect(rig.shop.received).toHaveLength(1);
    await rig.pass(1);
    expect(rig.shop.received).toHaveLength(2);
  });

  it("stop once a retry is taken", async () => {
    rig.shop.answers.push(answerWith(503), answerWith(200));
    await settle("N-STOP-A");
    await rig.pass(343 * MINUTE);
    expect(rig.shop.received).toHaveLength(2);
    expect(await history("N-STOP-A")).toMatchObject([{ state: "delivered" }]);
  });

  it.each([307, 308])("follow %p with the same POST, five times at most", async (status) => {
    rig.shop.answers.push((res, path) => answerWith(path === "/there" ? 200 : status, { Location: "/there" })(res));
    await settle("N-HOP-A");
    await rig.pass(0);
    expect(rig.shop.received.map((got) => got.path)).toEqual(["/hook", "/there"]);
    expect(rig.shop.received[1]?.body["order_id"]).toBe("N-HOP-A");
    rig.shop.answers.splice(0, 1, answerWith(status, { Location: "/loop" }));
    await settle("N-HOP-B");
    await rig.pass(0);
    expect(rig.shop.received.filter((got) => got.body["order_id"] === "N-HOP-B")).toHaveLength(6);
  });

  it("count an answer that takes more than 15 s as none, and try five times more", async () => {
    rig.shop.answers.push(() => undefined, answerWith(200));
    await settle("N-SLOW-A");
    rig.clock.fire(0);
    await rig.shop.has(1);
    rig.clock.fire(15_000);
    await rig.sandbox.idle();
    expect(await history("N-SLOW-A")).toMatchObject([
      { state: "waiting", attempts: [{ status: null, error: "no answer in time" }] },
    ]);
    await rig.pass(2 * MINUTE);
    expect(await history("N-SLOW-A")).toMatchObject([{ state: "delivered" }]);
  });

  it("go to the overriding address alone, or to the appended one too", async () => {
    const other = await startShop();
    await settle("N-OVER-A", {
      "X-Override-Notification": `${other.url}/o`,
      "X-Append-Notification": `${other.url}/a`,
    });
    await settle("N-APP-A", { "X-Append-Notification": `${other.url}/a` });
    await rig.pass(0);
    expect(rig.shop.received.map((got) => got.body["order_id"])).toEqual(["N-APP-A"]);
    expect(other.received.map((got) => `${got.path} ${got.body["order_id"]}`).sort()).toEqual([
      "/a N-APP-A",
      "/o N-OVER-A",
    ]);
    await other.close();
  });

  describe("under a fault", () => {
    const fault = (kind: string, more: object = {}) =>
      rig.call("POST", "/sandbox/faults", { target: "midtrans.notification", kind, ...more });

    it("none: is lost for good, and says so", async () => {
      await fault("none");
      await settle("N-LOST-A");
      await rig.pass(343 * MINUTE);
      expect(rig.shop.received).toEqual([]);
      expect(await history("N-LOST-A")).toMatchObject([{ state: "lost", note: "none", attempts: [] }]);
    });

    it("duplicate: comes as often as asked, the same each time", async () => {
      await fault("duplicate", { copies: 5 });
      await settle("N-DUP-A");
      await rig.pass(0);
      expect(rig.shop.received).toHaveLength(5);
      expect(new Set(rig.shop.received.map((got) => JSON.stringify(got.body))).size).toBe(1);
    });

    it("late: comes after its time", async () => {
      await fault("late", { ms: 5_000 });
      await settle("N-LATE-A");
      await rig.pass(4_999);
      expect(rig.shop.received).toEqual([]);
      await rig.pass(1);
      expect(rig.shop.received).toHaveLength(1);
    });

    it("forged: comes with a signature that does not fit", async () => {
      await fault("forged");
      await settle("N-FORGE-A");
      await rig.pass(0);
      const body = rig.shop.received[0]?.body ?? {};
      expect(body["signature_key"]).toMatch(/^[0-9a-f]{128}$/);
      expect(body["signature_key"]).not.toBe(signed(body));
    });

    it("out_of_order: the pending one comes after the settlement", async () => {
      await fault("out_of_order");
      const { body } = await rig.create("N-ORDER-A");
      await rig.press(body.token, "pay", { method: "bca_va" });
      await rig.press(body.token, "simulate", { action: "pay" });
      await rig.pass(0);
      expect(rig.shop.received.map((got) => got.body["transaction_status"])).toEqual(["settlement", "pending"]);
    });

    it("out_of_order: comes by itself where nothing follows", async () => {
      await fault("out_of_order");
      await settle("N-ORDER-B");
      await rig.pass(MINUTE);
      expect(rig.shop.received).toHaveLength(1);
    });
  });

  it("that were waiting are sent after a restart, with the tries they had", async () => {
    rig.shop.answers.push(answerWith(503), answerWith(200));
    await settle("N-BACK-A");
    await rig.pass(0);
    await rig.restart();
    await rig.pass(2 * MINUTE - 1);
    expect(rig.shop.received).toHaveLength(1);
    await rig.pass(1);
    expect(rig.shop.received).toHaveLength(2);
    expect(await history("N-BACK-A")).toMatchObject([
      { state: "delivered", attempts: [{ status: 503 }, { status: 200 }] },
    ]);
  });

  it("that a stop cut off are sent anew and lose no try", async () => {
    rig.shop.answers.push(() => undefined, answerWith(200));
    await settle("N-CUT-A");
    rig.clock.fire(0);
    await rig.shop.has(1);
    await rig.restart();
    await rig.pass(0);
    expect(rig.shop.received).toHaveLength(2);
    expect(await history("N-CUT-A")).toMatchObject([{ state: "delivered", attempts: [{ status: 200 }] }]);
  });
});
