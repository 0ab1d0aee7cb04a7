import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { invoiceRoutes } from "../../../api/http/invoices.ts";
import type { App } from "../../../domain/app.ts";
import { INVOICE_LINK_MS, invoiceLink, invoicesOfOrders } from "../../../domain/checkout/invoice.queries.ts";
import type { InvoiceSnapshot } from "../../../domain/checkout/invoice.rules.ts";
import { issueInvoices } from "../../../domain/checkout/issueInvoices.ts";
import { runAudit } from "../../../domain/report/runAudit.ts";
import { inTransaction } from "../../../platform/db.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  clock,
  ids,
  NOW,
  type OrderRow,
  openTestShop,
  payOrder,
  type ShelfRow,
  type TestShop,
} from "../../support/shopRows.ts";

let shop: TestShop;
let userId: string;

beforeAll(async () => {
  shop = await openTestShop(20);
  userId = await addCustomer(shop.db, "Siti <Rahma>");
});
afterAll(() => shop?.drop());

async function paidOrders(shelf: ShelfRow, count: number): Promise<OrderRow[]> {
  const orders: OrderRow[] = [];
  for (let i = 0; i < count; i++) {
    const order = await addOrder(shop.db, userId, shelf);
    await payOrder(shop.db, order);
    orders.push(order);
  }
  return orders;
}

const issue = (order: OrderRow, now = NOW) =>
  inTransaction(shop.db, (tx) => issueInvoices(tx, now, ids, [order.orderId as never]));

async function snapshotOf(order: OrderRow): Promise<InvoiceSnapshot> {
  const [row] = await shop.db.sql<{ snapshot: InvoiceSnapshot }>("select snapshot from invoices where order_id = $1", [
    order.orderId,
  ]);
  if (!row) throw new Error("no invoice");
  return row.snapshot;
}

const numbersOf = (slug: string) =>
  shop.db.sql<{ number: string; sequence: number }>(
    `select v.number, v.sequence from invoices v join stores s on s.id = v.store_id
      where s.slug = $1 order by v.year, v.sequence`,
    [slug],
  );

class Cancelled extends Error {}

describe("issuing invoices", () => {
  test("numbers 100 at once from 1 on without a gap or a double, though a third is rolled back", async () => {
    const shelf = await addStore(shop.db, { slug: "ramai" });
    const orders = await paidOrders(shelf, 100);
    const isRolledBack = (i: number) => i % 3 === 1;
    await Promise.all(
      orders.map(async (order, i) => {
        const attempt = inTransaction(shop.db, async (tx) => {
          await issueInvoices(tx, NOW, ids, [order.orderId as never]);
          if (isRolledBack(i)) throw new Cancelled();
        });
        await attempt.catch((error: unknown) => {
          if (!(error instanceof Cancelled)) throw error;
        });
      }),
    );
    const kept = orders.filter((_, i) => !isRolledBack(i)).length;
    const numbers = await numbersOf("ramai");
    expect(numbers.map(({ sequence }) => sequence)).toEqual(Array.from({ length: kept }, (_, i) => i + 1));
    expect(numbers[0]?.number).toBe("INV/RAMAI/2026/000001");
    for (const order of orders.filter((_, i) => isRolledBack(i))) await issue(order);
    expect(await runAudit(shop.db, { now: NOW })).toEqual([]);
  });

  test("never waits in a circle when two checkouts pay the same two stores in another order", async () => {
    const [a, b] = [await addStore(shop.db, { slug: "silang-a" }), await addStore(shop.db, { slug: "silang-b" })];
    const pairs = await Promise.all(
      Array.from({ length: 12 }, async () => [...(await paidOrders(a, 1)), ...(await paidOrders(b, 1))]),
    );
    await Promise.all(
      pairs.map((pair, i) => {
        const orderIds = (i % 2 === 0 ? pair : [...pair].reverse()).map(({ orderId }) => orderId as never);
        return inTransaction(shop.db, (tx) => issueInvoices(tx, NOW, ids, orderIds));
      }),
    );
    for (const slug of ["silang-a", "silang-b"]) expect((await numbersOf(slug)).at(-1)?.sequence).toBe(12);
  });

  test("gives an order one invoice, however often it is asked", async () => {
    const [order] = (await paidOrders(await addStore(shop.db, { slug: "sekali" }), 1)) as [OrderRow];
    await issue(order);
    await issue(order);
    expect(await numbersOf("sekali")).toHaveLength(1);
  });

  test("begins at 1 in each year of Jakarta", async () => {
    const [last, first] = (await paidOrders(await addStore(shop.db, { slug: "tahun-baru" }), 2)) as [
      OrderRow,
      OrderRow,
    ];
    await issue(last, new Date("2026-12-31T16:59:59.000Z"));
    await issue(first, new Date("2026-12-31T17:00:00.000Z"));
    expect((await numbersOf("tahun-baru")).map(({ number }) => number)).toEqual([
      "INV/TAHUN-BARU/2026/000001",
      "INV/TAHUN-BARU/2027/000001",
    ]);
  });

  test("keeps all that it says, so that a later change of store, product or customer changes no invoice", async () => {
    const shelf = await addStore(shop.db, { slug: "abadi" });
    const [order] = (await paidOrders(shelf, 1)) as [OrderRow];
    await issue(order);
    const before = await snapshotOf(order);
    expect(before).toMatchObject({
      status: "PAID",
      seller: { legalName: "PT Batik Sekar", npwp: "0012345678901000", isPkp: true },
      buyer: {
        name: "Siti <Rahma>",
        recipient: "Ibu Penerima",
        address: "Jl. Kemang 8, BANGKA, JAKARTA SELATAN, 12730",
      },
      lines: [
        {
          name: "Kemeja batik",
          quantity: 2,
          unitPrice: 150_000,
          total: 300_000,
          tax: { price: 270_270, otherBase: 247_748, tax: 29_730 },
        },
      ],
      shipping: { description: "Ongkos kirim JNE REG", cost: 18_000, tax: { price: 16_216, tax: 1_784 } },
      totals: {
        subtotal: 300_000,
        shipping: 18_000,
        discount: 0,
        price: 286_486,
        otherBase: 262_613,
        tax: 31_514,
        total: 318_000,
      },
      payment: {
        number: order.paymentNumber,
        method: "qris",
        reference: order.gatewayOrderId,
        paidAt: NOW.toISOString(),
      },
    });
    await shop.db.sql(
      "update stores set legal_name = 'CV Lain', npwp = null, is_pkp = false, pkp_since = null where id = $1",
      [shelf.storeId],
    );
    expect(await snapshotOf(order)).toEqual(before);
  });

  test("has no word of PPN for a store that is not a taxable entrepreneur", async () => {
    const [order] = (await paidOrders(await addStore(shop.db, { slug: "mungil", isPkp: false }), 1)) as [OrderRow];
    await issue(order);
    const snapshot = await snapshotOf(order);
    expect([snapshot.lines[0]?.tax, snapshot.shipping.tax, snapshot.totals.tax, snapshot.totals.price]).toEqual([
      null,
      null,
      0,
      0,
    ]);
  });
});

