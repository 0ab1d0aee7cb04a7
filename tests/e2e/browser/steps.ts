import type { Page } from "playwright-core";

export const PASSWORD = "lunas-demo";

/** A stretch of the demo shop's courier table: typed by kelurahan, as a shopper would. */
const PLACE = "gambir";

/** Fills in the login form that stands on the page. */
export async function logIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByTestId("login-email").fill(email);
  await page.getByTestId("login-password").fill(password);
  await page.getByTestId("login-submit").click();
}

/** Signs in from wherever the browser is. */
export async function arrive(page: Page, shop: string, email: string): Promise<void> {
  await page.goto(`${shop}/login`);
  await logIn(page, email);
  await page.getByTestId("product-card").first().waitFor();
}

/** Opens a product of the catalogue by its place in the list of a search. */
export async function openProduct(page: Page, shop: string, search: string): Promise<void> {
  await page.goto(`${shop}/?q=${encodeURIComponent(search)}&stock=1`);
  await page.getByTestId("product-card").first().getByRole("link").click();
  await page.getByTestId("add-to-cart").waitFor();
}

/** Puts a product into the basket, and waits until the basket says so. */
export async function putInBasket(page: Page, shop: string, search: string): Promise<void> {
  await openProduct(page, shop, search);
  await page.getByTestId("add-to-cart").click();
  await page.getByTestId("cart-link").getByText("1").waitFor();
}

/** Fills in where the parcel goes, and waits for the couriers' answers. */
export async function fillAddress(page: Page): Promise<void> {
  await page.getByTestId("destination-search").fill(PLACE);
  await page.getByTestId("destination-option").first().click();
  await page.getByTestId("address-line").fill("Jl. Merdeka No. 8\nRT 01/RW 03");
  await page.getByTestId("shipping-option").first().waitFor();
}

/** Marks a way to pay, by the method's name in the schema. */
export const chooseWay = (page: Page, method: string) => page.getByTestId(`way-${method}`).getByRole("radio").check();

/**
 * From a basket to the payment page, with the page's own button, by the hosted page unless a method is said. Answers
 * the payment's id when there is something to pay with.
 */
export async function checkOut(page: Page, shop: string, method = "SNAP"): Promise<string> {
  await page.goto(`${shop}/checkout`);
  await fillAddress(page);
  await chooseWay(page, method);
  await page.getByTestId("checkout-submit").click();
  await page.waitForURL(/\/payments\/[^/]+$/);
  await page.getByTestId("instrument").waitFor();
  return new URL(page.url()).pathname.split("/")[2] as string;
}

/** On the gateway's hosted page: chooses a method, presses one of the simulator's buttons. */
export async function atTheGateway(page: Page, method: string, outcome: "pay" | "deny" | "expire"): Promise<void> {
  await page.getByTestId(`method-${method}`).click();
  await page.getByTestId(`sim-${outcome}`).click();
}
