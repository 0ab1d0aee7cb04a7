import { describe, expect, test } from "vitest";
import { ownedCourses, standingOf, underWay, underWayFor } from "../../../web/learn/owning.ts";
import { fileSize, isProofGone, proofTrouble } from "../../../web/learn/proofFile.ts";

type Payment = Parameters<typeof underWay>[0][number];

const payment = (id: string, status: Payment["status"], more: Partial<Payment> = {}): Payment => ({
  id,
  status,
  type: "UMUM",
  channel: "MANUAL_TRANSFER",
  rejectReason: null,
  package: { id: "p1" },
  course: null,
  ...more,
});
const ids = (payments: readonly Payment[]) => payments.map(({ id }) => id);

describe("what a learner owns and is buying", () => {
  test("a course that was taken back is not owned", () => {
    const owned = ownedCourses([
      { status: "ENROLLED", course: { id: "a" } },
      { status: "NOT_ENROLLED", course: { id: "b" } },
    ]);
    expect([...owned]).toEqual(["a"]);
  });

  test("a month of a subscription is under way nowhere, whatever its status", () => {
    expect(standingOf({ status: "PAID", type: null })).toBeNull();
    expect(standingOf({ status: "PENDING", type: null })).toBeNull();
    expect(standingOf({ status: "PAID", type: "DIKE" })).toBe("checking");
  });

  test("a payment that a bank looks at is waited for, and not asked for once more", () => {
    expect(standingOf({ status: "CHALLENGED", type: "UMUM" })).toBe("checking");
  });

  test("a new proof silences the one that was rejected, and an approval all of them", () => {
    expect(ids(underWay([payment("new", "PAID"), payment("old", "REJECTED")]))).toEqual(["new"]);
    expect(underWay([payment("new", "APPROVED"), payment("old", "REJECTED")])).toEqual([]);
    expect(ids(underWay([payment("again", "REJECTED"), payment("old", "REJECTED")]))).toEqual(["again"]);
  });

  test("purchases of other packages and of other courses stand beside each other", () => {
    const all = [
      payment("a", "PAID", { course: { id: "c1" } }),
      payment("b", "PENDING", { course: { id: "c2" } }),
      payment("c", "PAID", { package: { id: "p2" } }),
    ];
    expect(ids(underWay(all))).toEqual(["a", "b", "c"]);
    expect(underWayFor(all, "p1", "c2")?.id).toBe("b");
    expect(underWayFor(all, "p1", "c3")).toBeUndefined();
    // A package with one course: its payments name the course, and the buyer did not have to.
    expect(underWayFor(all, "p1", null)?.id).toBe("a");
    expect(underWayFor(all, "p2", null)?.id).toBe("c");
  });

  test("a month that was paid after a rejected proof does not hide that it was rejected", () => {
    expect(ids(underWay([payment("month", "PAID", { type: null }), payment("old", "REJECTED")]))).toEqual(["old"]);
  });
});

describe("a proof before it is sent", () => {
  test("is told apart from what the server would refuse for its size and kind", () => {
    expect(proofTrouble({ size: 0, type: "image/png" })).toBe("EMPTY");
    expect(proofTrouble({ size: 5 * 1024 * 1024, type: "image/png" })).toBeNull();
    expect(proofTrouble({ size: 5 * 1024 * 1024 + 1, type: "image/png" })).toBe("TOO_LARGE");
    expect(proofTrouble({ size: 9, type: "text/html" })).toBe("WRONG_TYPE");
    expect(proofTrouble({ size: 9, type: "" })).toBeNull();
  });

  test("is sent again when the purchase was refused because of it, and for nothing else", () => {
    const refused = (code: string, details: object) => ({ errors: [{ extensions: { code, details } }] });
    expect(isProofGone(refused("INVALID_INPUT", { fields: { proofUrl: "a proof that no payment shows" } }))).toBe(true);
    expect(isProofGone(refused("INVALID_INPUT", { fields: { courseId: "one of the package" } }))).toBe(false);
    expect(isProofGone(refused("INVALID_INPUT", {}))).toBe(false);
    expect(isProofGone(refused("PRICE_CHANGED", { fields: { proofUrl: "" } }))).toBe(false);
    expect(isProofGone(new TypeError("no answer"))).toBe(false);
  });

  test("has a size that people can read", () => {
    expect([fileSize(1), fileSize(348_160), fileSize(1_258_291)]).toEqual(["1 KB", "340 KB", "1,2 MB"]);
  });
});
