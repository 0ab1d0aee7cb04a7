import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../../../domain/kernel/errors.ts";
import { alertDeskEn } from "../../../web/ui/words/alertDesk.en.ts";
import { alertDeskId } from "../../../web/ui/words/alertDesk.id.ts";
import { buyEn } from "../../../web/ui/words/buy.en.ts";
import { buyId } from "../../../web/ui/words/buy.id.ts";
import { closeDeskEn } from "../../../web/ui/words/closeDesk.en.ts";
import { closeDeskId } from "../../../web/ui/words/closeDesk.id.ts";
import { deskEn } from "../../../web/ui/words/desk.en.ts";
import { deskId } from "../../../web/ui/words/desk.id.ts";
import { en } from "../../../web/ui/words/en.ts";
import { gatewayEn } from "../../../web/ui/words/gateway.en.ts";
import { gatewayId } from "../../../web/ui/words/gateway.id.ts";
import { id } from "../../../web/ui/words/id.ts";
import { learnEn } from "../../../web/ui/words/learn.en.ts";
import { learnId } from "../../../web/ui/words/learn.id.ts";
import { learnDeskEn } from "../../../web/ui/words/learnDesk.en.ts";
import { learnDeskId } from "../../../web/ui/words/learnDesk.id.ts";
import { ledgerDeskEn } from "../../../web/ui/words/ledgerDesk.en.ts";
import { ledgerDeskId } from "../../../web/ui/words/ledgerDesk.id.ts";
import { parcelEn } from "../../../web/ui/words/parcel.en.ts";
import { parcelId } from "../../../web/ui/words/parcel.id.ts";
import { payEn } from "../../../web/ui/words/pay.en.ts";
import { payId } from "../../../web/ui/words/pay.id.ts";
import { refundEn } from "../../../web/ui/words/refund.en.ts";
import { refundId } from "../../../web/ui/words/refund.id.ts";
import { refundDeskEn } from "../../../web/ui/words/refundDesk.en.ts";
import { refundDeskId } from "../../../web/ui/words/refundDesk.id.ts";
import { shipEn } from "../../../web/ui/words/ship.en.ts";
import { shipId } from "../../../web/ui/words/ship.id.ts";

type Texts = Readonly<Record<string, string>>;

/** Each part of the client with its words in both languages. */
const PARTS: readonly (readonly [part: string, id: Texts, en: Texts])[] = [
  ["every page", id, en],
  ["buying", buyId, buyEn],
  ["paying", payId, payEn],
  ["courses", learnId, learnEn],
  ["parcels", parcelId, parcelEn],
  ["the back office", deskId, deskEn],
  ["alerts", alertDeskId, alertDeskEn],
  ["shipping at the desk", shipId, shipEn],
  ["the gateway and fraud", gatewayId, gatewayEn],
  ["cancelling and refunds", refundId, refundEn],
  ["refunds at the desk", refundDeskId, refundDeskEn],
  ["the daily close", closeDeskId, closeDeskEn],
  ["the ledger", ledgerDeskId, ledgerDeskEn],
  ["courses, members and reviews at the desk", learnDeskId, learnDeskEn],
];

const placeholders = (text = "") => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe.each(PARTS)("the words of %s", (_, indonesian, english) => {
  test("are the same in both languages", () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(indonesian).sort());
  });

  test("take the same values in both languages, and are never empty", () => {
    for (const [key, text] of Object.entries(indonesian)) {
      expect([key, placeholders(english[key])]).toEqual([key, placeholders(text)]);
      expect(text.trim() && english[key]?.trim()).toBeTruthy();
    }
  });
});

test("no two parts have a word of the same name, so that the back office never says another's", () => {
  const all = PARTS.flatMap(([, indonesian]) => Object.keys(indonesian));
  expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([]);
});

test("every refusal that the shop knows has its words", () => {
  expect(ERROR_CODES.filter((code) => !(`error.${code}` in id))).toEqual([]);
});
