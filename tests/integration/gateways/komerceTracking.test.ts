import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { REQUEST_CONTEXT, RESPONSE_CONTEXT } from "../../../domain/kernel/sealedColumns.ts";
import type { CourierGateway } from "../../../domain/shipping/courierGateway.ts";
import { createKomerceGateway } from "../../../gateways/komerce/http.ts";
import { createCallRecorder } from "../../../gateways/recordCall.ts";
import { inTransaction } from "../../../platform/db.ts";
import { createLog } from "../../../platform/log.ts";
import { createSealer } from "../../../platform/secrets.ts";
import { type Behaviour, envelope, type FakeCourier, html, startFakeCourier } from "../../support/fakeCourier.ts";
import {
  AWB,
  answer,
  BOOKING,
  booking,
  DELIVERY_KEY,
  detail,
  komerceAt,
  OTHER_BOOKING,
  parcel,
  stored,
} from "../../support/komerceAnswers.ts";
import { clock, ids, openTestShop, type TestShop } from "../../support/shopRows.ts";

let komerce: FakeCourier;
let shop: TestShop;
beforeAll(async () => {
  [komerce, shop] = await Promise.all([startFakeCourier(), openTestShop()]);
});
afterAll(async () => {
  await komerce?.stop();
  await shop?.drop();
});
beforeEach(() => {
  komerce.requests.length = 0;
});

const gatewayWith = (options: Parameters<typeof komerceAt>[1] = {}) => komerceAt(komerce.url, options);

describe("a history", () => {
  test("is told in the company's lines, in their order, with places and Jakarta's times", async () => {
    komerce.behave(
      answer(200, "success get data", {
        airway_bill: AWB,
        last_status: "Process",
        history: [
          { desc: "Tiba di gudang transit [SURABAYA]", date: "2026-10-02 04:10:00", code: "TP1", status: "Process" },
          { desc: "Paket dijemput [JAKARTA]", date: "2026-10-01 11:01:03", code: "PU0", status: "Pickup" },
          { desc: "?", date: "soon", code: "", status: "Delivered" },
        ],
      }),
    );
    const history = await gatewayWith().gateway.history({ shipping: "jne", airwayBill: AWB });
    expect(komerce.requests[0]).toMatchObject({
      path: "/order/api/v1/orders/history-airway-bill",
      fields: { shipping: "JNE", airway_bill: AWB },
    });
    expect(history).toEqual({
      news: { event: "moving", flag: null, words: "Process" },
      events: [
        {
          at: new Date("2026-10-01T04:01:03Z"),
          news: { event: "moving", flag: "pickedUp", words: "Pickup" },
          description: "Paket dijemput [JAKARTA]",
          location: "JAKARTA",
          code: "PU0",
        },
        expect.objectContaining({ at: new Date("2026-10-01T21:10:00Z"), location: "SURABAYA" }),
      ],
    });
  });

  test.each<[string, Behaviour]>([
    ["the company's 400", answer(400, "invalid cnote/airway bill", {})],
    ["no data", answer(200, "success get data", {})],
  ])("is none for a waybill that nobody knows yet: %s", async (_, behaviour) => {
    komerce.behave(behaviour);
    expect(await gatewayWith().gateway.history({ shipping: "JNE", airwayBill: AWB })).toBeNull();
  });

  test("is empty until somebody scans the parcel", async () => {
    komerce.behave(answer(200, "success get data", { airway_bill: AWB, last_status: "", history: [] }));
    expect(await gatewayWith().gateway.history({ shipping: "JNE", airwayBill: AWB })).toEqual({
      news: { event: "unknownWord", flag: null, words: "" },
      events: [],
    });
  });

  test("that fails again and again does not keep anybody from booking", async () => {
    komerce.behave(({ path }) => (path.includes("history") ? html : stored));
    const { gateway } = gatewayWith();
    for (let i = 0; i < 3; i++) {
      await expect(gateway.history({ shipping: "JNE", airwayBill: AWB })).rejects.toMatchObject({ outcome: "none" });
    }
    expect(await gateway.storeBooking(booking)).toMatchObject({ kind: "stored" });
  });
});

const PDF = Buffer.from("%PDF-1.4\n...");

