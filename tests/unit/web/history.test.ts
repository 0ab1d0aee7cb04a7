import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { historyLine, isNoted } from "../../../web/account/historyLine.ts";

const change = { from: "PENDING_PAYMENT", to: "CANCELLED", reason: null, source: "SYSTEM" } as const;

test("that money came is Midtrans's word, whoever made the shop ask, and has no note of the shop's own", () => {
  const paid = { ...change, to: "PAID" };
  expect(historyLine({ ...paid, source: "CUSTOMER", reason: "sync" })).toEqual({
    title: null,
    source: "MIDTRANS",
    note: null,
  });
  expect(historyLine({ ...paid, reason: "poll" }).source).toBe("MIDTRANS");
});

test("a payment whose time was over says so in the customer's words; a look that found it is nobody's doing", () => {
  expect(historyLine({ ...change, reason: "the payment window is over" }).note).toEqual({
    key: "orderNote.windowOver",
  });
  expect(historyLine({ ...change, source: "CUSTOMER", reason: "sync" })).toMatchObject({
    source: "SYSTEM",
    note: null,
  });
});

test("who cancelled reads why, and what staff noted for itself stays with staff", () => {
  const words = { words: "Salah alamat" };
  const asked = { ...change, from: "PAID", to: "CANCEL_REQUESTED", reason: "Salah alamat" };
  expect(historyLine({ ...change, source: "CUSTOMER", reason: "Salah alamat" }).note).toEqual(words);
  expect(historyLine({ ...asked, source: "STAFF" }).note).toEqual(words);
  const found = { from: "CANCEL_REQUESTED", to: "CANCELLED", reason: "Tidak ada di daftar" };
  expect(historyLine({ ...found, source: "STAFF" }).note).toBeNull();
  expect(historyLine({ ...found, to: "SHIPPED", source: "RAJAONGKIR" }).note).toEqual({ words: "Tidak ada di daftar" });
  const reason = "422: cancel order failed: Failed Cancel order, order status Diterima";
  expect(historyLine({ ...found, reason, to: "SHIPPED", source: "RAJAONGKIR" }).note).toEqual({ words: "Diterima" });
  const other = { ...found, reason: "422: the parcel is on its way", to: "SHIPPED", source: "RAJAONGKIR" } as const;
  expect(historyLine(other).note).toEqual({ words: "the parcel is on its way" });
});

test("an order without its courier is not said to be paid once more", () => {
  const gone = { from: "PROCESSING", to: "PAID", reason: null, source: "RAJAONGKIR" } as const;
  expect(historyLine(gone)).toMatchObject({ title: "orderStep.bookAnew", source: "RAJAONGKIR" });
});

test("whatever the shop notes for itself about a payment is known here", () => {
  const causes = ["payment", "refund", "enrollment"].flatMap((feature) => {
    const folder = path.join("domain", feature);
    return readdirSync(folder)
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [...readFileSync(path.join(folder, file), "utf8").matchAll(/actorId: .*reason: "([^"]+)"/g)])
      .map((found) => found[1] as string);
  });
  expect(causes.length).toBeGreaterThan(8);
  expect(causes.filter((cause) => !isNoted(cause))).toEqual([]);
});
