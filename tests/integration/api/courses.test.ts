import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { codeOf, startTestApi, type TestApi } from "../../support/api.ts";
import { addCustomer, openTestShop, type TestShop } from "../../support/shopRows.ts";
import { PROOF, type Sold, sell } from "../enrollment/facts.ts";

const CREATE = `mutation($packageId: ID!, $proofUrl: String) {
  createEnrollmentPayment(input: {
    packageId: $packageId, type: UMUM, proofUrl: $proofUrl, idempotencyKey: "courses-0001"
  }) { id purpose channel status amount type proofUrl paymentToken package { id } course { id } } }`;
const PAYMENT = `query($id: ID!) { payment(id: $id) {
  status type proofUrl package { name courses { id } } enrollments { status course { id } payment { id } } } }`;
const MINE = "{ enrollments { totalCount nodes { id status progress completedAt course { title } user { id } } } }";

type Node = { id: string; status: string; progress: number };
type Mine = { enrollments: { totalCount: number; nodes: Node[] } };

describe("courses over GraphQL", () => {
  let shop: TestShop;
  let api: TestApi;
  let sold: Sold;
  let owner: string;
  const tokens: Record<string, string> = {};
  const ask = <T = Record<string, never>>(who: string, query: string, variables: object = {}) =>
    api.graphql<T>(query, variables, { token: tokens[who] as string });

  /** Somebody new, `buyer` from now on, shows a proof. */
  async function buyByTransfer(): Promise<string | undefined> {
    const issue = createAccessTokens(api.config.jwtSecret, api.app.clock);
    const token = await issue.forUser({ id: (await addCustomer(shop.db)) as UserId, role: "CUSTOMER" });
    tokens["buyer"] = token;
    const { data } = await api.graphql<{ createEnrollmentPayment: { id: string } }>(
      CREATE.replace("courses-0001", "courses-0021"),
      { packageId: (await sell(api, { courses: 1 })).packageId, proofUrl: PROOF },
      { token },
    );
    return data?.createEnrollmentPayment.id;
  }

  beforeAll(async () => {
    shop = await openTestShop();
    const env = { RATE_LIMIT_SCALE: "0", TRANSFER_ACCOUNTS: "BCA:012-3456-789:Yayasan Lunas" };
    api = await startTestApi({ databaseUrl: shop.url, env });
    sold = await sell(api);
    const issue = createAccessTokens(api.config.jwtSecret, api.app.clock);
    owner = await addCustomer(shop.db);
    const other = await addCustomer(shop.db);
    tokens["owner"] = await issue.forUser({ id: owner as UserId, role: "CUSTOMER" });
    tokens["other"] = await issue.forUser({ id: other as UserId, role: "CUSTOMER" });
    tokens["staff"] = await issue.forUser({ id: (await addCustomer(shop.db)) as UserId, role: "STAFF" });
    tokens["service"] = await issue.forService();
  });
  afterAll(async () => {
    await api.stop();
    await shop.drop();
  });

  test("are bought by a proof, approved by a service, learnt by their owner, and nobody else's", async () => {
    type Created = { createEnrollmentPayment: { id?: string } };
    const created = await ask<Created>("owner", CREATE, { packageId: sold.packageId, proofUrl: PROOF });
    expect(created.errors).toEqual([]);
    const { id = "", ...shown } = created.data?.createEnrollmentPayment ?? {};
    expect(shown).toEqual({
      purpose: "ENROLLMENT",
      channel: "MANUAL_TRANSFER",
      status: "PAID",
      amount: 150_000,
      type: "UMUM",
      proofUrl: PROOF,
      paymentToken: null,
      package: { id: sold.packageId },
      course: null,
    });

    const approve = "mutation($id: ID!) { approvePayment(paymentId: $id) { status enrollments { status } } }";
    expect(codeOf(await ask("owner", approve, { id }))).toBe("FORBIDDEN");
    const approved = await ask<{ approvePayment: object }>("service", approve, { id });
    expect(approved.data?.approvePayment).toEqual({
      status: "APPROVED",
      enrollments: [{ status: "ENROLLED" }, { status: "ENROLLED" }],
    });

    for (const [who, proofUrl] of Object.entries({ owner: PROOF, staff: PROOF, service: null })) {
      const { data } = await ask<{ payment: { proofUrl: string | null; enrollments: object[] } }>(who, PAYMENT, { id });
      expect(data?.payment).toMatchObject({ status: "APPROVED", proofUrl, enrollments: [{ payment: { id } }, {}] });
    }
    expect((await ask<{ payment: null }>("other", PAYMENT, { id })).data?.payment).toBeNull();

    const mine = (await ask<Mine>("owner", MINE)).data?.enrollments;
    expect(mine?.totalCount).toBe(2);
    expect((await ask<Mine>("other", MINE)).data?.enrollments.nodes).toEqual([]);
    const enrollmentId = mine?.nodes[0]?.id as string;
    const one = "query($id: ID!) { enrollment(id: $id) { progress } }";
    for (const who of ["owner", "staff", "service"]) {
      expect((await ask<object>(who, one, { id: enrollmentId })).data).toEqual({ enrollment: { progress: 0 } });
    }
    const hidden = await ask("other", one, { id: enrollmentId });
    expect(hidden).toMatchObject({ data: { enrollment: null }, errors: [] });

    const learn = `mutation($id: ID!, $p: Int!) {
      updateEnrollmentProgress(enrollmentId: $id, progress: $p) { progress completedAt } }`;
    expect((await ask<object>("owner", learn, { id: enrollmentId, p: 40 })).data).toEqual({
      updateEnrollmentProgress: { progress: 40, completedAt: null },
    });
    expect(codeOf(await ask("owner", learn, { id: enrollmentId, p: 39 }))).toBe("PROGRESS_BACKWARDS");
    expect(codeOf(await ask("other", learn, { id: enrollmentId, p: 50 }))).toBe("NOT_FOUND");

    const again = CREATE.replace("courses-0001", "courses-0002");
    const owned = await ask("owner", again, { packageId: sold.packageId });
    expect(codeOf(owned)).toBe("ALREADY_ENROLLED");
  });

  test("are counted by learner and by course for staff and services", async () => {
    const query = `query($userId: ID, $courseId: ID) {
      adminEnrollments(userId: $userId, courseId: $courseId) { totalCount nodes { user { id } course { id } } } }`;
    type Found = { adminEnrollments: { totalCount: number } };
    const count = async (who: string, filter: object) =>
      (await ask<Found>(who, query, filter)).data?.adminEnrollments.totalCount;
    expect(await count("service", { userId: owner })).toBe(2);
    expect(await count("staff", { courseId: sold.courseIds[1] })).toBe(1);
    expect(await count("staff", { userId: "nobody" })).toBe(0);
    const status = "query($id: ID!) { enrollmentStatus(courseId: $id) }";
    for (const [who, is] of Object.entries({ owner: "ENROLLED", other: "NOT_ENROLLED" })) {
      expect((await ask<object>(who, status, { id: sold.courseIds[0] })).data).toEqual({ enrollmentStatus: is });
    }
  });

  test("wait for approval in the order they came, and what they gave says what it stands on", async () => {
    const query = `query($first: Int!, $after: String) { paymentsToApprove(first: $first, after: $after) {
      totalCount nodes { id } pageInfo { endCursor } } }`;
    type Waiting = { totalCount: number; nodes: { id: string }[]; pageInfo: { endCursor: string } };
    const page = async (first: number, after: string | null = null) =>
      (await ask<{ paymentsToApprove: Waiting }>("service", query, { first, after })).data?.paymentsToApprove;
    const one = await sell(api, { courses: 1 });
    const ids: (string | undefined)[] = [];
    for (const key of ["courses-0011", "courses-0012"]) {
      const create = CREATE.replace("courses-0001", key);
      const { data } = await ask<{ createEnrollmentPayment: { id: string } }>("other", create, {
        packageId: key.endsWith("1") ? one.packageId : sold.packageId,
        proofUrl: PROOF,
      });
      ids.push(data?.createEnrollmentPayment.id);
    }
    const first = await page(1);
    expect(first).toMatchObject({ totalCount: 2, nodes: [{ id: ids[0] }] });
    expect(await page(5, first?.pageInfo.endCursor)).toMatchObject({ nodes: [{ id: ids[1] }] });
    expect(codeOf(await ask("owner", query, { first: 1 }))).toBe("FORBIDDEN");

    await ask("staff", "mutation($id: ID!) { approvePayment(paymentId: $id) { id } }", { id: ids[0] });
    expect(await page(5)).toMatchObject({ totalCount: 1, nodes: [{ id: ids[1] }] });
    const standing = `query($search: String, $status: EnrollmentStatus, $from: Date) {
      adminEnrollments(search: $search, status: $status, from: $from) {
        nodes { grants { revokedAt payment { id } } } } }`;
    type Found = { adminEnrollments: { nodes: object[] } };
    const found = async (filter: object) => (await ask<Found>("staff", standing, filter)).data?.adminEnrollments.nodes;
    const [{ number } = { number: "" }] = await shop.db.sql<{ number: string }>(
      "select number from payments where id = $1",
      [ids[0]],
    );
    const stands = [{ grants: [{ revokedAt: null, payment: { id: ids[0] } }] }];
    expect(await found({ search: number.toLowerCase(), status: "ENROLLED" })).toEqual(stands);
    expect(await found({ search: number, status: "NOT_ENROLLED" })).toEqual([]);
    expect(await found({ search: number, from: "2126-01-01" })).toEqual([]);
    expect(await found({ search: "nobody@lunas.test" })).toEqual([]);
  });

  test("that one receipt pays for twice are shown to staff and services, and to neither of their owners", async () => {
    const [first = "", second = ""] = [await buyByTransfer(), await buyByTransfer()];
    const digest = `same ${first}`;
    for (const id of [first, second])
      await shop.db.sql(
        `insert into uploads (id, owner_id, content_type, bytes, digest, sent_digest, payment_id, used_at, created_at)
         select $1, user_id, 'image/png', 1, $2, $2, id, now(), now() from payments where id = $3`,
        [api.app.ids.next(), digest, id],
      );
    const query = "query($id: ID!) { payment(id: $id) { proofUsedBy { id status user { name } } } }";
    type Found = { payment: { proofUsedBy: object[] } };
    for (const who of ["staff", "service"]) {
      const { data, errors } = await ask<Found>(who, query, { id: first });
      expect(errors).toEqual([]);
      expect(data?.payment.proofUsedBy).toMatchObject([{ id: second, status: "PAID" }]);
    }
    expect((await ask<Found>("buyer", query, { id: second })).data?.payment.proofUsedBy).toEqual([]);
  });

  test("say to which account a transfer goes, to whoever asks", async () => {
    const { data, errors } = await api.graphql("{ transferAccounts { bank number holder } }");
    expect(errors).toEqual([]);
    expect(data).toEqual({ transferAccounts: [{ bank: "BCA", number: "0123456789", holder: "Yayasan Lunas" }] });
  });

  test("have a price for members, whom staff names", async () => {
    const member = "mutation($id: ID!, $is: Boolean!) { setMember(userId: $id, isMember: $is) { isMember } }";
    expect(codeOf(await ask("owner", member, { id: owner, is: true }))).toBe("FORBIDDEN");
    expect((await ask<object>("staff", member, { id: owner, is: true })).data).toEqual({
      setMember: { isMember: true },
    });
    expect(codeOf(await ask("staff", member, { id: "nobody", is: true }))).toBe("NOT_FOUND");
    const accounts = `query($search: String, $is: Boolean) {
      adminUsers(search: $search, isMember: $is) { totalCount nodes { id isMember } } }`;
    expect((await ask<object>("staff", accounts, { is: true })).data).toEqual({
      adminUsers: { totalCount: 1, nodes: [{ id: owner, isMember: true }] },
    });
    const [account] = await shop.db.sql<{ email: string }>("select email from users where id = $1", [owner]);
    const search = account?.email.toUpperCase();
    expect((await ask<object>("staff", accounts, { search })).data).toMatchObject({ adminUsers: { totalCount: 1 } });
    expect((await ask<object>("staff", accounts, { search, is: false })).data).toMatchObject({
      adminUsers: { totalCount: 0 },
    });
    expect(codeOf(await ask("owner", accounts, {}))).toBe("FORBIDDEN");
  });
});
