import midtrans from "midtrans-client";
import { SERVER_KEY, type Stand, stand } from "./support.ts";

/** The parts of the client that are used here; the package brings no types. */
interface Api {
  apiConfig: { getCoreApiBaseUrl: () => string; getSnapApiBaseUrl: () => string };
  createTransaction(body: object): Promise<{ token: string; redirect_url: string }>;
  transaction: Record<
    "status" | "cancel" | "expire" | "approve" | "deny",
    (id: string) => Promise<Record<string, string>>
  > & {
    refund(id: string, body: object): Promise<Record<string, string>>;
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
      const api = new kind({ isProduction: false, serverKey: SERVER_KEY, clientKey: "c" });
      api.apiConfig.getCoreApiBaseUrl = () => rig.sandbox.url;
      api.apiConfig.getSnapApiBaseUrl = () => `${rig.sandbox.url}/snap/v1`;
      return api;
    };
    snap = make(Snap);
    core = make(CoreApi);
  });
  afterAll(() => rig.close());

  const create = (orderId: string) =>
    snap.createTransaction({ transaction_details: { order_id: orderId, gross_amount: 150_000 } });

  it("creates, reads, expires and sees the 407 of a success", async () => {
    const { redirect_url } = await create("O-EXP-A");
    expect(redirect_url).toContain(rig.sandbox.url);
    await expect(core.transaction.status("O-EXP-A")).rejects.toMatchObject({ httpStatusCode: "404" });
    await rig.call("POST", "/sandbox/transactions/O-EXP-A", { transaction_status: "pending" });
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

  it("approves a challenge and refunds what is settled", async () => {
    await create("O-REF-A");
    await rig.call("POST", "/sandbox/transactions/O-REF-A", { transaction_status: "challenge" });
    expect(await core.transaction.approve("O-REF-A")).toMatchObject({ fraud_status: "accept" });
    await rig.call("POST", "/sandbox/transactions/O-REF-A", { transaction_status: "settlement" });
    expect(await core.transaction.refund("O-REF-A", { refund_key: "o-1", amount: 1_000 })).toMatchObject({
      transaction_status: "partial_refund",
    });
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
