import { describe, expect, test } from "vitest";
import { nextPlace } from "../../../web/account/nextPlace.ts";
import { moneyStrip } from "../../../web/admin/moneyStrip.ts";
import { gapsOf, ownDraft, readyAddress, refusedGaps } from "../../../web/shop/addressDraft.ts";
import { createAttempts } from "../../../web/shop/attempt.ts";
import { payPage, payStep } from "../../../web/shop/payStep.ts";
import { chosenRates } from "../../../web/shop/shippingChoice.ts";
import { MAX_WISHES, mergeWishes, parseWishes, setWish, type Wish } from "../../../web/shop/wishes.ts";
import { detailNumber, failureOf } from "../../../web/ui/failure.ts";
import { nextPause } from "../../../web/ui/pace.ts";

describe("the key of an attempt", () => {
  test("stays the same for the same input, however often it is sent", () => {
    let made = 0;
    const attempts = createAttempts(() => `key-${++made}`);
    const keys = [attempts.keyFor({ total: 1 }), attempts.keyFor({ total: 1 }), attempts.keyFor({ total: 1 })];
    expect(keys).toEqual(["key-1", "key-1", "key-1"]);
  });

  test("changes when the input changes, and again when it changes back", () => {
    let made = 0;
    const attempts = createAttempts(() => `key-${++made}`);
    expect([1, 2, 1].map((total) => attempts.keyFor({ total }))).toEqual(["key-1", "key-2", "key-3"]);
  });
});

describe("a visitor's basket", () => {
  const wish = (productId: string, quantity: number): Wish => ({ productId, quantity });

  test("keeps one line a product, and 0 takes it out", () => {
    const two = setWish(setWish([], "a", 1), "a", 3);
    expect(two).toEqual([wish("a", 3)]);
    expect(setWish(two, "a", 0)).toEqual([]);
  });

  test("grows no further than its limit", () => {
    const full = Array.from({ length: MAX_WISHES }, (_, index) => wish(`p${index}`, 1));
    expect(setWish(full, "one-more", 1)).toHaveLength(MAX_WISHES);
  });

  test("comes along by the larger quantity, so that merging twice changes nothing", () => {
    const wishes = [wish("a", 2), wish("b", 1), wish("c", 5)];
    const cart = [wish("a", 1), wish("b", 4)];
    expect(mergeWishes(wishes, cart)).toEqual([wish("a", 2), wish("c", 5)]);
    expect(mergeWishes(wishes, [wish("a", 2), wish("b", 4), wish("c", 5)])).toEqual([]);
  });

  test("starts empty when the stored text is not a basket", () => {
    expect([null, "", "{", "5", '[{"productId":1}]', '[{"productId":"a","quantity":-1}]'].map(parseWishes)).toEqual(
      Array(6).fill([]),
    );
  });
});

describe("an address", () => {
  const place = { id: 17549 } as NonNullable<Parameters<typeof readyAddress>[0]["destination"]>;
  const draft = { recipient: "Sari", phone: "0812-3456-7890", line: "Jl. Melati 5", note: "", destination: place };

  test("that is typed on several lines is sent on one, as labels have it", () => {
    const typed = { ...draft, line: " Jl. Melati 5\nRT 01/RW 03\r\n", note: "pagar\thijau " };
    expect(readyAddress(typed)).toMatchObject({ line: "Jl. Melati 5 RT 01/RW 03", note: "pagar hijau" });
    expect(readyAddress({ ...draft, destination: null })).toBeNull();
  });

  test.each([
    ["0812 3456 7890", {}],
    ["+62 (812) 3456.7890", {}],
    ["+65 9123 4567", { phone: true }],
    ["12345678", { phone: true }],
    ["", { phone: true }],
  ])("is asked for a number that the server takes: %s", (phone, gaps) => {
    expect(gapsOf({ ...draft, phone })).toEqual(gaps);
  });

  test("shows which field the server refused", () => {
    const failure = { retryable: false, details: { fields: { "input.address.phone": "a number", "input.x": "y" } } };
    expect(refusedGaps({ ...failure, code: "INVALID_INPUT" })).toEqual({ phone: true });
    expect(refusedGaps({ ...failure, code: "CONFLICT" })).toEqual({});
    expect(refusedGaps(null)).toEqual({});
  });

  test("that one person typed is shown to no other one", () => {
    const stored = JSON.stringify({ owner: "sari", draft });
    expect(ownDraft(stored, { id: "sari", name: "Sari" })).toMatchObject({ line: "Jl. Melati 5" });
    expect(ownDraft(stored, { id: "budi", name: "Budi" })).toBeNull();
    expect([null, "", "{", "5", JSON.stringify(draft)].map((text) => ownDraft(text, { id: "", name: "" }))).toEqual(
      Array(5).fill(null),
    );
  });
});