describe("the link to an invoice", () => {
  const settings = { publicUrl: "https://toko.test", linkSecret: "a secret of the links" } as App["settings"];
  let server: Server;
  let base: string;
  let now = NOW;
  let link: string;

  beforeAll(async () => {
    const [order] = (await paidOrders(await addStore(shop.db, { slug: "tautan" }), 1)) as [OrderRow];
    await issue(order);
    const [invoice] = await invoicesOfOrders(shop.db, [order.orderId]);
    link = invoiceLink({ settings, clock }, invoice?.id as never).replace("https://toko.test", "");
    server = createServer(express().use(invoiceRoutes({ db: shop.db, settings, clock: { now: () => now } })));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server?.close(resolve)));
  beforeEach(() => {
    now = NOW;
  });

  test("gives the PDF to whoever holds it", async () => {
    const answer = await fetch(base + link);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/pdf");
    expect(answer.headers.get("content-disposition")).toBe("attachment; filename=INV-TAUTAN-2026-000001.pdf");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
  });

  test("ends after 15 minutes", async () => {
    now = new Date(NOW.getTime() + INVOICE_LINK_MS - 1);
    expect((await fetch(base + link)).status).toBe(200);
    now = new Date(NOW.getTime() + INVOICE_LINK_MS);
    expect((await fetch(base + link)).status).toBe(410);
  });

  test.each([
    ["another invoice", (path: string) => path.replace(/invoices\/./, (start) => `${start.slice(0, -1)}f`)],
    ["a later end", (path: string) => path.replace(/expires=\d/, "expires=9")],
    [
      "another signature",
      (path: string) => path.replace(/signature=./, (start) => (start.endsWith("A") ? "signature=B" : "signature=A")),
    ],
    ["no signature", (path: string) => path.replace(/&signature=.*/, "")],
    ["two signatures", (path: string) => `${path}&signature=x`],
  ])("opens nothing with %s", async (_, forge) => {
    expect((await fetch(base + forge(link))).status).toBe(403);
  });

  test("says that an invoice does not exist only to somebody who holds a link to it", async () => {
    const nowhere = invoiceLink({ settings, clock }, ids.next<"invoice">()).replace("https://toko.test", "");
    expect((await fetch(base + nowhere)).status).toBe(404);
  });
});
