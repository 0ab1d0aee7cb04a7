import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { inTransaction } from "../../../platform/db.ts";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  ids,
  NOW,
  openTestShop,
  payOrder,
  type TestShop,
} from "../../support/shopRows.ts";

/** Something of which a stranger must not even learn that it is there. */
interface Hidden {
  readonly orders: readonly string[];
  readonly sessions: readonly string[];
  readonly payments: readonly string[];
  readonly enrollments: readonly string[];
  readonly reviews: readonly string[];
}

let shop: TestShop;
let api: TestApi;
let token: string;
let hidden: Hidden;

const write = (text: string, values: unknown[] = []) => inTransaction(shop.db, (tx) => tx.sql(text, values));

async function addEnrollment(userId: string): Promise<string> {
  const [course, enrollment] = [ids.next(), ids.next()];
  await write(
    `insert into courses (id, slug, title, description, created_at)
     values ($1::uuid, $1::uuid::text, 'Seduh', 'x', $2)`,
    [course, NOW],
  );
  await write(
    `insert into enrollments (id, user_id, course_id, status, enrolled_at, created_at, updated_at)
     values ($1, $2, $3, 'ENROLLED', $4, $4, $4)`,
    [enrollment, userId, course, NOW],
  );
  return enrollment;
}

/** The id of a review, and whether it stands, was taken back, or was taken down. */
async function addReview(userId: string, orderId: string, change = ""): Promise<string> {
  const id = ids.next();
  await write(
    `insert into reviews (id, product_id, user_id, order_item_id, rating, comment, created_at, updated_at)
     select $1, i.product_id, $2, i.id, 5, 'Bagus', $4, $4 from order_items i where i.order_id = $3 limit 1`,
    [id, userId, orderId, NOW],
  );
  if (change) await write(`update reviews set ${change} where id = $1`, [id]);
  return id;
}

beforeAll(async () => {
  shop = await openTestShop();
  api = await startTestApi({ databaseUrl: shop.url, env: { RATE_LIMIT_SCALE: "0" } });
  const [me, other] = [await addCustomer(shop.db), await addCustomer(shop.db)];
  token = await createAccessTokens(api.config.jwtSecret, api.app.clock).forUser({ id: me as UserId, role: "CUSTOMER" });
  const shelf = await addStore(shop.db);
  const [theirs, theirsArchived, mineArchived] = [
    await addOrder(shop.db, other, shelf),
    await addOrder(shop.db, other, shelf),
    await addOrder(shop.db, me, shelf),
  ];
  for (const order of [theirs, theirsArchived, mineArchived]) await payOrder(shop.db, order);
  await write("update orders set is_archived = true, status = 'COMPLETED' where id = any($1::uuid[])", [
    [theirsArchived.orderId, mineArchived.orderId],
  ]);
  const down = `is_archived = true, archived_at = created_at, archived_by = user_id, archive_reason = 'x'`;
  hidden = {
    orders: [theirs.orderId, theirsArchived.orderId, mineArchived.orderId],
    sessions: [theirs.sessionId, theirsArchived.sessionId],
    payments: [theirs.paymentId, theirsArchived.paymentId],
    enrollments: [await addEnrollment(other)],
    reviews: [await addReview(other, theirs.orderId, down)],
  };
});
afterAll(async () => {
  await api.stop();
  await shop.drop();
});

/** What a caller is answered, and how many statements that took. */
async function ask(query: string, id: string) {
  const before = statementsSent();
  const { status, data, errors } = await api.graphql(query, { id }, { token });
  return { status, data, errors, statements: statementsSent() - before };
}

/** There is none: a refusal that says so, or null. One that is refused for its form says nothing of anybody. */
const isNotThere = ({ status, data, errors }: Awaited<ReturnType<typeof ask>>): boolean =>
  errors.length > 0
    ? errors.every(({ extensions }) => extensions.code === "NOT_FOUND")
    : JSON.stringify([status, Object.values(data ?? {})]) === "[200,[null]]";

const GUESSED = "01890000-0000-7000-8000-000000000001";

const OPERATIONS: readonly (readonly [keyof Hidden, string])[] = [
  ["orders", "query ($id: ID!) { order(id: $id) { id number history { to } } }"],
  [
    "orders",
    'mutation ($id: ID!) { cancelOrder(input: { orderId: $id, reason: "x", idempotencyKey: "same-answer" }) { id } }',
  ],
  ["orders", "query ($id: ID!) { cancelPreview(orderId: $id) { becomes } }"],
  ["orders", "mutation ($id: ID!) { confirmReceipt(orderId: $id) { id } }"],
  ["orders", "mutation ($id: ID!) { archiveOrder(orderId: $id) { id } }"],
  ["sessions", "query ($id: ID!) { checkoutSession(id: $id) { id orders { id } } }"],
  ["payments", "query ($id: ID!) { payment(id: $id) { id number orders { id } } }"],
  ["payments", "mutation ($id: ID!) { syncPayment(paymentId: $id) { id } }"],
  ["payments", "mutation ($id: ID!) { cancelPayment(paymentId: $id) { id } }"],
  ["payments", "mutation ($id: ID!) { renewPaymentToken(paymentId: $id) { id } }"],
  ["enrollments", "query ($id: ID!) { enrollment(id: $id) { id progress } }"],
  ["enrollments", "mutation ($id: ID!) { updateEnrollmentProgress(enrollmentId: $id, progress: 5) { id } }"],
  ["reviews", 'mutation ($id: ID!) { updateReview(reviewId: $id, input: { comment: "Bagus" }) { id } }'],
  ["reviews", "mutation ($id: ID!) { deleteReview(reviewId: $id) { id } }"],
];

describe("another's, an archived and a guessed id are one answer, for one cost", () => {
  test.each(OPERATIONS)("of %s: %s", async (kind, query) => {
    const guessed = await ask(query, GUESSED);
    expect([guessed, isNotThere(guessed)]).toEqual([guessed, true]);
    for (const id of hidden[kind]) expect(await ask(query, id)).toEqual(guessed);
  });
});
