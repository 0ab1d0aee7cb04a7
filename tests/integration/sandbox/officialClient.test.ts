import midtrans from "midtrans-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENT_KEY, DAY, SERVER_KEY, type Stand, stand } from "./support.ts";

type Reply = Record<string, string>;
// biome-ignore lint/suspicious/noExplicitAny: nested members of a foreign API, read one by one
type Deep = Record<string, any>;

/** The client's two classes; the package brings no types for most of it. */
interface Api {
  apiConfig: { getCoreApiBaseUrl: () => string; getSnapApiBaseUrl: () => string };
  createTransaction(body: object | string): Promise<{ token: string; redirect_url: string }>;
  createTransactionToken(body: object): Promise<string>;
  createTransactionRedirectUrl(body: object): Promise<string>;
  charge(body: object): Promise<Deep>;
  capture(body: object): Promise<Reply>;
  cardRegister(query: object): Promise<Reply>;
  cardToken(query: object): Promise<Reply>;
  cardPointInquiry(tokenId: string): Promise<Deep>;
  linkPaymentAccount(body: object): Promise<Deep>;
  getPaymentAccount(id: string): Promise<Deep>;
  unlinkPaymentAccount(id: string): Promise<Reply>;
  createSubscription(body: object): Promise<Deep>;
  getSubscription(id: string): Promise<Deep>;
  disableSubscription(id: string): Promise<Reply>;
  enableSubscription(id: string): Promise<Reply>;
  updateSubscription(id: string, body: object): Promise<Reply>;
  transaction: Record<"status" | "cancel" | "expire" | "approve" | "deny", (id: string) => Promise<Reply>> & {
    statusb2b(id: string): Promise<Deep>;
    refund(id: string, body: object): Promise<Reply>;
    refundDirect(id: string, body: object): Promise<Reply>;
    notification(body: object | string): Promise<Reply>;
  };
}

const { Snap, CoreApi } = midtrans as unknown as Record<"Snap" | "CoreApi", new (options: object) => Api>;

