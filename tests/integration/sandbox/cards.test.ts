import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENT_KEY, cardToken, chargeCard, chargeOf, DAY, HOUR, MINUTE, type Stand, stand } from "./support.ts";

describe("cards", () => {
  let rig: Stand;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const charge = (orderId: string, number: string, card: object = {}) => chargeCard(rig, orderId, number, card);
  const status = async (id: string) => (await rig.call("GET", `/v2/${id}/status`)).body;
  const told = (orderId: string) =>
    rig.shop.received.filter((got) => got.body["order_id"] === orderId).map((got) => got.body);
  const prove = async (redirect: string, fields: Record<string, string>) =>
    (await fetch(redirect, { method: "POST", body: new URLSearchParams(fields) })).text();

  describe("tokens", () => {
    it("are made for a test card with the client key alone, and show 8 and 4 digits", async () => {
      const { body } = await cardToken(rig, { number: "4811111111111114" });
      expect(body).toMatchObject({
        status_code: "200",
        token_id: expect.stringMatching(/^48111111-1114-[0-9a-f-]{36}$/),
      });
    });

    it.each([
      ["a wrong client key", { number: "4811111111111114", clientKey: "x" }, "401"],
      ["a wrong CVV", { number: "4811111111111114", cvv: "999" }, "400"],
      ["a number that is no test card", { number: "4111111111111111" }, "400"],
      ["a saved token that nobody has", { saved: "nobody" }, "404"],
    ])("are refused for %s", async (_name, ask, code) => {
      expect((await cardToken(rig, ask)).body.status_code).toBe(code);
    });

    it("are refused for a card that has run out", async () => {
      const query = { client_key: CLIENT_KEY, card_number: "4811111111111114", card_cvv: "123" };
      const search = new URLSearchParams({ ...query, card_exp_month: "02", card_exp_year: "26" });
      expect((await rig.call("GET", `/v2/token?${search}`)).body.status_code).toBe("400");
    });

    it("are charged once, and not after a quarter of an hour", async () => {
      const { token_id } = (await cardToken(rig, { number: "4811111111111114" })).body;
      const body = { payment_type: "credit_card", credit_card: { token_id } };
      expect((await chargeOf(rig, "CD-ONE-A", body)).body.transaction_status).toBe("capture");
      expect((await chargeOf(rig, "CD-ONE-B", body)).body.status_code).toBe("411");
      const late = (await cardToken(rig, { number: "4811111111111114" })).body.token_id;
      await rig.pass(15 * MINUTE);
      const answer = await chargeOf(rig, "CD-ONE-C", { payment_type: "credit_card", credit_card: { token_id: late } });
      expect(answer.body.status_code).toBe("411");
    });

    it("keep the card's number nowhere", async () => {
      await charge("CD-PAN-A", "4916994064252017", { save_token_id: true });
      for (const path of ["/sandbox/cards", "/sandbox/transactions/CD-PAN-A"]) {
        expect((await rig.call("GET", path)).text).not.toContain("4916994064252017");
      }
    });
  });

  it.each([
    ["4811111111111114", "capture", "accept", "200", "00"],
    ["5211111111111117", "capture", "accept", "200", "00"],
    ["4911111111111113", "deny", "accept", "202", "05"],
    ["4511111111111117", "capture", "challenge", "201", undefined],
    ["4611111111111116", "deny", "deny", "202", undefined],
    ["4472429869996670", "deny", "accept", "202", "51"],
    ["4806000000000081", "deny", "accept", "202", "51"],
    ["4716125059847899", "capture", "accept", "200", "00"],
  ])("%s without 3DS is answered %s, %s", async (number, state, fraud, code, response) => {
    const { body } = await charge(`CD-NO3-${number}`, number);
    expect(body).toMatchObject({ transaction_status: state, fraud_status: fraud, status_code: code });
    expect(body.channel_response_code).toBe(response);
    expect(body).not.toHaveProperty("redirect_url");
  });

  it("takes 30,000 rupiah from the card that is short above them", async () => {
    const token = (await cardToken(rig, { number: "4806000000000081" })).body.token_id;
    const details = { order_id: "CD-30-A", gross_amount: 30_000 };
    const body = { payment_type: "credit_card", transaction_details: details, credit_card: { token_id: token } };
    expect((await chargeOf(rig, "CD-30-A", body)).body.transaction_status).toBe("capture");
  });

  describe("3DS", () => {
    const asked = async (orderId: string, number: string): Promise<string> => {
      const { body } = await charge(orderId, number, { authentication: true });
      expect(body).toMatchObject({ status_code: "201", transaction_status: "pending" });
      return body.redirect_url;
    };

    it("sends the buyer to his bank's page, which lets the right code through and then notifies", async () => {
      const page = await asked("CD-3DS-A", "4811111111111114");
      expect(await (await fetch(page)).text()).toContain('data-testid="otp"');
      expect(await prove(page, { otp: "112233" })).toContain('data-testid="back-to-shop"');
      expect(await status("CD-3DS-A")).toMatchObject({
        transaction_status: "capture",
        eci: "05",
        three_ds_version: "2",
        challenge_completion: true,
      });
      await rig.pass(0);
      expect(told("CD-3DS-A").map((body) => body["transaction_status"])).toEqual(["pending", "capture"]);
    });

    it("denies after three wrong codes, and at once where the buyer leaves", async () => {
      const page = await asked("CD-3DS-B", "4811111111111114");
      for (const otp of ["1", "2"]) expect(await prove(page, { otp })).toContain('data-testid="otp-wrong"');
      await prove(page, { otp: "3" });
      expect((await status("CD-3DS-B")).transaction_status).toBe("deny");
      const other = await asked("CD-3DS-C", "4811111111111114");
      await prove(other, { action: "leave" });
      expect((await status("CD-3DS-C")).transaction_status).toBe("deny");
    });

    it("is over after ten minutes", async () => {
      const page = await asked("CD-3DS-D", "4811111111111114");
      await rig.pass(10 * MINUTE);
      expect((await status("CD-3DS-D")).transaction_status).toBe("expire");
      await prove(page, { otp: "112233" });
      expect((await status("CD-3DS-D")).transaction_status).toBe("expire");
    });

    it.each([
      ["4556557955726624", "capture"],
      ["4485436455354151", "deny"],
      ["4411111111111118", "capture"],
      ["4711111111111115", "deny"],
    ])("of %s needs no code: the page alone decides it %s", async (number, state) => {
      await fetch(await asked(`CD-SIL-${number}`, number));
      expect((await status(`CD-SIL-${number}`)).transaction_status).toBe(state);
    });

    it("of a slow bank is pending for a minute more", async () => {
      const page = await asked("CD-LATE-A", "4024007176265022");
      await prove(page, { otp: "112233" });
      expect((await status("CD-LATE-A")).transaction_status).toBe("pending");
      await rig.pass(30_000);
      // A code sent once more neither puts the bank off nor angers it.
      await prove(page, { action: "leave" });
      await prove(page, { otp: "112233" });
      await rig.pass(29_000);
      expect((await status("CD-LATE-A")).transaction_status).toBe("pending");
      await rig.pass(1_000);
      expect(await status("CD-LATE-A")).toMatchObject({ transaction_status: "capture", channel_response_code: "00" });
    });

    it("fails for the card that cannot prove itself", async () => {
      await prove(await asked("CD-FAIL-A", "4716125059847899"), { otp: "112233" });
      expect((await status("CD-FAIL-A")).transaction_status).toBe("deny");
    });
  });

  it("holds a challenge for the merchant, and cancels one that nobody answers the next afternoon", async () => {
    for (const id of ["CD-CH-A", "CD-CH-B", "CD-CH-C"]) await charge(id, "4511111111111117");
    await rig.call("POST", "/v2/CD-CH-A/approve");
    await rig.call("POST", "/v2/CD-CH-B/deny");
    expect(await status("CD-CH-A")).toMatchObject({ transaction_status: "capture", fraud_status: "accept" });
    expect(await status("CD-CH-B")).toMatchObject({ transaction_status: "deny", fraud_status: "deny" });
    await rig.pass(30 * HOUR);
    expect((await status("CD-CH-A")).transaction_status).toBe("settlement");
    expect((await status("CD-CH-C")).transaction_status).toBe("cancel");
  });

  it("tells the bank's yes of a card that a test approves, and of a challenge once it is accepted", async () => {
    await charge("CD-YES-A", "4811111111111114", { authentication: true });
    await rig.call("POST", "/sandbox/transactions/CD-YES-A", { transaction_status: "capture" });
    await charge("CD-YES-B", "4511111111111117");
    await rig.call("POST", "/v2/CD-YES-B/approve");
    for (const id of ["CD-YES-A", "CD-YES-B"]) expect((await status(id)).channel_response_code).toBe("00");
  });

  describe("pre-authorisation", () => {
    const reserve = (orderId: string) => charge(orderId, "4811111111111114", { type: "authorize" });
    const capture = (body: object) => rig.call("POST", "/v2/capture", body);

    it("reserves, is captured in part, and settles the next day as what was captured", async () => {
      const { transaction_id, ...made } = (await reserve("CD-PRE-A")).body;
      expect(made).toMatchObject({ transaction_status: "authorize", status_code: "200" });
      expect((await capture({ transaction_id, gross_amount: 150_001 })).body.status_code).toBe("400");
      expect((await capture({ transaction_id, gross_amount: 100_000 })).body).toMatchObject({
        transaction_status: "capture",
        gross_amount: "100000.00",
      });
      expect((await capture({ transaction_id })).body.status_code).toBe("412");
      await rig.pass(30 * HOUR);
      expect(await status("CD-PRE-A")).toMatchObject({ transaction_status: "settlement", gross_amount: "100000.00" });
    });

    it("is released by a cancel, and by itself after seven days", async () => {
      await reserve("CD-PRE-B");
      await reserve("CD-PRE-C");
      expect((await rig.call("POST", "/v2/CD-PRE-B/cancel")).body.transaction_status).toBe("cancel");
      await rig.pass(7 * DAY);
      expect((await status("CD-PRE-C")).transaction_status).toBe("expire");
      expect((await capture({ transaction_id: "CD-PRE-C" })).body.status_code).toBe("412");
    });

    it.each([
      [{ transaction_id: "nobody" }, "404"],
      [{}, "400"],
      [{ transaction_id: "x", gross_amount: 1.5 }, "400"],
      [[], "413"],
    ])("refuses the capture %p", async (body, code) => {
      expect((await capture(body)).body.status_code).toBe(code);
    });
  });

  it.each([
    ["a bank that acquires no cards", { bank: "seabank" }],
    ["a type that does not exist", { type: "later" }],
    ["bins that do not hold the card", { bins: ["521111"] }],
  ])("refuses %s", async (_name, card) => {
    expect((await charge("CD-BAD-A", "4811111111111114", card)).body.status_code).toBe("400");
  });

  it("refunds by wire only where the acquirer does, and asks a reason of BNI's", async () => {
    for (const [id, bank] of [
      ["CD-RF-A", "bni"],
      ["CD-RF-B", "mandiri"],
    ] as const) {
      await charge(id, "4811111111111114", { bank });
      await rig.call("POST", `/sandbox/transactions/${id}`, { transaction_status: "settlement", notify: false });
    }
    const refund = (id: string, path: string, reason?: string) =>
      rig.call("POST", `/v2/${id}/${path}`, { amount: 1_000, ...(reason === undefined ? {} : { reason }) });
    expect((await refund("CD-RF-A", "refund")).body.status_code).toBe("400");
    expect((await refund("CD-RF-A", "refund/online/direct", "rusak")).body.status_code).toBe("200");
    expect((await refund("CD-RF-B", "refund/online/direct", "rusak")).body.status_code).toBe("412");
    expect((await refund("CD-RF-B", "refund", "rusak")).body.status_code).toBe("200");
    await rig.pass(DAY);
    const methods = async (id: string) =>
      (await status(id)).refunds.map((row: { refund_method: string }) => row.refund_method);
    expect([await methods("CD-RF-A"), await methods("CD-RF-B")]).toEqual([["online"], ["offline"]]);
  });
});
