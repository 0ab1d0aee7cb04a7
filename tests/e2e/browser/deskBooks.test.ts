import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { dayAfter, jakartaDay } from "../../../web/admin/jakartaDay.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { dayIsLongEnough } from "../../support/wholeDay.ts";
import { type Bought, buyPaid } from "./bought.ts";
import { importFiles, prove, reviewOf } from "./deskSteps.ts";
import { QUICK_COURIERS, signedIn } from "./parcelSteps.ts";
import { SIZES, type Visit } from "./visit.ts";

/** From the first purchase to the last look at its day. */
const DAY_NEEDED_MS = 150_000;
const [DESKTOP, PHONE] = SIZES;

let stack: Stack;
let shop: string;
let visits: Visit[] = [];
const bought: Bought[] = [];

beforeAll(async () => {
  await dayIsLongEnough(DAY_NEEDED_MS);
  stack = await startStack({ env: { ...QUICK_COURIERS, RATE_LIMIT_SCALE: "0" } });
  shop = stack.apiUrls[0] as string;
  for (const method of ["QRIS", "VA_BCA"]) {
    bought.push(await buyPaid(stack, { email: "customer@lunas.test", search: "kopi", method }));
  }
});
afterAll(() => stack?.stop());
afterEach(async () => {
  await Promise.all(visits.map(({ close }) => close()));
  visits = [];
});

async function come(screen: (typeof SIZES)[number], place: string, email = "admin@lunas.test"): Promise<Visit> {
  const visitor = await signedIn(screen, `${shop}/login?next=${encodeURIComponent(place)}`, email);
  visits.push(visitor);
  await visitor.page.waitForURL(`${shop}${place}`);
  return visitor;
}

/** What the browsers complained about, besides a file that the server refused as it should. */
const complaints = () => visits.flatMap((each) => each.complaints).filter((text) => !text.includes("status of 400"));

const is = (page: Page, testId: string, status: string) =>
  page.locator(`[data-testid="${testId}"][data-status="${status}"]`).first().waitFor();

/** The same pages on a phone, by staff who is no admin and is told who signs. */
async function readOnPhone(): Promise<readonly string[]> {
  const { page, look } = await come(PHONE, "/admin/close", "staff@lunas.test");
  const found: string[] = [];
  await page.getByTestId("close-day").first().waitFor();
  found.push(...(await look("100-close")));
  await page
    .locator("tr", { has: page.locator('[data-status="OPEN"]') })
    .getByTestId("close-day")
    .first()
    .click();
  await page.locator('[data-obstacle="admin"]').waitFor();
  found.push(...(await look("105-close-day")));
  for (const [place, name, first] of [
    ["/close/queue?state=all", "103-queue", "gap-link"],
    ["/close/import", "102-import", "row"],
    ["/ledger", "108-ledger", "balance"],
    ["/ledger/entries", "109-entries", "row"],
    ["/statements", "111-statements", "statement"],
  ] as const) {
    await page.goto(`${shop}/admin${place}`);
    await page.getByTestId(first).first().waitFor();
    found.push(...(await look(name)));
  }
  return found;
}

describe.each(SIZES)("on a $size", (screen) => {
  const isDesk = screen.size === "desktop";

  test("a proof stands beside what it must show, and is approved or rejected after a look at the effect", async () => {
    // One thing: one walk from the queue to the learner, each step resting on the one before it.
    const email = isDesk ? "learner@lunas.test" : "customer2@lunas.test";
    const type = isDesk ? "DIKE" : "UMUM";
    const first = await prove(stack, { email, type, package: "Kelas Seduh Kopi", as: "picture" });
    const second = await prove(stack, { email, type, package: "Satu Kelas Pilihan", as: "pdf" });
    const { page, look } = await come(screen, `/admin/proofs?id=${first.id}`, "staff@lunas.test");
    await page.getByTestId("proof-image").waitFor();
    expect(await page.getByTestId("proof").getAttribute("data-number")).toBe(first.number);
    await is(page, "member-mark", isDesk ? "MEMBER" : "OTHER");
    await page.getByTestId("approve-proof").click();
    await page.getByText("langsung bisa belajar").waitFor();
    const found = [...(await look("90-proof"))];
    await page.getByTestId("approve-proof-confirm").click();
    await page.getByTestId("proof-outcome").getByText(first.number).waitFor();

    await page.locator(`[data-testid="proof"][data-number="${second.number}"]`).waitFor();
    await page.getByTestId("proof-pdf").waitFor();
    await page.getByTestId("reject-proof").click();
    await page.getByTestId("reject-proof-confirm").click();
    await page.getByText("Pilih atau tulis alasannya").waitFor();
    found.push(...(await look("91-proof-rejecting")));
    await page.getByTestId("reason-0").check();
    await page.getByTestId("reject-proof-confirm").click();
    await page.getByTestId("proof-outcome").getByText(second.number).waitFor();
    found.push(...(await look("92-proofs-done")));

    await page.goto(`${shop}/admin/enrollments?q=${first.number}`);
    await page.getByTestId("open-row").first().click();
    await page.getByTestId("grant").getByText(first.number).waitFor();
    found.push(...(await look("93-enrollments")));
    await page.goto(`${shop}/admin/members?q=${email}`);
    await is(page, "member-mark", isDesk ? "MEMBER" : "OTHER");
    await page.getByTestId("open-row").click();
    await page.getByTestId("set-member").click();
    found.push(...(await look("94-members")));
    await page.getByTestId("set-member-confirm").click();
    await is(page, "member-mark", isDesk ? "OTHER" : "MEMBER");
    expect(found).toEqual([]);
    expect(complaints()).toEqual([]);
  });
});

