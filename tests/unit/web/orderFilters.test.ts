import { describe, expect, test } from "vitest";
import { hiddenCount, isBackwards, orderFilter, readChoice } from "../../../web/account/orderFilters.ts";

const chosen = (address: string) => readChoice(new URLSearchParams(address));

describe("the address of one's orders", () => {
  test("asks the server for what it says, and for no more", () => {
    expect(orderFilter(chosen(""))).toEqual({});
    expect(orderFilter(chosen("stage=ended&payment=REFUNDED&from=2026-11-01&to=2026-11-30"))).toEqual({
      status: ["CANCEL_REQUESTED", "CANCELLED", "RETURNED"],
      paymentStatus: ["REFUNDED"],
      from: "2026-11-01",
      to: "2026-11-30",
    });
  });

  test("counts nothing that is no filter: a guessed stage, a status of another list, half a day", () => {
    const odd = chosen("stage=constructor&payment=APPROVED&from=2026-11&to=2026-13-45");
    expect(orderFilter(odd)).toEqual({});
    expect(hiddenCount(odd)).toBe(0);
  });

  test("is known to be backwards where its first day is after its last, and not for one day", () => {
    expect(isBackwards(chosen("from=2026-11-02&to=2026-11-01"))).toBe(true);
    expect(isBackwards(chosen("from=2026-11-01&to=2026-11-01"))).toBe(false);
    expect(isBackwards(chosen("from=2026-11-02"))).toBe(false);
  });

  test("says how many filters stand behind the stage", () => {
    expect(hiddenCount(chosen("stage=done"))).toBe(0);
    expect(hiddenCount(chosen("stage=done&payment=PAID&to=2026-11-01"))).toBe(2);
  });
});
