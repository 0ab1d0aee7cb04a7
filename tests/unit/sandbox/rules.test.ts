import { describe, expect, it } from "vitest";
import { readConfig } from "../../../sandbox/config.ts";
import { retriesFor, retryWait } from "../../../sandbox/midtrans/notifications.ts";
import { legalMoves } from "../../../sandbox/midtrans/transitions.ts";
import { DESTINATIONS } from "../../../sandbox/rajaongkir/data.ts";
import { billedKg, quotes, zoneOf } from "../../../sandbox/rajaongkir/tariffs.ts";

const place = (id: number) =>
  DESTINATIONS.find((row) => row.id === id) ??
  (() => {
    throw new Error(`no ${id}`);
  })();

describe("retries of a notification", () => {
  it.each([
    [200, 0],
    [204, 0],
    [301, 0],
    [302, 0],
    [303, 0],
    [400, 2],
    [404, 2],
    [500, 1],
    [503, 4],
    [401, 5],
    [403, 5],
    [502, 5],
    [307, 5],
    [null, 5],
  ])("after %p: %p", (status, retries) => {
    expect(retriesFor(status)).toBe(retries);
  });

  it("wait 2, 10, 30, 90 and 210 minutes with a shift that lets the first come after 33 s", () => {
    expect([1, 2, 3, 4, 5].map((retry) => retryWait(retry, 0.5) / 60_000)).toEqual([2, 10, 30, 90, 210]);
    expect(retryWait(1, 0)).toBe(33_000);
    expect(retryWait(1, 1)).toBe(207_000);
  });
});

describe("legal moves", () => {
  it("let only Permata, Mandiri bill and Indomaret be reversed after settlement", () => {
    const reversible = (["permata_va", "echannel", "indomaret"] as const).map((m) =>
      legalMoves(m, "settlement").includes("deny"),
    );
    expect(reversible).toEqual([true, true, true]);
    const firm = (["bca_va", "other_qris", "gopay", "credit_card", "alfamart"] as const).map((m) =>
      legalMoves(m, "settlement").includes("deny"),
    );
    expect(firm).toEqual([false, false, false, false, false]);
  });

  it("capture cards and settle everything else", () => {
    expect(legalMoves("credit_card", "pending")).toContain("capture");
    expect(legalMoves("credit_card", "pending")).not.toContain("settlement");
    expect(legalMoves("bca_va", "pending")).toContain("settlement");
    expect(legalMoves("bca_va", "pending")).not.toContain("capture");
  });

  it("end at deny, cancel, expire, refund and chargeback", () => {
    for (const end of ["deny", "cancel", "expire", "failure", "refund", "chargeback"] as const) {
      expect(legalMoves("credit_card", end)).toEqual([]);
    }
  });

  it("know no refund of bank and counter money, and no partial one of ShopeePay", () => {
    expect(legalMoves("bca_va", "settlement")).toEqual([]);
    expect(legalMoves("shopeepay", "settlement")).toEqual(["refund"]);
    expect(legalMoves("gopay", "settlement")).toEqual(["refund", "partial_refund"]);
  });
});

describe("tariffs", () => {
  it("price the worked example: 1.2 kg from Gambir to Gubeng by JNE REG is zone B, one kg, 20,000", () => {
    expect(zoneOf(place(900101), place(900113))).toBe("B");
    expect(quotes(place(900101), place(900113), 1_200, ["jne"])).toEqual([
      {
        name: "Jalur Nugraha Ekakurir (JNE)",
        code: "jne",
        service: "REG",
        description: "Layanan Reguler",
        cost: 20_000,
        etd: "2-3 day",
      },
      {
        name: "Jalur Nugraha Ekakurir (JNE)",
        code: "jne",
        service: "YES",
        description: "Yakin Esok Sampai",
        cost: 34_000,
        etd: "1 day",
      },
    ]);
  });

  it.each([
    [1, 1],
    [1_000, 1],
    [1_300, 1],
    [1_301, 2],
    [2_300, 2],
    [10_300, 10],
    [10_301, 11],
  ])("bill %p g as %p kg", (grams, kg) => {
    expect(billedKg(grams)).toBe(kg);
  });

  it("are zone A inside one city, whatever its letter", () => {
    expect(zoneOf(place(900113), place(900114))).toBe("A");
  });

  it("offer trucking from 10 kg on and leave out routes that are not served", () => {
    expect(quotes(place(900101), place(900113), 9_000, ["jne"]).map((row) => row.service)).toEqual(["REG", "YES"]);
    expect(quotes(place(900101), place(900113), 10_000, ["jne"]).map((row) => row.service)).toEqual([
      "REG",
      "YES",
      "JTR",
    ]);
    expect(quotes(place(900101), place(900123), 1_000, ["anteraja"])).toEqual([]);
  });

  it("keep the odd arrival texts", () => {
    expect(quotes(place(900101), place(900113), 1_000, ["jnt", "ide", "ninja", "pos"]).map((row) => row.etd)).toEqual([
      "",
      "0-0 day",
      "",
      "3 day",
    ]);
  });
});

describe("configuration", () => {
  it("has a default for everything", () => {
    expect(readConfig({})).toMatchObject({
      port: 4010,
      host: "127.0.0.1",
      timeScale: 1,
      rajaongkirKey: "sim-ok",
      merchantId: "G100200300",
    });
  });

  it("sends notifications to the shop's public address and signs with the server key unless told otherwise", () => {
    const config = readConfig({ PUBLIC_URL: "https://toko.test/", MIDTRANS_SERVER_KEY: "k1" });
    expect(config.notificationUrl).toBe("https://toko.test/api/webhooks/midtrans/payment-notification");
    expect(config.shipmentUrl).toBe("https://toko.test/api/webhooks/rajaongkir/shipment");
    expect(config.signatureKey).toBe("k1");
    expect(readConfig({ MIDTRANS_SIGNATURE_KEY: "k2" }).signatureKey).toBe("k2");
  });

  it.each([
    [{ SANDBOX_PORT: "abc" }, "SANDBOX_PORT"],
    [{ SANDBOX_TIME_SCALE: "0" }, "SANDBOX_TIME_SCALE"],
    [{ SANDBOX_NOTIFICATION_URL: "ftp://x" }, "SANDBOX_NOTIFICATION_URL"],
    [{ SANDBOX_CORE_ERRORS: "both" }, "SANDBOX_CORE_ERRORS"],
    [{ SANDBOX_SHIPMENT_METHOD: "GET" }, "SANDBOX_SHIPMENT_METHOD"],
    [{ SANDBOX_COURIER_NOISE: "2" }, "SANDBOX_COURIER_NOISE"],
    [{ SANDBOX_COURIER_BALANCE: "1.5" }, "SANDBOX_COURIER_BALANCE"],
  ])("names the bad variable: %p", (env, name) => {
    expect(() => readConfig(env)).toThrow(name);
  });
});