test("orders are listed by one's own views, exported as seen, checked at once; a review is taken down", async () => {
  // One thing: one list with all that it can do, and what became of one of its orders.
  const { page, look } = await come(DESKTOP, "/admin/orders", "staff@lunas.test");
  const rows = page.getByTestId("row");
  await rows.first().waitFor();
  await page.getByTestId("admin-search").fill("customer@lunas.test");
  await page.waitForURL(/q=customer/);
  await page.getByTestId("today").click();
  await page.waitForURL(/from=\d{4}-\d\d-\d\d&to=/);
  await page.getByText("2 baris").waitFor();
  await page.getByTestId("columns").click();
  await page.getByTestId("column-store").uncheck();
  await page.getByTestId("column-payment").check();
  const found = [...(await look("95-orders-columns"))];
  await page.keyboard.press("Escape");
  await page.getByTestId("column-store").waitFor({ state: "hidden" });
  await page.getByTestId("views").click();
  await page.getByTestId("view-name").fill("Pesanan Andi");
  await page.getByTestId("view-save").click();
  await page.getByTestId("views").click();

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export").click()]);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\r\n");
  const heads = await page.locator("thead th").allInnerTexts();
  expect(lines[0]?.replace("\ufeff", "").split(",")).toEqual(heads.slice(1));
  expect(lines).toHaveLength(3);
  for (const { number } of bought) expect(lines.join()).toContain(number);

  await page.getByTestId("pick-all").check();
  await page.getByTestId("bulk-check").click();
  await page.locator('[data-testid="bulk-outcome"][data-outcome="same"]').nth(1).waitFor();
  found.push(...(await look("96-orders-checked")));
  await page.goto(`${shop}/admin/orders`);
  await rows.first().waitFor();
  expect(await page.getByRole("columnheader", { name: "Toko" }).count()).toBe(0);
  await page.getByTestId("views").click();
  await page.getByRole("link", { name: "Pesanan Andi" }).click();
  await page.getByText("2 baris").waitFor();
  await page.locator('[data-testid="admin-search"][value="customer@lunas.test"]').waitFor();
  await page.goto(`${shop}/admin/carts`);
  await page.getByTestId("carts-started").waitFor();
  found.push(...(await look("97-carts")));
  await reviewOf(stack, bought[0] as Bought, "customer@lunas.test");
  // Whatever its state: what is taken down leaves a list of those that are shown.
  await page.goto(`${shop}/admin/reviews`);
  await page.getByTestId("open-row").first().click();
  await page.getByTestId("archive-review").click();
  await page.getByTestId("archive-review-confirm").click();
  await page.getByText("Pilih atau tulis alasannya").waitFor();
  found.push(...(await look("98-reviews")));
  await page.getByTestId("reason-1").check();
  await page.getByTestId("archive-review-confirm").click();
  await page.getByTestId("archive-reason").getByText("Iklan").waitFor();
  await page.goto(`${shop}/admin/reviews?state=TAKEN_DOWN`);
  await is(page, "review-state", "TAKEN_DOWN");
  expect(found).toEqual([]);
  expect(complaints()).toEqual([]);
});