describe("Midtrans's own Node client", () => {
  let rig: Stand;
  let snap: Api;
  let core: Api;
  beforeAll(async () => {
    rig = await stand();
    const make = (kind: typeof Snap): Api => {
      const api = new kind({ isProduction: false, serverKey: SERVER_KEY, clientKey: CLIENT_KEY });
      api.apiConfig.getCoreApiBaseUrl = () => rig.sandbox.url;
      api.apiConfig.getSnapApiBaseUrl = () => `${rig.sandbox.url}/snap/v1`;
      return api;
    };
    snap = make(Snap);
    core = make(CoreApi);
  });
  afterAll(() => rig.close());

  const details = (orderId: string) => ({ transaction_details: { order_id: orderId, gross_amount: 150_000 } });
  const create = (orderId: string) => snap.createTransaction(details(orderId));
  const move = (orderId: string, status: string) =>
    rig.call("POST", `/sandbox/transactions/${orderId}`, { transaction_status: status });
  const cardQuery = (number: string) => ({
    client_key: CLIENT_KEY,
    card_number: number,
    card_cvv: "123",
    card_exp_month: "12",
    card_exp_year: "2030",
  });
  const tokenOf = async (number = "4811111111111114") => (await core.cardToken(cardQuery(number)))["token_id"];
  const byCard = async (orderId: string, card: object = {}, number?: string) =>
    core.charge({
      payment_type: "credit_card",
      ...details(orderId),
      credit_card: { token_id: await tokenOf(number), ...card },
    });

  it("creates a page and hands out its token and its address, from an object and from JSON", async () => {
    expect(await snap.createTransactionToken(details("O-TOKEN-A"))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await snap.createTransactionRedirectUrl(details("O-TOKEN-A"))).toContain(rig.sandbox.url);
    expect(await snap.createTransaction(JSON.stringify(details("O-TOKEN-B")))).toMatchObject({
      token: expect.any(String),
    });
  });

  it("creates, reads, expires and sees the 407 of a success", async () => {
    const { redirect_url } = await create("O-EXP-A");
    expect(redirect_url).toContain(rig.sandbox.url);
    await expect(core.transaction.status("O-EXP-A")).rejects.toMatchObject({ httpStatusCode: "404" });
    await move("O-EXP-A", "pending");
    expect(await core.transaction.status("O-EXP-A")).toMatchObject({
      transaction_status: "pending",
      status_code: "201",
    });
    expect(await core.transaction.expire("O-EXP-A")).toMatchObject({
      status_code: "407",
      transaction_status: "expire",
    });
    await expect(core.transaction.cancel("O-EXP-A")).rejects.toMatchObject({ httpStatusCode: "412" });
  });

  it("approves a challenge, denies another, and refunds what is settled in both ways", async () => {
    for (const id of ["O-REF-A", "O-REF-B"]) {
      await create(id);
      await move(id, "challenge");
    }
    expect(await core.transaction.approve("O-REF-A")).toMatchObject({ fraud_status: "accept" });
    expect(await snap.transaction.deny("O-REF-B")).toMatchObject({ transaction_status: "deny" });
    await move("O-REF-A", "settlement");
    expect(
      await core.transaction.refund("O-REF-A", { refund_key: "o-1", amount: 1_000, reason: "Item out of stock" }),
    ).toMatchObject({ transaction_status: "partial_refund" });
    expect(
      await core.transaction.refundDirect("O-REF-A", { refund_key: "o-2", amount: 2_000, reason: "Customer asked" }),
    ).toMatchObject({ transaction_status: "partial_refund", refund_amount: "2000.00" });
  });

  it("cancels what waits, and reads the payments into an account", async () => {
    await core.charge({ payment_type: "bank_transfer", ...details("O-VA-A"), bank_transfer: { bank: "permata" } });
    await move("O-VA-A", "settlement");
    await rig.call("POST", "/sandbox/transactions/O-VA-A/again", { gross_amount: 70_000 });
    const { transactions } = await core.transaction.statusb2b("O-VA-A");
    expect(transactions).toMatchObject([{ order_id: "O-VA-A" }, { gross_amount: "70000.00" }]);
    await core.charge({ payment_type: "gopay", ...details("O-VA-B") });
    expect(await core.transaction.cancel("O-VA-B")).toMatchObject({ status_code: "200", transaction_status: "cancel" });
  });

  it("resolves a notification, as an object and as text, to the status of its transaction", async () => {
    await create("O-NOTE-A");
    await move("O-NOTE-A", "settlement");
    await rig.pass(0);
    const told = rig.shop.received.find((got) => got.body["order_id"] === "O-NOTE-A")?.body ?? {};
    const expected = { order_id: "O-NOTE-A", transaction_status: "settlement" };
    expect(await core.transaction.notification(told)).toMatchObject(expected);
    expect(await snap.transaction.notification(JSON.stringify(told))).toMatchObject(expected);
  });

  it("gets a card's token, charges it once, and asks for its points", async () => {
    const token = await tokenOf();
    expect(await core.cardPointInquiry(String(token))).toMatchObject({ status_code: "200", point_balance: 500 });
    const body = { payment_type: "credit_card", credit_card: { token_id: token } };
    expect(await core.charge({ ...body, ...details("O-CARD-A") })).toMatchObject({
      status_code: "200",
      transaction_status: "capture",
      masked_card: "48111111-1114",
    });
    await expect(core.charge({ ...body, ...details("O-CARD-B") })).rejects.toMatchObject({ httpStatusCode: "411" });
  });

  it("is sent to the bank's page for 3DS", async () => {
    expect(await byCard("O-3DS-A", { authentication: true })).toMatchObject({
      status_code: "201",
      transaction_status: "pending",
      redirect_url: expect.stringContaining("/v2/3ds/redirect/"),
    });
  });

  it("registers a card and charges the saved token", async () => {
    const { client_key, card_number, card_exp_month, card_exp_year } = cardQuery("5211111111111117");
    const saved = await core.cardRegister({ client_key, card_number, card_exp_month, card_exp_year });
    const charged = await core.charge({
      payment_type: "credit_card",
      ...details("O-SAVED-A"),
      credit_card: { token_id: saved["saved_token_id"] },
    });
    expect(charged).toMatchObject({ transaction_status: "capture", masked_card: "52111111-1117" });
  });

  it("captures a part of what was reserved", async () => {
    const { transaction_id, transaction_status } = await byCard("O-AUTH-A", { type: "authorize" });
    expect(transaction_status).toBe("authorize");
    expect(await core.capture({ transaction_id, gross_amount: 145_000 })).toMatchObject({
      status_code: "200",
      transaction_status: "capture",
      gross_amount: "145000.00",
    });
  });

  const link = async () => {
    const gopay_partner = { phone_number: "81212345678", country_code: "62", redirect_url: "https://www.gojek.com" };
    const made = await core.linkPaymentAccount({ payment_type: "gopay", gopay_partner });
    const page = made["actions"][0].url as string;
    await fetch(page, { method: "POST", redirect: "manual", body: new URLSearchParams({ action: "allow" }) });
    return core.getPaymentAccount(made["account_id"]);
  };

  it("links a GoPay account, pays by it and unlinks it", async () => {
    const account = await link();
    expect(account).toMatchObject({ account_status: "ENABLED", metadata: { payment_options: expect.any(Array) } });
    const option = account["metadata"].payment_options[0];
    const gopay = { account_id: account["account_id"], payment_option_token: option.token };
    expect(await core.charge({ payment_type: "gopay", ...details("O-PAY-A"), gopay })).toMatchObject({
      transaction_status: "settlement",
    });
    expect(await core.unlinkPaymentAccount(account["account_id"])).toMatchObject({ account_status: "DISABLED" });
  });

  it("makes, reads, disables, enables and changes a subscription by card, and one by GoPay", async () => {
    const { saved_token_id: token } = await core.cardRegister(cardQuery("5211111111111117"));
    const made = await core.createSubscription({
      name: "MONTHLY_2026",
      amount: "14000",
      currency: "IDR",
      payment_type: "credit_card",
      token,
      schedule: { interval: 1, interval_unit: "month", max_interval: 12, start_time: "2026-11-25 07:25:01 +0700" },
      metadata: { description: "Recurring payment for A" },
      customer_details: { first_name: "John", last_name: "Doe", email: "john@example.com", phone: "+62812345678" },
    });
    const id: string = made["id"];
    expect(await core.getSubscription(id)).toMatchObject({ id, status: "active", amount: "14000" });
    expect(await core.disableSubscription(id)).toEqual({ status_message: "Subscription is updated." });
    expect(await core.getSubscription(id)).toMatchObject({ status: "inactive" });
    await core.enableSubscription(id);
    await core.updateSubscription(id, { name: "MONTHLY_2026", amount: "300000", currency: "IDR", token });
    expect(await core.getSubscription(id)).toMatchObject({ status: "active", amount: "300000" });
    const account = await link();
    const byGopay = await core.createSubscription({
      name: "MONTHLY_GOPAY",
      amount: "14000",
      currency: "IDR",
      payment_type: "gopay",
      token: account["metadata"].payment_options[0].token,
      schedule: { interval: 1, interval_unit: "day" },
      gopay: { account_id: account["account_id"] },
    });
    await rig.pass(DAY);
    expect((await core.getSubscription(byGopay["id"]))["transaction_ids"]).toHaveLength(1);
    await expect(core.getSubscription("nobody")).rejects.toMatchObject({ httpStatusCode: 404 });
  });

  it("is told what is wrong with a request and with a key", async () => {
    await expect(create("O BAD")).rejects.toMatchObject({
      httpStatusCode: 400,
      ApiResponse: { error_messages: [expect.any(String)] },
    });
    const stranger = new CoreApi({ isProduction: false, serverKey: "x", clientKey: "c" });
    stranger.apiConfig.getCoreApiBaseUrl = () => rig.sandbox.url;
    await expect(stranger.transaction.status("O-REF-A")).rejects.toMatchObject({ httpStatusCode: 401 });
  });
});
