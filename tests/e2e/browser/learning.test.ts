import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { signIn } from "./bought.ts";
import { signedIn } from "./parcelSteps.ts";
import { chooseWay } from "./steps.ts";
import { SIZES } from "./visit.ts";

const [DESKTOP, PHONE] = SIZES;
/** No member, so the price is the public's. */
const LEARNER = "customer2@lunas.test";
const WHY = "Jumlah di bukti kurang Rp5.000";

let stack: Stack;
let shop: string;
let staff: string;

beforeAll(async () => {
  stack = await startStack({ env: { TRANSFER_ACCOUNTS: "BCA:0123456789:Yayasan Lunas Belajar" } });
  shop = stack.apiUrls[0] as string;
  staff = await signIn(stack, "staff@lunas.test");
});
afterAll(() => stack?.stop());

/** What staff decides meanwhile, beside the browser. */
async function decide(operation: string, paymentId: string): Promise<void> {
  const { errors } = await stack.graphql(operation, { id: paymentId, reason: WHY }, { token: staff });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}
const reject = (id: string) =>
  decide("mutation($id: ID!, $reason: String!) { rejectPayment(paymentId: $id, reason: $reason) { id } }", id);
const approve = (id: string) => decide("mutation($id: ID!) { approvePayment(paymentId: $id) { id } }", id);

const paymentIs = (page: Page, status: string) =>
  page.locator(`[data-testid="payment-status"][data-status="${status}"]`).waitFor();

/** The id of the payment whose page is shown. */
async function paymentOf(page: Page): Promise<string> {
  await page.waitForURL(/\/payments\/[^/]+$/);
  return new URL(page.url()).pathname.split("/")[2] as string;
}

/** A picture of what stands on the screen: as good a proof as any. */
async function proofOf(page: Page, name: string) {
  return { name, mimeType: "image/png", buffer: await page.screenshot() };
}

async function openPackage(page: Page, name: string): Promise<void> {
  await page.goto(`${shop}/packages`);
  await page.getByTestId("package-card").filter({ hasText: name }).getByTestId("see-package").click();
  await page.getByTestId("buy-package").waitFor();
}

test("a learner proves a transfer, is told why it is not believed, proves it anew, and learns to the end", async () => {
  // One thing: a course's whole life, each step resting on the one before it.
  const { page, look, complaints, close } = await signedIn(PHONE, `${shop}/courses`, LEARNER);
  const found: string[] = [];
  const inspect = async (name: string) => found.push(...(await look(name)));
  const it = (id: string) => page.getByTestId(id).first();
  try {
    await page.getByRole("heading", { name: "Belum ada kelas" }).waitFor();
    await openPackage(page, "Satu Kelas Pilihan");
    await it("package-price").getByText("Rp199.000", { exact: true }).waitFor();
    expect(await it("price-DIKE").getByRole("radio").isDisabled()).toBe(true);
    await it("transfer-account").getByText("0123").waitFor();
    await page.getByText("BCA · Yayasan Lunas Belajar").waitFor();
    await it("buy-package").click();
    await page.getByText("Pilih dulu satu kelas").waitFor();
    await it("course-choice").click();
    const script = { name: "bukti.png", mimeType: "image/png", buffer: Buffer.from("<script>alert(1)</script>") };
    await page.getByTestId("proof-file").setInputFiles({ ...script, mimeType: "text/html", name: "bukti.html" });
    await it("proof-wrong").waitFor();
    // What only calls itself a picture is found out by the server.
    await page.getByTestId("proof-file").setInputFiles(script);
    await it("buy-package").click();
    await page.getByTestId("failure").getByText("bukan gambar").waitFor();
    await page.getByTestId("proof-file").setInputFiles(await proofOf(page, "bukti-transfer.png"));
    await it("proof-preview").waitFor();
    await page.getByTestId("failure").first().waitFor({ state: "detached" });
    await inspect("80-package-with-proof");
    await it("buy-package").dblclick();
    const first = await paymentOf(page);
    await paymentIs(page, "PAID");
    await page.getByText("Bukti sedang diperiksa").waitFor();
    await inspect("81-proof-waiting");

    await openPackageAgain(page);
    await it("purchase-checking").waitFor();
    await inspect("82-package-being-bought");
    await page.goto(`${shop}/payments/${first}`);
    await paymentIs(page, "PAID");
    // The list of courses, on another tab, follows staff's word as well.
    const list = await page.context().newPage();
    await list.goto(`${shop}/courses`);
    await list.getByTestId("courses-under-way").waitFor();
    await reject(first);
    await list.getByTestId("courses-under-way").getByText(WHY).waitFor();
    await list.close();
    await paymentIs(page, "REJECTED");
    await page.getByText(WHY).waitFor();
    await inspect("83-proof-rejected");
    await page.goto(`${shop}/courses`);
    await page.getByTestId("courses-under-way").getByText(WHY).waitFor();
    await page.getByTestId("courses-under-way").getByRole("link", { name: "Kirim bukti baru" }).click();
    await it("purchase-rejected").waitFor();
    expect(await it("course-choice").getByRole("radio").isChecked()).toBe(true);
    await page.getByTestId("proof-file").setInputFiles(await proofOf(page, "bukti-baru.png"));
    await it("buy-package").click();
    await page.getByText("Bukti sedang diperiksa").waitFor();
    const second = await paymentOf(page);
    expect(second).not.toBe(first);
    await approve(second);
    await paymentIs(page, "APPROVED");
    await inspect("84-course-opened");

    await it("go-learn").click();
    await it("note-progress").click();
    await page.keyboard.press("ArrowRight");
    await it("save-progress").click();
    await page.getByTestId("course-progress").getByText("10%").waitFor();
    await inspect("85-my-courses");
    await it("finish-course").click();
    await it("finish-course-confirm").click();
    await page.locator('[data-testid="course-card"][data-state="done"]').waitFor();
    await inspect("86-course-done");
    await page.goto(`${shop}/packages`);
    await it("package-owned").waitFor();
    await inspect("87-packages-owned");
    expect(found).toEqual([]);
    // The upload that was refused is the one thing that the browser minds.
    expect(complaints.filter((complaint) => !complaint.includes("status of 400"))).toEqual([]);
  } finally {
    await close();
  }
});

