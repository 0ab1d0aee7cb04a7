import { expect, test } from "vitest";
import { cardName, isUsable } from "../../../web/shop/pay/cardName.ts";

test("a card is told by its bank and last digits alone", () => {
  expect(cardName({ maskedCard: "48111111-1114", bank: "mega" })).toBe("MEGA •••• 1114");
  expect(cardName({ maskedCard: "521111-1117", bank: null })).toBe("•••• 1117");
});

test("a card is offered until the moment that it ends", () => {
  const END = "2026-11-20T09:00:00.000Z";
  const at = Date.parse(END);
  expect([isUsable({ expiresAt: END }, at - 1), isUsable({ expiresAt: END }, at)]).toEqual([true, false]);
  expect(isUsable({ expiresAt: null }, at)).toBe(true);
});
