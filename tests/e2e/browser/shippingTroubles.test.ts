import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";
import { atTheDesk, openParcels, type Parcels, parcelIs, QUICK_COURIERS } from "./parcelSteps.ts";
import { SIZES } from "./visit.ts";

let stack: Stack;
let shop: string;
let parcels: Parcels;

beforeAll(async () => {
  stack = await startStack({ env: { ...QUICK_COURIERS, GATEWAY_TIMEOUT: "5s" } });
  shop = stack.apiUrls[0] as string;
  parcels = await openParcels(stack);
});
afterAll(async () => {
  await parcels?.close();
  await stack?.stop();
});

// Before the lost answers: after some of them the couriers are left alone for a while.
test.each(SIZES)("on a $size a pickup that was refused is arranged anew by hand", async (screen) => {
  const order = await parcels.paidOrder();
  await parcels.fault("komerce.pickup", "failed");
  await parcels.book(order.id);
  await until("the pickup is refused", async () => (await parcels.shipmentOf(order.id))?.pickupWhy);
  const { page, look, complaints, close } = await atTheDesk(screen, `${shop}/admin/shipping?list=TROUBLED`);
  try {
    const row = page.getByTestId("row").filter({ hasText: order.number });
    await row.getByText("Tidak ada kurir yang mau menjemput").waitFor();
    await row.getByRole("link", { name: order.number }).click();
    await page
      .locator('[data-testid="trouble"][data-trouble="PICKUP"]')
      .getByText(/ditolak 1 kali/)
      .waitFor();
    const found = [...(await look("70-pickup-refused"))];
    await page.getByTestId("vehicle").selectOption("Motor");
    await page.getByTestId("rearrange").click();
    await page.getByTestId("rearrange-confirm").click();
    await parcelIs(page, "PACKED");
    await page.getByTestId("trouble").first().waitFor({ state: "detached" });
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

/** An order whose booking was sent, and whose answer was lost after it had its effect, or before. */
async function inDoubt(wasBooked: boolean) {
  const order = await parcels.paidOrder();
  await parcels.fault("komerce.store", wasBooked ? "reset_after" : "reset");
  await parcels.book(order.id);
  await parcels.becomes(order.id, "UNKNOWN");
  return order;
}

test.each(SIZES)(
  "on a $size a booking in doubt is ended by what a person found in the company's list",
  async (screen) => {
    const [there, gone] = [await inDoubt(true), await inDoubt(false)];
    const { page, look, complaints, close } = await atTheDesk(screen, `${shop}/admin/shipping?list=TROUBLED`);
    const found: string[] = [];
    try {
      await page.getByTestId("row").filter({ hasText: there.number }).getByText("Belum pasti dipesan").waitFor();
      await page.getByRole("link", { name: there.number }).click();
      await parcelIs(page, "UNKNOWN");
      await page.getByTestId("say-booking").click();
      await page.getByText("Pilih salah satu").waitFor();
      await page.getByTestId("booking-exists").check();
      await page.getByTestId("say-booking").click();
      await page.getByText("Tulis nomornya seperti di perusahaan kurir").waitFor();
      found.push(...(await look("68-order-in-doubt")));
      await page.getByTestId("booking-note").fill("Daftar pesanan di dasbor, oleh staf gudang");
      await page.getByTestId("booking-no").fill("KOM0000000000");
      await page.getByTestId("say-booking").click();
      await page.locator('[data-testid="failure"][data-code="CONFLICT"]').waitFor();
      await page.getByTestId("booking-no").fill(await parcels.companysNumber(there));
      await page.getByTestId("say-booking").click();
      await parcelIs(page, "PACKED");

      await page.goto(`${shop}/admin/orders/${gone.id}`);
      await page.getByTestId("booking-gone").check();
      await page.getByTestId("booking-note").fill("Tidak ada di daftar, oleh staf gudang");
      await page.getByTestId("say-booking").click();
      await parcelIs(page, "PACKED");
      found.push(...(await look("69-order-booked-anew")));
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  },
);
