import { roomWords } from "../ui/roomWords.ts";
import { alertDeskEn } from "../ui/words/alertDesk.en.ts";
import { alertDeskId } from "../ui/words/alertDesk.id.ts";
import { buyEn } from "../ui/words/buy.en.ts";
import { buyId } from "../ui/words/buy.id.ts";
import { closeDeskEn } from "../ui/words/closeDesk.en.ts";
import { closeDeskId } from "../ui/words/closeDesk.id.ts";
import { deskEn } from "../ui/words/desk.en.ts";
import { deskId } from "../ui/words/desk.id.ts";
import { gatewayEn } from "../ui/words/gateway.en.ts";
import { gatewayId } from "../ui/words/gateway.id.ts";
import { learnDeskEn } from "../ui/words/learnDesk.en.ts";
import { learnDeskId } from "../ui/words/learnDesk.id.ts";
import { ledgerDeskEn } from "../ui/words/ledgerDesk.en.ts";
import { ledgerDeskId } from "../ui/words/ledgerDesk.id.ts";
import { parcelEn } from "../ui/words/parcel.en.ts";
import { parcelId } from "../ui/words/parcel.id.ts";
import { payEn } from "../ui/words/pay.en.ts";
import { payId } from "../ui/words/pay.id.ts";
import { refundEn } from "../ui/words/refund.en.ts";
import { refundId } from "../ui/words/refund.id.ts";
import { refundDeskEn } from "../ui/words/refundDesk.en.ts";
import { refundDeskId } from "../ui/words/refundDesk.id.ts";

import { shipEn } from "../ui/words/ship.en.ts";
import { shipId } from "../ui/words/ship.id.ts";

/** The words of a page of the back office. */
export const useDeskWords = roomWords({
  id: {
    ...buyId,
    ...payId,
    ...deskId,
    ...alertDeskId,
    ...gatewayId,
    ...refundId,
    ...refundDeskId,
    ...parcelId,
    ...shipId,
    ...learnDeskId,
    ...closeDeskId,
    ...ledgerDeskId,
  },
  en: {
    ...buyEn,
    ...payEn,
    ...deskEn,
    ...alertDeskEn,
    ...gatewayEn,
    ...refundEn,
    ...refundDeskEn,
    ...parcelEn,
    ...shipEn,
    ...learnDeskEn,
    ...closeDeskEn,
    ...ledgerDeskEn,
  },
});

/** What the back office can say. */
export type AnyWordKey = Parameters<ReturnType<typeof useDeskWords>["t"]>[0];
