import { describe, expect, test } from "vitest";
import type { ParcelEvent, ParcelFlag, ParcelScan } from "../../../domain/shipping/courierGateway.ts";
import { historyOf, readLine, readWord } from "../../../gateways/courierWords.ts";

type Row = readonly [event: ParcelEvent, flag: ParcelFlag | null, words: string];

/** Each row: the words that one meaning has, as the reference's table of statuses lists them. */
const TABLE: readonly Row[] = [
  ["stored", null, "DIAJUKAN, CREATED, ORDER DIBUAT, BOOKED, PENDING, LABELED, Diajukan, Created"],
  [
    "pickupArranged",
    "packed",
    "DIPACKING, PACKING, PACKED, PICKUP SCHEDULED, OUT FOR PICKUP, Dipacking, Out for Pickup",
  ],
  ["stored", null, "PENDING PICKUP, AWAITING PICKUP, SHIPMENT INFORMATION"],
  ["moving", "pickedUp", "DIJEMPUT, PICKUP, PICKED UP, PICKED, COLLECTED, Dijemput, Pickup"],
  ["moving", null, "MANIFESTED, Manifested, RECEIVED AT ORIGIN, GATEWAY JAKARTA"],
  ["moving", null, "DIKIRIM, SENT, SHIPPED, PROCESS, ON PROCESS, ON TRANSIT, IN TRANSIT, TRANSIT, DEPARTED, SORTING"],
  ["moving", null, "RECEIVED ON DESTINATION, RECEIVED AT WAREHOUSE, Dikirim, Sent, Shipped, In Transit, Process"],
  [
    "moving",
    "outForDelivery",
    "DELIVERY, OUT FOR DELIVERY, WITH DELIVERY COURIER, ON DELIVERY, PROSES ANTAR, DIBAWA KURIR",
  ],
  ["moving", "outForDelivery", "Delivery, out-for_delivery"],
  ["problem", "problem", "PROBLEM, BERMASALAH, UNDELIVERED, DELIVERY FAILED, FAILED ATTEMPT, GAGAL ANTAR, BAD ADDRESS"],
  ["problem", "problem", "CUSTOMER NOT AT HOME, HOLD, ON HOLD, Problem, Undelivered"],
  ["stored", "pickupProblem", "GAGAL PICKUP, PICKUP FAILED, PICK UP GAGAL, GAGAL JEMPUT, PICKUP GAGAL"],
  ["delivered", null, "DITERIMA, RECEIVED, DELIVERED, TERKIRIM, SELESAI, COMPLETED, POD"],
  ["delivered", null, "Diterima, Received, Delivered, Selesai, DELIVERED TO [BUDI | 01-10-2026]"],
  ["returning", null, "RETUR, RETURN, RETURN PROCESS, RETURNING, RTS, Retur, Return"],
  ["returned", null, "RETURN DONE, RETURNED, RETURNED TO SHIPPER, RETUR DITERIMA, RETUR SELESAI, Return Done"],
  ["returned", null, "DELIVERED TO SHIPPER, DELIVERED TO SENDER, KEMBALI KE PENGIRIM"],
  ["returned", null, "DITERIMA OLEH PENGIRIM, DITERIMA PENGIRIM, RETURN TO SENDER DONE, RETUR KE PENGIRIM SELESAI"],
  ["returning", null, "RETURN TO SENDER, RETURN TO SHIPPER, RETUR KE PENGIRIM, ON PROCESS RETURN TO SHIPPER"],
  ["returning", null, "PROSES RETUR KE PENGIRIM, WILL BE RETURNED TO SHIPPER, BEING RETURNED, RETURNING TO SENDER"],
  ["returning", null, "DIKIRIM KEMBALI KE PENGIRIM, DALAM PERJALANAN KE PENGIRIM, RETURNED TO WAREHOUSE"],
  ["delivered", null, "DITERIMA OLEH BUDI, PAKET DITERIMA OLEH YANG BERSANGKUTAN, DELIVERED TO CONSIGNEE"],
  [
    "unknownWord",
    null,
    "DITERIMA OLEH KURIR, PAKET DITERIMA OLEH AGEN JAKARTA, DITERIMA OLEH GUDANG, DELIVERED TO AGENT",
  ],
  ["unknownWord", null, "DELIVERED TO DROP POINT, DELIVERED TO COUNTER JNE, DITERIMA OLEH PETUGAS SORTING"],
  ["unknownWord", null, "CANNOT BE DELIVERED TO CONSIGNEE, COULD NOT BE DELIVERED TO ADDRESS, TO BE DELIVERED TO BUDI"],
  ["unknownWord", null, "BEING DELIVERED TO BUDI, TIDAK DAPAT DITERIMA OLEH PENERIMA, AKAN DITERIMA OLEH BUDI"],
  ["stored", "pickupProblem", "PICKUP CANCELLED, PICKUP DIBATALKAN, CANCEL PICKUP, BATAL PICKUP, BATAL JEMPUT"],
  ["problem", "problem", "DELIVERY CANCELLED, PENGANTARAN DIBATALKAN, BATAL ANTAR"],
  ["unknownWord", null, "CANCELLATION REQUESTED, CANCEL REQUESTED, PEMBATALAN DIPROSES, PERMINTAAN PEMBATALAN"],
  ["cancelled", null, "ORDER CANCELLED, PESANAN DIBATALKAN"],
  ["cancelled", null, "BATAL, DIBATALKAN, CANCEL, CANCELED, CANCELLED, Batal, Dibatalkan, Canceled"],
  ["lost", null, "HILANG, LOST, RUSAK, DAMAGED, DESTROYED, Hilang, Rusak"],
  [
    "unknownWord",
    null,
    "RECEIVED BY BUDI, RECEIVED BY SORTING CENTER JAKARTA, NOT DELIVERED, BELUM DITERIMA, NOT RECEIVED",
  ],
  ["unknownWord", null, "MENUNGGU, PACKAGE WEIGHED, 240"],
];

