import { describe, expect, test } from "vitest";
import { readRefundAnswer } from "../../../gateways/midtrans/wire.ts";

const told = (code: number, status_message?: string) =>
  readRefundAnswer(code, { status_code: `${code}`, status_message });

describe("the gateway's answer to a refund", () => {
  test.each(["Refund denied by the bank", "Declined by issuer", "The refund was rejected", "Ditolak oleh bank"])(
    "is a refusal where it says so: %s",
    (why) => expect(told(202, why)).toEqual({ kind: "denied", code: 202, why }),
  );

  test.each([undefined, "", "Request is being processed", "Success, refund request is received"])(
    "is unknown, and never a refusal, where a 202 says anything else: %s",
    (why) => expect(told(202, why)).toBeNull(),
  );

  test.each([
    [200, "", "accepted"],
    [406, "Duplicate refund ID", "exists"],
    [412, "Merchant cannot modify the status of the transaction", "cannot"],
    [414, "Refund request is rejected due to invalid amount", "amount"],
    [414, "Insufficient merchant balance", "funds"],
    [404, "Transaction doesn't exist.", "rejected"],
  ])("is known by its code and its words: %i %s", (code, why, kind) => {
    expect(told(code, why)).toMatchObject({ kind });
  });

  test("of a trouble there, or of nothing, is unknown", () => {
    expect([told(500), told(503), readRefundAnswer(null, "")]).toEqual([null, null, null]);
  });
});
