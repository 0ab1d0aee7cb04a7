import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cardToken, chargeCard, chargeOf, type Stand, stand } from "./support.ts";

describe("saved cards", () => {
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

  const save = async (orderId: string): Promise<string> =>
    (await charge(orderId, "4811111111111114", { save_token_id: true })).body.saved_token_id;
  const pay = (orderId: string, token_id: string) =>
    chargeOf(rig, orderId, { payment_type: "credit_card", credit_card: { token_id } });

  it("come with the answer and the notification, and are charged again and again by one click", async () => {
    const saved = await save("CD-SV-A");
    expect(saved).toMatch(/^48111111[A-Za-z]{22}1114$/);
    await rig.pass(0);
    expect(told("CD-SV-A")[0]).toMatchObject({
      saved_token_id: saved,
      saved_token_id_expired_at: expect.any(String),
    });
    for (const id of ["CD-SV-B", "CD-SV-C"]) expect((await pay(id, saved)).body.transaction_status).toBe("capture");
  });

  it("are charged by two clicks with a token made from the saved one and the CVV", async () => {
    const saved = await save("CD-TWO-A");
    const twice = (await cardToken(rig, { saved })).body.token_id;
    expect((await pay("CD-TWO-B", twice)).body).toMatchObject({ masked_card: "48111111-1114" });
    expect((await cardToken(rig, { saved, cvv: "1" })).body.status_code).toBe("400");
  });

  it("are not made by a denied charge", async () => {
    expect((await charge("CD-SVN-A", "4911111111111113", { save_token_id: true })).body).not.toHaveProperty(
      "saved_token_id",
    );
  });

  it("are 411 once they are made invalid, and end as a test wants them to", async () => {
    const saved = await save("CD-INV-A");
    await rig.call("POST", `/sandbox/cards/${saved}`, { outcome: "insufficient" });
    expect((await pay("CD-INV-B", saved)).body).toMatchObject({
      transaction_status: "deny",
      channel_response_code: "51",
    });
    await rig.call("POST", `/sandbox/cards/${saved}`, { state: "invalid" });
    expect((await pay("CD-INV-C", saved)).body.status_code).toBe("411");
  });

  describe("on a hosted page", () => {
    const card = { save_card: true, secure: true };
    const open = async (orderId: string): Promise<string> =>
      (await rig.create(orderId, { user_id: "pembeli-1", credit_card: card })).body.token;
    const show = (token: string) => rig.call("GET", `/snap/v4/redirection/${token}?method=credit_card`);

    it("are saved for the customer who allows it, and offered to him the next time", async () => {
      const first = await open("CD-PG-A");
      expect((await show(first)).text).toContain('data-testid="save-card"');
      await rig.press(first, "card", { outcome: "approve", save: "yes" });
      const { saved_token_id } = await status("CD-PG-A");
      const second = await open("CD-PG-B");
      expect((await show(second)).text).toContain('data-testid="saved-card"');
      await rig.press(second, "card", { saved: saved_token_id });
      expect(await status("CD-PG-B")).toMatchObject({ transaction_status: "capture", masked_card: "48111111-1114" });
    });

    it("are not saved where he does not", async () => {
      await rig.press(await open("CD-PG-C"), "card", { outcome: "approve" });
      expect(await status("CD-PG-C")).not.toHaveProperty("saved_token_id");
    });

    it("ask for proof on the bank's page, which leads back to the hosted one", async () => {
      const token = await open("CD-PG-D");
      await rig.press(token, "card", { outcome: "3ds" });
      expect((await show(token)).text).toContain('data-testid="open-3ds"');
      const { transaction_id } = await status("CD-PG-D");
      const page = `${rig.sandbox.url}/v2/3ds/redirect/rbav2/${transaction_id}`;
      expect(await prove(page, { otp: "112233" })).toContain(`/snap/v4/redirection/${token}`);
      expect((await status("CD-PG-D")).transaction_status).toBe("capture");
    });
  });
});
