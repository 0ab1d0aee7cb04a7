import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { openParcels, type Parcels, parcelIs, QUICK_COURIERS, signedIn } from "./parcelSteps.ts";
import { SIZES } from "./visit.ts";

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

describe.each(SIZES)("on a $size", (screen) => {
  test("a shopper follows a parcel from the booking to the door, and says that it arrived", async () => {
    const order = await parcels.paidOrder();
    const { page, look, complaints, close } = await signedIn(screen, `${shop}/orders/${order.id}`);
    const found: string[] = [];
    const lines = () => page.getByTestId("parcel").getByRole("listitem").allInnerTexts();
    try {
      await page
        .getByTestId("expected")
        .getByText(/Perkiraan \d/)
        .waitFor();
      await parcels.book(order.id);
      await parcelIs(page, "PACKED");
      const number = (await page.getByTestId("waybill").textContent()) as string;
      await page.getByTestId("copy-waybill").click();
      await page.getByRole("status").getByText("Nomor resi disalin").waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(number);
      expect(await page.getByTestId("received").count()).toBe(0);
      found.push(...(await look("50-parcel-booked")));

      await parcels.courierMoves(order.id, "picked_up");
      await parcelIs(page, "TRANSIT");
      await page
        .getByTestId("expected")
        .getByText(/kira-kira \d{1,2} \w{3} \d{4}/)
        .waitFor();
      await parcels.courierMoves(order.id, "out_for_delivery");
      await parcelIs(page, "OUT");
      await page.getByText(/Paket dibawa kurir/).waitFor();
      const told = await lines();
      expect(told[0]).toMatch(/\d{1,2} \w{3} \d{4}, \d\d\.\d\d WIB · /);
      expect(told.at(-1)).toContain("Kurir dipesan");
      found.push(...(await look("51-parcel-on-its-way")));
      await parcels.courierMoves(order.id, "problem");
      await page.getByTestId("next-step").getByText("Kurir belum bisa mengantar").waitFor();
      await page.getByText(/Penerima tidak di tempat/).waitFor();
      found.push(...(await look("52-parcel-problem")));

      await page.getByTestId("received").click();
      await page.getByText("isinya sudah diperiksa").waitFor();
      found.push(...(await look("53-parcel-received-asked")));
      await page.getByTestId("received-confirm").click();
      await page.locator('[data-testid="order-status"][data-status="COMPLETED"]').waitFor();
      await page.getByTestId("received").first().waitFor({ state: "detached" });
      found.push(...(await look("54-parcel-received")));
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test("a parcel on its way back is said to be so in plain words, and nobody is asked whether it arrived", async () => {
    const order = await parcels.paidOrder();
    await parcels.book(order.id);
    await parcels.becomes(order.id, "PACKED");
    await parcels.courierMoves(order.id, "transit");
    await parcels.becomes(order.id, "TRANSIT");
    const { page, look, complaints, close } = await signedIn(screen, `${shop}/orders/${order.id}`);
    try {
      await page.getByTestId("received").waitFor();
      await parcels.courierMoves(order.id, "returning");
      await page.getByTestId("next-step").getByText("dibawa kembali ke toko").waitFor();
      await page.getByTestId("received").first().waitFor({ state: "detached" });
      await page.getByTestId("expected").first().waitFor({ state: "detached" });
      const found = [...(await look("55-parcel-returning"))];
      await parcels.courierMoves(order.id, "returned");
      await page.locator('[data-testid="order-status"][data-status="RETURNED"]').waitFor();
      expect([...found, ...(await look("56-parcel-returned"))]).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });
});