describe("what a payment lets one do", () => {
  const live = { state: "LIVE" as const, gatewayStatus: null, instructions: { redirectUrl: "https://pay.example/1" } };
  const pending = { status: "PENDING" as const, expiresAt: "2026-11-20T10:00:00.000Z", currentTransaction: live };
  const before = Date.parse("2026-11-20T09:00:00.000Z");

  test.each([
    ["pay", pending],
    ["pay", { ...pending, currentTransaction: { ...live, gatewayStatus: "pending" } }],
    ["start", { ...pending, currentTransaction: null }],
    ["preparing", { ...pending, currentTransaction: { ...live, state: "STARTING" as const, instructions: {} } }],
    ["unknown", { ...pending, currentTransaction: { ...live, state: "UNKNOWN" as const } }],
    ["again", { ...pending, currentTransaction: { ...live, gatewayStatus: "deny" } }],
    ["again", { ...pending, currentTransaction: { ...live, state: "CLOSED" as const } }],
    ["review", { ...pending, status: "CHALLENGED" as const }],
    ["paid", { ...pending, status: "PAID" as const }],
    ["paid", { ...pending, status: "REFUNDED" as const }],
    ["failed", { ...pending, status: "FAILED" as const }],
    ["expired", { ...pending, status: "EXPIRED" as const }],
    ["cancelled", { ...pending, status: "CANCELLED" as const }],
  ])("is %s", (step, payment) => {
    expect(payStep(payment, before)).toBe(step);
  });

  test("ends with its deadline even before the server says so", () => {
    expect(payStep(pending, Date.parse("2026-11-20T10:00:00.000Z"))).toBe("expired");
  });

  test("never leads to an address that is not a web page", () => {
    const leading = (redirectUrl: string) =>
      payPage({ currentTransaction: { ...live, instructions: { redirectUrl } } });
    expect(leading("https://app.midtrans.com/snap")).toBe("https://app.midtrans.com/snap");
    expect(leading("javascript:alert(1)")).toBeNull();
  });
});

test("each store ships by the cheapest courier until another is chosen, and by it again when that one is gone", () => {
  const rates = [
    { courier: "jne", service: "REG", cost: 18_000 },
    { courier: "jnt", service: "EZ", cost: 16_000 },
  ];
  const stores = [
    { store: { id: "s" }, rates },
    { store: { id: "none" }, rates: [] },
  ];
  expect([...chosenRates(stores, {})].map(([id, rate]) => [id, rate.service])).toEqual([["s", "EZ"]]);
  expect(chosenRates(stores, { s: "jne REG" }).get("s")?.service).toBe("REG");
  expect(chosenRates(stores, { s: "sicepat BEST" }).get("s")?.service).toBe("EZ");
});

test("a refusal is understood however it arrives", () => {
  const refusal = { errors: [{ message: "no", extensions: { code: "TOTAL_CHANGED", details: { total: 5 } } }] };
  expect(detailNumber(failureOf(refusal), "total")).toBe(5);
  // Nobody at the payment company is to blame for a shop that is down.
  expect(failureOf({ statusCode: 503 })).toMatchObject({ code: "OFFLINE", retryable: true });
  expect(failureOf(new DOMException("too long", "TimeoutError")).code).toBe("OFFLINE");
  expect(failureOf(new TypeError("Failed to fetch"))).toMatchObject({ code: "OFFLINE", retryable: true });
  expect([null, "text", new Error("bug"), { errors: [{}] }].map((error) => failureOf(error).code)).toEqual([
    "UNEXPECTED",
    "UNEXPECTED",
    "UNEXPECTED",
    "INTERNAL",
  ]);
});

test("a payment is looked at every 2 s for a minute, then more slowly, and at least every 15 s", () => {
  expect(nextPause(0, 0)).toBe(2_000);
  expect(nextPause(59_999, 2_000)).toBe(2_000);
  const later = [2_000];
  for (let look = 0; look < 10; look += 1) later.push(nextPause(60_000, later[later.length - 1] ?? 0));
  expect(later.slice(0, 4)).toEqual([2_000, 3_000, 4_500, 6_750]);
  expect(Math.max(...later)).toBe(15_000);
});

test("signing in leads back into this shop and nowhere else", () => {
  expect(nextPlace("/checkout?x=1")).toBe("/checkout?x=1");
  const elsewhere = ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", null, ""];
  expect(elsewhere.map(nextPlace)).toEqual(Array(6).fill("/"));
});

test("a payment's strip tells what is due, here, gone back, and in doubt", () => {
  const payment = { status: "PENDING" as const, amount: 218_000, refundedAmount: 0, refunds: [], transactions: [] };
  expect(moneyStrip(payment)).toEqual({ due: 218_000, paid: 0, refunded: 0, refundable: 0, returning: 0, inDoubt: 0 });
  expect(moneyStrip({ ...payment, status: "PARTIALLY_REFUNDED", refundedAmount: 18_000 })).toEqual({
    due: 0,
    paid: 218_000,
    refunded: 18_000,
    refundable: 200_000,
    returning: 0,
    inDoubt: 0,
  });
  expect(moneyStrip({ ...payment, transactions: [{ state: "UNKNOWN" }] }).inDoubt).toBe(218_000);
});