test("the same stands on a desktop, where a member is offered the price of members", async () => {
  const { page, look, complaints, close } = await signedIn(DESKTOP, `${shop}/courses`, LEARNER);
  const member = await signedIn(DESKTOP, `${shop}/courses`, "learner@lunas.test");
  const found: string[] = [];
  try {
    await page.getByTestId("course-card").waitFor();
    found.push(...(await look("85-my-courses")));
    await page.goto(`${shop}/payments`);
    await page.locator('[data-testid="payment-line"] [data-status="REJECTED"]').waitFor();
    await page.getByTestId("payment-line").last().getByRole("link").click();
    await page.getByText(WHY).waitFor();
    found.push(...(await look("83-proof-rejected")));

    await member.page.getByRole("heading", { name: "Belum ada kelas" }).waitFor();
    await openPackage(member.page, "Satu Kelas Pilihan");
    await member.page.getByTestId("package-price").getByText("Rp125.000", { exact: true }).waitFor();
    await member.page.getByTestId("transfer-account").waitFor();
    expect(await member.page.getByTestId("price-DIKE").getByRole("radio").isChecked()).toBe(true);
    await member.page.getByTestId("proof-file").setInputFiles(await proofOf(member.page, "bukti-transfer.png"));
    await member.page.getByTestId("proof-preview").waitFor();
    found.push(...(await member.look("80-package-with-proof")));
    expect(found).toEqual([]);
    expect([...complaints, ...member.complaints]).toEqual([]);
  } finally {
    await close();
    await member.close();
  }
});

test("a package is paid through the gateway, by another way than the first, and opens by itself", async () => {
  const { page, look, complaints, close } = await signedIn(PHONE, `${shop}/courses`, "customer@lunas.test");
  await page.getByRole("heading", { level: 1, name: "Kelas saya" }).waitFor();
  const found: string[] = [];
  const it = (id: string) => page.getByTestId(id).first();
  try {
    await openPackage(page, "Kelas Seduh Kopi");
    await it("buy-package").click();
    await it("switch-method").waitFor();
    const left = await paymentOf(page);
    await openPackageAgain(page, "Kelas Seduh Kopi");
    await it("purchase-unpaid").waitFor();
    found.push(...(await look("88-package-unpaid")));
    await it("cancel-purchase").click();
    await it("cancel-purchase-confirm").click();
    await it("buy-package").click();
    const paymentId = await paymentOf(page);
    expect(paymentId).not.toBe(left);
    await chooseWay(page, "QRIS");
    await it("pay-again").click();
    await it("instrument").waitFor();
    found.push(...(await look("89-course-payment")));
    await settle(paymentId);
    await paymentIs(page, "APPROVED");
    await it("go-learn").click();
    await page.getByTestId("course-card").filter({ hasText: "Seduh Kopi" }).waitFor();
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

/** The page of a package of which a purchase is under way, with the first course chosen where one is to be. */
async function openPackageAgain(page: Page, name = "Satu Kelas Pilihan"): Promise<void> {
  await page.goto(`${shop}/packages`);
  await page.getByTestId("package-card").filter({ hasText: name }).getByTestId("see-package").click();
  await page.getByTestId("buy-box").waitFor();
  if (name === "Satu Kelas Pilihan") await page.getByTestId("course-choice").first().click();
}

/** The customer pays at the gateway. */
async function settle(paymentId: string): Promise<void> {
  const { data } = await stack.graphql<{ adminPayment: { currentTransaction: { gatewayOrderId: string } } }>(
    "query($id: ID!) { adminPayment: payment(id: $id) { currentTransaction { gatewayOrderId } } }",
    { id: paymentId },
    { token: staff },
  );
  const url = `${stack.sandboxUrl}/sandbox/transactions/${data?.adminPayment.currentTransaction.gatewayOrderId}`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ transaction_status: "settlement" }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