const CASES = TABLE.flatMap(([event, flag, list]) => list.split(", ").map((words) => [words, event, flag] as const));

describe("a courier's word", () => {
  test.each(CASES)("%j means %s (%s)", (words, event, flag) => {
    expect(readWord(words)).toEqual({ event, flag, words });
  });

  test.each([
    ["  delivered\n", "delivered"],
    ["out_for_delivery", "moving"],
    ["Return   Done", "returned"],
  ])("is known in any spelling: %j", (words, event) => {
    expect(readWord(words)).toMatchObject({ event, words: words.trim() });
  });

  test.each([[""], ["   "], [null], [undefined], [7], [{}]])("that is none (%j) says nothing", (words) => {
    expect(readWord(words)).toEqual({ event: "unknownWord", flag: null, words: "" });
  });

  test("is kept as it was written, up to what a person reads", () => {
    expect(readWord(`Sedang \u0000transit ${"x".repeat(500)}`).words).toHaveLength(200);
    expect(readWord(`${"x".repeat(199)}🙂`).words.isWellFormed()).toBe(true);
  });
});

describe("a line of a parcel's history", () => {
  test.each(["DELIVERED TO BUDI", "RETURN DONE", "PAKET HILANG", "ORDER CANCELLED", "PAKET DITERIMA OLEH BUDI"])(
    "never ends a parcel's way by its free text: %s",
    (text) => {
      expect(readLine(text)).toEqual({ event: "unknownWord", flag: null, words: text });
    },
  );

  test("may say that it moves", () => {
    expect(readLine("PAKET DIBAWA KURIR [SURABAYA]")).toMatchObject({ event: "moving", flag: "outForDelivery" });
  });
});

const scan = (minute: number, status: string, description = ""): ParcelScan => ({
  at: new Date(Date.UTC(2026, 9, 1, 3, minute)),
  news: readWord(status),
  description,
  location: null,
  code: "",
});

describe("a parcel's history", () => {
  test("is told the oldest first, whatever order it came in, and lines of one minute as they came", () => {
    const lines = [
      scan(9, "Delivery", "c"),
      scan(1, "Pickup", "a"),
      scan(5, "Process", "b1"),
      scan(5, "Process", "b2"),
    ];
    expect(historyOf(readWord("Delivery"), lines).events.map(({ description }) => description)).toEqual([
      "a",
      "b1",
      "b2",
      "c",
    ]);
  });

  test.each(["ON PROCESS", "WITH DELIVERY COURIER", "", "SOMETHING NEW"])(
    "is delivered by the company's flag where its word (%j) does not know better",
    (word) => {
      expect(historyOf(readWord(word), [scan(1, "Process")], true).news).toEqual({
        event: "delivered",
        flag: null,
        words: word,
      });
    },
  );

  test.each([
    ["RETURN PROCESS", "returning"],
    ["RETURN DONE", "returned"],
    ["UNDELIVERED", "problem"],
    ["CANCELLED", "cancelled"],
    ["LOST", "lost"],
  ])("is not delivered by that flag when the word is %s", (word, event) => {
    expect(historyOf(readWord(word), [], true).news.event).toBe(event);
  });

  test.each([
    ["a line's status", [scan(1, "Process"), scan(2, "Retur")]],
    ["a line's text", [scan(1, "Process", "PAKET RETUR KE GUDANG"), scan(2, "Process")]],
  ])("that speaks of a return in %s is on its way back, even when it is called delivered", (_, lines) => {
    expect(historyOf(readWord("DELIVERED"), lines).news).toEqual({
      event: "returning",
      flag: null,
      words: "DELIVERED",
    });
    expect(historyOf(readWord("ON PROCESS"), lines, true).news.event).toBe("returning");
  });
});
