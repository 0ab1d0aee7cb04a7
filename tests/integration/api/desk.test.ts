import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { OrderId, PaymentId, UserId } from "../../../domain/kernel/ids.ts";
import { openMoneyCase } from "../../../domain/kernel/openMoneyCase.ts";
import { createCallRecorder, type GatewayCall } from "../../../gateways/recordCall.ts";
import { inTransaction } from "../../../platform/db.ts";
import { codeOf, startTestApi, type TestApi } from "../../support/api.ts";
import { addCustomer, addOrder, addStore, type OrderRow, openTestShop, type TestShop } from "../../support/shopRows.ts";

interface Nodes<T> {
  readonly nodes: readonly T[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
const CALL_FIELDS = "gateway operation correlation status outcome durationMs request response at";
const PAGE = "totalCount pageInfo { hasNextPage endCursor }";

let shop: TestShop;
let api: TestApi;
let order: OrderRow;
let staffId: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  shop = await openTestShop();
  api = await startTestApi({ databaseUrl: shop.url, env: { RATE_LIMIT_SCALE: "0" } });
  const issue = createAccessTokens(api.config.jwtSecret, api.app.clock);
  const owner = await addCustomer(shop.db);
  staffId = await addCustomer(shop.db, "Staf Toko");
  order = await addOrder(shop.db, owner, await addStore(shop.db));
  tokens["owner"] = await issue.forUser({ id: owner as UserId, role: "CUSTOMER" });
  tokens["staff"] = await issue.forUser({ id: staffId as UserId, role: "STAFF" });
  tokens["service"] = await issue.forService();
});
afterAll(async () => {
  await api.stop();
  await shop.drop();
});

const ask = <T>(query: string, who = "staff", variables: object = {}) =>
  api.graphql<T>(query, variables, { token: tokens[who] as string });

describe("the desk's money cases", () => {
  const open = (kind: string, subject: string, more: object = {}) =>
    inTransaction(shop.db, (tx) => {
      const actions = ["REFUND"] as const;
      const input = { kind, subject, amount: 318_000, summary: "Two payments came", evidence: {}, actions };
      return openMoneyCase(tx, { ids: api.app.ids, now: api.app.clock.now() }, { ...input, ...more });
    });
  interface Case {
    readonly kind: string;
    readonly payment: { readonly number: string } | null;
    readonly order: { readonly number: string } | null;
    readonly owner: { readonly name: string } | null;
  }
  type Cases = { moneyCases: Nodes<Case> };
  type Nested = { moneyCases: { nodes: { id: string }[] } };

  beforeAll(async () => {
    await open("PAID_TWICE", "a", { paymentId: order.paymentId as PaymentId, orderId: order.orderId as OrderId });
    await open("UNMATCHED", "b");
    await open("AMOUNT_MISMATCH", "c");
    await shop.db.sql("update money_cases set owner_id = $1 where kind = 'PAID_TWICE'", [staffId]);
    await shop.db.sql(
      `update money_cases set resolved_at = now(), action = 'DISMISS', resolution = 'ok'
        where kind = 'AMOUNT_MISMATCH'`,
    );
  });

  test("show what each is about, what can end it and who took it", async () => {
    const fields =
      "kind amount currency summary actions openedAt resolvedAt payment { number } order { number } owner { name }";
    const { data, errors } = await ask<Cases>(`{ moneyCases { nodes { ${fields} } ${PAGE} } }`);
    expect(errors).toEqual([]);
    expect(data?.moneyCases.totalCount).toBe(2);
    const [unmatched, twice] = [...(data?.moneyCases.nodes ?? [])].sort((a, b) => (a.kind < b.kind ? 1 : -1));
    expect(twice).toMatchObject({
      kind: "PAID_TWICE",
      amount: 318_000,
      currency: "IDR",
      actions: ["REFUND"],
      resolvedAt: null,
      payment: { number: order.paymentNumber },
      order: { number: order.orderNumber },
      owner: { name: "Staf Toko" },
    });
    expect(unmatched).toMatchObject({ kind: "UNMATCHED", payment: null, order: null, owner: null });
  });

  test("are the open ones page by page, or the decided ones", async () => {
    const query = `query($open: Boolean, $after: String) {
      moneyCases(open: $open, first: 1, after: $after) { nodes { kind } ${PAGE} }
    }`;
    const first = (await ask<Cases>(query)).data?.moneyCases;
    const second = (await ask<Cases>(query, "staff", { after: first?.pageInfo.endCursor })).data?.moneyCases;
    expect(second?.pageInfo.hasNextPage).toBe(false);
    expect([first?.nodes[0]?.kind, second?.nodes[0]?.kind].sort()).toEqual(["PAID_TWICE", "UNMATCHED"]);
    const decided = (await ask<Cases>(query, "staff", { open: false })).data?.moneyCases;
    expect(decided?.nodes.map(({ kind }) => kind)).toEqual(["AMOUNT_MISMATCH"]);
    expect(codeOf(await ask(query, "staff", { after: "eA" }))).toBe("INVALID_INPUT");
  });

  test("are taken and ended by staff, with what was done and by whom", async () => {
    await open("LOST_PARCEL", "d", { actions: ["DISMISS"] });
    const listed = await ask<Nested>('{ moneyCases(kind: "LOST_PARCEL") { nodes { id evidence takenAt } } }');
    const [{ id } = { id: "" }, ...more] = listed.data?.moneyCases.nodes ?? [];
    expect(more).toEqual([]);
    const taken = await ask<{ takeMoneyCase: object }>(
      "mutation($id: ID!) { takeMoneyCase(id: $id) { owner { name } resolvedAt } }",
      "staff",
      { id },
    );
    expect(taken.data?.takeMoneyCase).toEqual({ owner: { name: "Staf Toko" }, resolvedAt: null });
    const END = `mutation($id: ID!, $action: String!) {
      resolveMoneyCase(id: $id, action: $action, note: "Diganti kurir") { action resolution resolvedBy { name } }
    }`;
    expect(codeOf(await ask(END, "staff", { id, action: "REFUND" }))).toBe("INVALID_INPUT");
    expect((await ask<object>(END, "staff", { id, action: "DISMISS" })).data).toEqual({
      resolveMoneyCase: { action: "DISMISS", resolution: "Diganti kurir", resolvedBy: { name: "Staf Toko" } },
    });
    const read = await ask<object>("query($id: ID!) { moneyCase(id: $id) { action } }", "staff", { id });
    expect(read.data).toEqual({ moneyCase: { action: "DISMISS" } });
    expect((await ask<object>('{ moneyCase(id: "none") { id } }')).data).toEqual({ moneyCase: null });
  });

  test.each(["owner", "service"])("are not for the %s of a payment", async (who) => {
    expect(codeOf(await ask("{ moneyCases { nodes { id } } }", who))).toBe("FORBIDDEN");
    expect(codeOf(await ask('{ moneyCase(id: "none") { id } }', who))).toBe("FORBIDDEN");
    expect(codeOf(await ask('mutation { takeMoneyCase(id: "none") { id } }', who))).toBe("FORBIDDEN");
  });
});