test("a day is closed, its files imported, differences put right by two people, and a day signed", async () => {
  // One thing: one close from its first question to its sign-off, each step resting on the one before it.
  const today = jakartaDay(Date.now());
  const yesterday = dayAfter(today, -1);
  const { page, look } = await come(DESKTOP, "/admin/close");
  const found: string[] = [];
  const inspect = async (name: string) => found.push(...(await look(name)));
  await page.getByTestId("run-day").fill(today);
  await page.getByTestId("run-close").click();
  await page.getByTestId("run-close-confirm").click();
  await is(page, "run-state", "OPEN");
  await inspect("100-close");

  await page.goto(`${shop}/admin/close/import`);
  await importFiles(page, stack, today, inspect);
  await page.goto(`${shop}/admin/close/fees`);
  await page.getByTestId("fee-type").selectOption("qris");
  await page.getByTestId("fee-percent").fill("0,63");
  await page.getByTestId("set-fee").click();
  await page.getByText("qris sejak").waitFor();
  await inspect("112-fees");

  await page.goto(`${shop}/admin/close/queue`);
  await page.getByTestId("gap-link").first().waitFor();
  const open = await page.getByTestId("row").count();
  await inspect("103-queue");
  await page.goto(`${shop}/admin`);
  await page.getByRole("link", { name: `Selisih terbuka ${open}` }).click();
  await page.getByTestId("row").filter({ hasText: "Jumlah berbeda" }).getByTestId("gap-link").first().click();
  await page.getByTestId("ours").waitFor();
  await page.getByTestId("theirs").waitFor();
  await page.getByTestId("take-gap").click();
  await is(page, "gap-state", "TAKEN");
  await inspect("104-discrepancy");
  const gap = new URL(page.url()).pathname;
  await page.goto(`${shop}/admin/close/${today}`);
  await page.locator('[data-obstacle="open"]').waitFor();
  await page.getByTestId("verdict").getByText("Kedua sisi sama").waitFor();
  await inspect("105-close-day");
  const [report] = await Promise.all([page.waitForEvent("download"), page.getByTestId("report-csv").click()]);
  expect(readFileSync(await report.path(), "utf8")).toContain("AMOUNT");

  await page.goto(`${shop}${gap}`);
  await page.getByTestId("ask-for").click();
  const lines = page.getByTestId("adjustment-line");
  await lines.nth(0).getByTestId("line-account").selectOption("ROUNDING");
  await lines.nth(0).getByTestId("line-debit").fill("1.000");
  await lines.nth(1).getByTestId("line-account").selectOption("SUSPENSE");
  await lines.nth(1).getByTestId("line-credit").fill("900");
  await page.getByTestId("adjustment-verdict").getByText("Rp100").waitFor();
  await lines.nth(1).getByTestId("line-credit").fill("1.000");
  await page.getByTestId("adjustment-reason").fill("Berkas pencairan lebih seribu");
  await inspect("106-adjustment");
  await page.goBack();
  await page.getByTestId("leave-question").waitFor();
  await inspect("106-adjustment-leave");
  await page.getByTestId("leave-stay").click();
  await page.getByTestId("request-adjustment").click();
  await page.getByTestId("open-row").first().click();
  await page.getByTestId("second-person").waitFor();
  const second = await come(PHONE, "/admin/ledger/adjustments", "admin2@lunas.test");
  await second.page.getByTestId("open-row").first().click();
  await second.page.getByTestId("approve-adjustment").click();
  found.push(...(await second.look("107-adjustment-approve")));
  await second.page.getByTestId("approve-adjustment-confirm").click();
  await second.page.getByTestId("row").waitFor({ state: "detached" });

  await page.goto(`${shop}${gap}`);
  await page.getByTestId("gap-action-ADJUST").check();
  await page.getByTestId("gap-note").fill("Dikoreksi berdua");
  await page.getByTestId("resolve-gap").click();
  await page.getByTestId("gap-end").getByText("Dikoreksi berdua").waitFor();
  await page.goto(`${shop}/admin/ledger`);
  await page.locator('[data-testid="balance"][data-account="ROUNDING"]').getByText("Rp1.000").waitFor();
  await page.getByTestId("verdict").getByText("Debit sama").waitFor();
  await inspect("108-ledger");
  await page.goto(`${shop}/admin/ledger/entries?kind=ADJUSTMENT`);
  await page.getByText("Berkas pencairan lebih seribu").waitFor();
  await inspect("109-entries");

  await page.goto(`${shop}/admin/close/${yesterday}`);
  await page.getByTestId("run-close").click();
  await page.getByTestId("run-close-confirm").click();
  await is(page, "run-state", "OPEN");
  await page.getByTestId("sign-off").click();
  await page.getByTestId("sign-off-confirm").click();
  await is(page, "run-state", "SIGNED_OFF");
  await page.getByTestId("signed-off").waitFor();
  await inspect("110-signed-off");
  await page.goto(`${shop}/admin/statements?day=${today}`);
  await page.getByTestId("verdict").getByText("Semua baris cocok").waitFor();
  await inspect("111-statements");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId("statements-csv").click()]);
  expect(readFileSync(await file.path(), "utf8")).toContain("Kopi");
  found.push(...(await readOnPhone()));
  expect(found).toEqual([]);
  expect(complaints()).toEqual([]);
});