describe("a label", () => {
  const labelWith = (data: unknown) => answer(200, "Success", data);

  test("of several bookings is one sheet, asked for by a list with its commas", async () => {
    komerce.behave(labelWith({ path: "/storage/label.pdf", base_64: PDF.toString("base64") }));
    const bytes = await gatewayWith().gateway.label([BOOKING, OTHER_BOOKING], "thermal10x15");
    expect(Buffer.from(bytes).toString()).toBe(PDF.toString());
    expect(komerce.requests[0]).toMatchObject({
      method: "POST",
      path: "/order/api/v1/orders/print-label",
      query: `?order_no=${BOOKING},${OTHER_BOOKING}&page=page_6`,
    });
  });

  test("that is only named is fetched below /order, without the key", async () => {
    komerce.behave(({ path }) =>
      path.endsWith(".pdf")
        ? { status: 200, body: PDF }
        : labelWith({ path: "/storage/label-01-10-2026.pdf", base_64: "" }),
    );
    const bytes = await gatewayWith().gateway.label([BOOKING], "A4");
    expect(Buffer.from(bytes).equals(PDF)).toBe(true);
    expect(komerce.requests[1]).toMatchObject({ method: "GET", path: "/order/storage/label-01-10-2026.pdf" });
    expect(komerce.requests[1]?.headers["x-api-key"]).toBeUndefined();
  });

  test.each<[string, Behaviour]>([
    ["a page", labelWith({ path: "", base_64: Buffer.from("<html>").toString("base64") })],
    ["nothing", labelWith(null)],
    ["a path of another place", labelWith({ path: "https://elsewhere.test/storage/a.pdf", base_64: "" })],
    ["a path that climbs", labelWith({ path: "/storage/../../secret.pdf", base_64: "" })],
  ])("is never %s", async (_, behaviour) => {
    komerce.behave(behaviour);
    await expect(gatewayWith().gateway.label([BOOKING], "A4")).rejects.toMatchObject({ name: "GatewayUnavailable" });
    expect(komerce.requests).toHaveLength(1);
  });

  test("is not there for a booking that nobody picks up, which the company says as a 500", async () => {
    komerce.behave(answer(500, "Generate Print Label failed", "order_no not found"));
    await expect(gatewayWith().gateway.label([BOOKING], "A4")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(komerce.requests).toHaveLength(1);
  });
});

describe("what is kept of a call", () => {
  /** All that the recorder writes of these calls, as staff reads it. */
  async function keptOf(work: (gateway: CourierGateway) => Promise<unknown>): Promise<string> {
    const sealer = createSealer([{ id: "t", key: Buffer.alloc(32, 7) }]);
    await inTransaction(shop.db, (tx) => tx.sql("truncate gateway_calls"));
    const recordCall = createCallRecorder({ db: shop.db, sealer, ids, clock, log: createLog("silent", "test") });
    await work(
      createKomerceGateway({ url: komerce.url, key: DELIVERY_KEY, timeoutMs: 2_000, random: () => 0, recordCall }),
    );
    const rows = await shop.db.sql<{
      requestSealed: string;
      responseSealed: string | null;
      correlation: string | null;
    }>("select request_sealed, response_sealed, correlation from gateway_calls");
    expect(rows.length).toBeGreaterThan(0);
    return rows
      .map(({ requestSealed, responseSealed, correlation }) =>
        [
          correlation,
          sealer.open(requestSealed, REQUEST_CONTEXT),
          responseSealed && sealer.open(responseSealed, RESPONSE_CONTEXT),
        ].join(" "),
      )
      .join("\n");
  }
  const PERSONAL = /Budi|Gudang Contoh|Jl\. Contoh|81200000|gudang@|Pak Sopir|-7\.25/;

  test("holds the order's number and no personal data, neither ours nor what comes back", async () => {
    komerce.behave(({ path }) =>
      path.endsWith("store")
        ? stored
        : detail({
            receiver_name: "Budi",
            receiver_address: "Jl. Contoh 2",
            receiver_phone: "6281200000002",
            driver_name: "Pak Sopir",
            driver_phone: "6281200000009",
            destination_pin_point: "-7.25,112.75",
          }),
    );
    const kept = await keptOf(async (gateway) => {
      await gateway.storeBooking(booking);
      await gateway.readBooking(BOOKING);
    });
    expect(kept).toContain(booking.orderNumber);
    expect(kept).toContain("REG23");
    expect(kept).not.toMatch(PERSONAL);
    expect(kept).not.toContain(DELIVERY_KEY);
  });

  test("holds no words about who took a parcel", async () => {
    komerce.behave(
      answer(200, "x", {
        last_status: "Delivered",
        history: [{ desc: "Diterima oleh Budi", date: "2026-10-02 04:10:00", code: "IP3", status: "Delivered" }],
      }),
    );
    const kept = await keptOf((gateway) => gateway.history({ shipping: "JNE", airwayBill: AWB }));
    expect(kept).toContain("Delivered");
    expect(kept).not.toMatch(PERSONAL);
  });

  test("holds a label's size alone", async () => {
    komerce.behave(answer(200, "x", { path: "/storage/a.pdf", base_64: PDF.toString("base64") }));
    const kept = await keptOf((gateway) => gateway.label([BOOKING], "A4"));
    expect(kept).toContain('"bytes"');
    expect(kept).not.toContain(PDF.toString("base64").slice(0, 8));
  });

  test("holds no key, even when the company repeats it", async () => {
    komerce.behave({ status: 400, body: envelope(400, `Invalid Api key ${DELIVERY_KEY}`) });
    const kept = await keptOf(async (gateway) => {
      await expect(gateway.bookingRates(parcel)).rejects.toThrow(/\[key\]/);
    });
    expect(kept).not.toContain(DELIVERY_KEY);
  });
});