describe("the desk's log of a payment", () => {
  const LOG = "query($id: ID!) { paymentLog(paymentId: $id) { step toStatus source actor { id } detail } }";

  test("tells what happened to it, and is staff's alone", async () => {
    const { data } = await ask<{ paymentLog: object[] }>(LOG, "staff", { id: order.paymentId });
    expect(data?.paymentLog).toMatchObject([{ step: "created", toStatus: "PENDING", actor: null }]);
    expect((await ask<object>(LOG, "staff", { id: "none" })).data).toEqual({ paymentLog: [] });
    for (const who of ["owner", "service"])
      expect(codeOf(await ask(LOG, who, { id: order.paymentId }))).toBe("FORBIDDEN");
  });
});

describe("the desk's gateway calls", () => {
  const CALL: GatewayCall = {
    gateway: "midtrans",
    operation: "status",
    method: "GET",
    path: "/v2/x/status",
    correlation: "LNS-1",
    status: 200,
    outcome: "ok",
    durationMs: 12,
    request: { customer_details: { email: "pembeli@lunas.test" }, amount: 1000 },
    response: { transaction_status: "settlement", signature_key: "f".repeat(128) },
  };
  interface Call {
    readonly correlation: string | null;
    readonly request: string;
    readonly response: string | null;
  }
  type Calls = { gatewayCalls: Nodes<Call> };
  const list = (args: string, who = "staff") =>
    ask<Calls>(`{ gatewayCalls${args} { nodes { ${CALL_FIELDS} } ${PAGE} } }`, who);

  beforeAll(async () => {
    const record = createCallRecorder(api.app);
    await record(CALL);
    await record({ ...CALL, correlation: "LNS-2", status: null, outcome: "no_answer", response: null });
    await record({ ...CALL, gateway: "rajaongkir", operation: "search", correlation: null });
  });

  test("show what was asked and answered, with secrets and people hidden", async () => {
    const { data, errors } = await list('(correlation: "LNS-1")');
    expect(errors).toEqual([]);
    expect(data?.gatewayCalls).toMatchObject({
      totalCount: 1,
      nodes: [{ gateway: "midtrans", operation: "status", status: 200, outcome: "ok", durationMs: 12 }],
    });
    const [call] = data?.gatewayCalls.nodes ?? [];
    expect(JSON.parse(call?.request as string)).toMatchObject({ amount: 1000 });
    expect(JSON.parse(call?.response as string)).toMatchObject({ transaction_status: "settlement" });
    expect(JSON.stringify(call)).not.toMatch(/pembeli@lunas|ffffffff/);
  });

  test("show a call that nobody answered, and those of one company", async () => {
    expect((await list('(correlation: "LNS-2")')).data?.gatewayCalls.nodes[0]).toMatchObject({
      status: null,
      response: null,
    });
    expect((await list('(gateway: "rajaongkir")')).data?.gatewayCalls).toMatchObject({
      totalCount: 1,
      nodes: [{ operation: "search", correlation: null }],
    });
    expect((await list("(first: 2)")).data?.gatewayCalls).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: true },
    });
  });

  test.each(["owner", "service"])("are not for the %s of a payment", async (who) => {
    expect(codeOf(await list("", who))).toBe("FORBIDDEN");
  });
});
