import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { codeOf, startTestApi, type TestApi } from "../../support/api.ts";
import { addCustomer, addOrder, addStore, type OrderRow, openTestShop, type TestShop } from "../../support/shopRows.ts";

interface Read {
  readonly number: string;
  readonly orders: readonly { readonly number: string }[];
  readonly currentTransaction: Try;
  readonly transactions: readonly Try[];
}
interface Try {
  readonly gatewayOrderId: string;
  readonly instructions: Readonly<Record<string, string | null>>;
}

const SECRETS = { snapToken: "a-token-of-the-page", redirectUrl: "https://pay.lunas.test/x", vaNumber: "8808123" };
const NONE = { snapToken: null, redirectUrl: null, vaNumber: null };
const TRY = "gatewayOrderId instructions { snapToken redirectUrl vaNumber }";
const FIELDS = `number orders { number } currentTransaction { ${TRY} } transactions { ${TRY} }`;

describe("a service", () => {
  let shop: TestShop;
  let api: TestApi;
  let order: OrderRow;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    shop = await openTestShop();
    api = await startTestApi({ databaseUrl: shop.url, env: { RATE_LIMIT_SCALE: "0" } });
    const issue = createAccessTokens(api.config.jwtSecret, api.app.clock);
    const owner = await addCustomer(shop.db);
    const other = await addCustomer(shop.db);
    await shop.db.sql("update users set phone = '+6281200000009' where id = $1", [owner]);
    order = await addOrder(shop.db, owner, await addStore(shop.db));
    await shop.db.sql("update payment_transactions set instructions = $1 where id = $2", [
      JSON.stringify(SECRETS),
      order.transactionId,
    ]);
    tokens["owner"] = await issue.forUser({ id: owner as UserId, role: "CUSTOMER" });
    tokens["other"] = await issue.forUser({ id: other as UserId, role: "CUSTOMER" });
    tokens["staff"] = await issue.forUser({ id: other as UserId, role: "STAFF" });
    tokens["service"] = await issue.forService();
  });
  afterAll(async () => {
    await api.stop();
    await shop.drop();
  });

  const payment = async (who: string): Promise<Read | null> => {
    const query = `query($id: ID!) { payment(id: $id) { ${FIELDS} } }`;
    const { data, errors } = await api.graphql<{ payment: Read | null }>(
      query,
      { id: order.paymentId },
      { token: tokens[who] as string },
    );
    expect(errors).toEqual([]);
    return data?.payment ?? null;
  };
  const contact = (fields: string, who: string) =>
    api.graphql<{ payment: { user: object } }>(
      `query($id: ID!) { payment(id: $id) { user { ${fields} } } }`,
      { id: order.paymentId },
      { token: tokens[who] as string },
    );

  test("reads a payment, but not by what it is paid", async () => {
    const read = await payment("service");
    expect(read).toMatchObject({ number: order.paymentNumber, orders: [] });
    expect(read?.currentTransaction).toEqual({ gatewayOrderId: order.gatewayOrderId, instructions: NONE });
    expect(read?.transactions).toEqual([{ gatewayOrderId: order.gatewayOrderId, instructions: NONE }]);
    const list = await api.graphql<{ adminPayments: { nodes: Read[] } }>(
      `{ adminPayments { nodes { ${FIELDS} } } }`,
      {},
      { token: tokens["service"] as string },
    );
    expect(list.data?.adminPayments.nodes[0]?.currentTransaction.instructions).toEqual(NONE);
  });

  test.each(["owner", "staff"])("hides from the %s nothing of it", async (who) => {
    const read = await payment(who);
    expect(read?.currentTransaction.instructions).toEqual(SECRETS);
    expect(read?.orders).toEqual([{ number: order.orderNumber }]);
  });

  test("changes nothing for another customer: there is no such payment", async () => {
    expect(await payment("other")).toBeNull();
  });

  test("learns who paid, but neither e-mail address nor phone number", async () => {
    expect((await contact("id name", "service")).data?.payment.user).toMatchObject({ name: "Pembeli Satu" });
    for (const field of ["email", "phone"]) {
      const answer = await contact(field, "service");
      expect(codeOf(answer)).toBe("FORBIDDEN");
      expect(JSON.stringify(answer)).not.toMatch(/@lunas\.test|\+62812/);
    }
    expect((await contact("email phone", "staff")).data?.payment.user).toMatchObject({ phone: "+6281200000009" });
    expect((await contact("email phone", "owner")).data?.payment.user).toMatchObject({ phone: "+6281200000009" });
  });
});
