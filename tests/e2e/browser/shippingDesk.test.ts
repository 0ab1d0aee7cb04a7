import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { atTheDesk, openParcels, type PaidOrder, type Parcels, parcelIs, QUICK_COURIERS } from "./parcelSteps.ts";
import { SIZES } from "./visit.ts";

/** Money that comes this way can be taken back for some minutes. */
const REVERSIBLE = "MANDIRI_BILL";

let stack: Stack;
let shop: string;
let parcels: Parcels;

beforeAll(async () => {
  stack = await startStack({ env: QUICK_COURIERS });
  shop = stack.apiUrls[0] as string;
  parcels = await openParcels(stack);
});
afterAll(async () => {
  await parcels?.close();
  await stack?.stop();
});

test.each(SIZES)(
  "on a $size staff books many orders at once, is told of each why or why not, and prints the labels",
  // One thing: one afternoon at the desk, each list a few lines.
  async (screen) => {
    const orders: PaidOrder[] = [];
    for (let n = 0; n < 6; n += 1) orders.push(await parcels.paidOrder());
    const held = await parcels.paidOrder(REVERSIBLE);
    const { page, look, complaints, close } = await atTheDesk(screen, `${shop}/admin/shipping`);
    const found: string[] = [];
    try {
      await page.getByLabel(`Pilih ${held.number}`).waitFor();
      found.push(...(await look("60-to-ship")));
      await page.getByTestId("pick-all").check();
      // What is on hold stays on the list, so the second size finds the first one's there.
      const all = await page.getByTestId("pick").count();
      expect(await page.getByTestId("book-selected").innerText()).toContain(`(${all})`);
      await page.getByTestId("pickup-at").fill("2020-01-01T10:00");
      expect(await page.getByTestId("book-selected").isDisabled()).toBe(true);
      await page.getByTestId("pickup-at").fill("");
      await page.getByTestId("vehicle").selectOption("Motor");
      // One customer is faster: his order is marked when the button is pressed, and cancelled when that arrives.
      let isCancelled = false;
      await page.route("**/graphql", async (route) => {
        if (!isCancelled && (route.request().postData() ?? "").includes("createShipments")) {
          isCancelled = true;
          await parcels.cancel(orders[5]?.id as string);
        }
        return route.continue();
      });
      await page.getByTestId("book-selected").click();
      await page.getByTestId("close-results").waitFor();
      expect(await page.getByTestId("progress").innerText()).toBe(
        `${all} dari ${all} diurus · 5 dipesan, ${all - 5} tidak`,
      );
      const outcome = page.getByTestId("outcome");
      await outcome
        .filter({ hasText: held.number })
        .getByText(/Ditahan sampai .* WIB: .*ditarik kembali/)
        .waitFor();
      await outcome
        .filter({ hasText: orders[5]?.number as string })
        .getByText(/pesanannya sekarang Dibatalkan/)
        .waitFor();
      expect(await page.locator('[data-testid="outcome"][data-outcome="BOOKED"]').count()).toBe(5);
      await page.getByLabel(`Pilih ${orders[0]?.number}`).waitFor({ state: "detached" });
      found.push(...(await look("61-booked")));

      for (const { id } of orders.slice(0, 5)) await parcels.becomes(id, "PACKED");
      await page.goto(`${shop}/admin/shipping`);
      await page.getByTestId("tab-TO_HAND_OVER").click();
      await page.waitForURL(/list=TO_HAND_OVER/);
      for (const { number } of orders.slice(0, 2)) await page.getByLabel(`Pilih ${number}`).check();
      await page.getByTestId("paper").selectOption("A4X2");
      await page.getByTestId("print-labels").click();
      const link = page.getByTestId("labels-link");
      await link.waitFor();
      expect(await link.evaluate((place) => place === document.activeElement)).toBe(true);
      found.push(...(await look("62-labels")));
      const pdf = await page.request.get((await link.getAttribute("href")) as string);
      expect([pdf.status(), (await pdf.body()).subarray(0, 5).toString()]).toEqual([200, "%PDF-"]);
      // Other labels are another link.
      await page.getByLabel(`Pilih ${orders[2]?.number}`).check();
      expect(await link.count()).toBe(0);
      await page.getByTestId("tab-IN_TRANSIT").click();
      await page.waitForURL(/list=IN_TRANSIT/);
      await page.getByTestId("row").first().waitFor();
      found.push(...(await look("63-in-transit")));
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  },
);

test("a booking that the line cut off halfway is gone on with, and nothing is booked twice", async () => {
  const orders = [await parcels.paidOrder(), await parcels.paidOrder()];
  const { page, close } = await atTheDesk(SIZES[0], `${shop}/admin/shipping`);
  try {
    for (const { number } of orders) await page.getByLabel(`Pilih ${number}`).check();
    // The request arrives, and its answer does not.
    let cut = 0;
    await page.route("**/graphql", async (route) => {
      const isBooking = (route.request().postData() ?? "").includes("createShipments");
      if (!isBooking || cut > 0) return route.continue();
      cut += 1;
      await route.fetch();
      return route.abort();
    });
    await page.getByTestId("book-selected").click();
    await page.getByTestId("book-rest").waitFor();
    expect(await page.locator('[data-testid="outcome"][data-outcome="UNSENT"]').count()).toBe(2);
    await page.getByTestId("book-rest").click();
    await page.locator('[data-testid="outcome"][data-outcome="ALREADY_BOOKED"]').nth(1).waitFor();
    for (const { id } of orders) await parcels.becomes(id, "PACKED");
    expect(cut).toBe(1);
  } finally {
    await close();
  }
});

test.each(SIZES)(
  "on a $size staff sees a parcel's cost, asks the courier at once, and comes from its trouble to its case",
  async (screen) => {
    const order = await parcels.paidOrder();
    const { page, look, complaints, close } = await atTheDesk(screen, `${shop}/admin/orders/${order.id}`);
    const found: string[] = [];
    try {
      await page.getByTestId("ask-offers").click();
      await page.getByTestId("offer").first().waitFor();
      await page.getByText("pilihan pelanggan").waitFor();
      found.push(...(await look("64-order-to-book")));
      await page.getByTestId("book-one").click();
      await parcelIs(page, "PACKED");
      await page.getByTestId("costs").getByText("Biaya kurir").waitFor();
      await page
        .getByTestId("checks")
        .getByText(/Kurir ditanya lagi .* WIB/)
        .waitFor();
      found.push(...(await look("65-order-packed")));
      await parcels.courierMoves(order.id, "transit");
      await page.getByTestId("check-parcel").click();
      await page
        .getByText(/Kurir sudah ditanya|masih diproses/)
        .first()
        .waitFor();
      await parcels.becomes(order.id, "TRANSIT");
      await parcels.courierMoves(order.id, "returned");
      await parcels.becomes(order.id, "RETURNED");
      await page.reload();
      await parcelIs(page, "RETURNED");
      found.push(...(await look("66-order-returned")));
      await page.getByTestId("parcel-case").click();
      await page.getByRole("heading", { level: 1, name: "Paket kembali" }).waitFor();
      await page.getByTestId("action-RESTOCK_REFUND").waitFor();

      const lost = await parcels.paidOrder();
      await parcels.book(lost.id);
      await parcels.becomes(lost.id, "PACKED");
      await parcels.courierMoves(lost.id, "lost");
      await parcels.becomes(lost.id, "LOST");
      await page.goto(`${shop}/admin/shipping?list=TROUBLED`);
      const row = page.getByTestId("row").filter({ hasText: lost.number });
      await row.getByText("Hilang atau rusak").first().waitFor();
      found.push(...(await look("67-troubled")));
      await row.getByRole("link", { name: "Buka kasusnya" }).click();
      await page.getByRole("heading", { level: 1, name: "Paket hilang atau rusak" }).waitFor();
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  },
);
