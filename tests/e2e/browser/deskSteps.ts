import type { Page } from "playwright-core";
import type { Stack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";
import { pdf, picture } from "../../support/uploads.ts";
import { type Bought, bookCourier, signIn } from "./bought.ts";
import { openParcels } from "./parcelSteps.ts";

interface PackageFound {
  readonly id: string;
  readonly name: string;
  readonly isBundle: boolean;
  readonly courses: readonly { readonly id: string }[];
}

const PACKAGES = "{ packages { id name isBundle courses { id } } }";
const CREATE = `mutation ($input: EnrollmentPaymentInput!) {
  createEnrollmentPayment(input: $input) { id number }
}`;

export interface Proved {
  readonly email: string;
  readonly package: string;
  readonly type: "UMUM" | "DIKE";
  readonly as: "picture" | "pdf";
}

/** Sends a proof of transfer as a learner's browser would, and claims the courses of a package with it. */
export async function prove(stack: Stack, wish: Proved): Promise<{ readonly id: string; readonly number: string }> {
  const token = await signIn(stack, wish.email);
  const form = new FormData();
  const content = wish.as === "pdf" ? await pdf() : Buffer.from(await picture("png", 600, 800));
  form.append("file", new Blob([content as BlobPart]), "bukti");
  const authorization = `Bearer ${token}`;
  const url = `${stack.apiUrls[0]}/api/uploads/proofs`;
  const sent = await fetch(url, { method: "POST", headers: { authorization }, body: form });
  const { proofUrl } = (await sent.json()) as { readonly proofUrl: string };
  const { data: found } = await stack.graphql<{ packages: PackageFound[] }>(PACKAGES, {}, { token });
  const sold = found?.packages.find(({ name }) => name === wish.package);
  if (!sold) throw new Error(`no package is called ${wish.package}`);
  const courseId = !sold.isBundle && sold.courses.length > 1 ? sold.courses[0]?.id : null;
  const input = { packageId: sold.id, courseId, type: wish.type, proofUrl, idempotencyKey: crypto.randomUUID() };
  type Made = { createEnrollmentPayment: { id: string; number: string } };
  const { data, errors } = await stack.graphql<Made>(CREATE, { input }, { token });
  if (!data) throw new Error(JSON.stringify(errors));
  return data.createEnrollmentPayment;
}

/** A file of the gateway's dashboard or of the bank, with what is put into it by mistake. */
async function fileOfDay(stack: Stack, kind: "settlements" | "bank", day: string, more = ""): Promise<string> {
  const response = await fetch(`${stack.sandboxUrl}/sandbox/${kind}/${day}.csv${more}`);
  if (!response.ok) throw new Error(`${kind} of ${day}: ${response.status}`);
  return response.text();
}

const PRODUCT = "query ($id: ID!) { order(id: $id) { status items { product { id } } } }";
const REVIEW = "mutation ($input: ReviewInput!) { createReview(input: $input) { id } }";
interface OrderFound {
  readonly order: { readonly status: string; readonly items: readonly { readonly product: { readonly id: string } }[] };
}

/** Has a paid order brought to its buyer, who then says what he thinks of its first product. */
export async function reviewOf(stack: Stack, bought: Bought, email: string): Promise<void> {
  const parcels = await openParcels(stack);
  const token = await signIn(stack, email);
  const look = async () => (await stack.graphql<OrderFound>(PRODUCT, { id: bought.orderId }, { token })).data?.order;
  try {
    await bookCourier(stack, bought);
    await parcels.courierMoves(bought.orderId, "picked_up");
    await parcels.courierMoves(bought.orderId, "delivered");
    await until("the parcel has come", async () => (await look())?.status === "COMPLETED");
  } finally {
    await parcels.close();
  }
  const productId = (await look())?.items[0]?.product.id;
  const input = { productId, rating: 5, comment: "Wangi dan segar, pengirimannya juga cepat." };
  const { errors } = await stack.graphql(REVIEW, { input }, { token });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}

/** On the page of imports: a file that is refused, one of the gateway with a mistake, and the bank's of that day. */
export async function importFiles(
  page: Page,
  stack: Stack,
  today: string,
  inspect: (name: string) => Promise<unknown>,
): Promise<void> {
  const send = async (name: string, content: string) => {
    const buffer = Buffer.from(content);
    await page.getByTestId("import-file").setInputFiles({ name, mimeType: "text/csv", buffer });
    await page.getByTestId("import-preview").waitFor();
    await page.getByTestId("import-send").click();
  };
  /** Waits until each line of a file was looked at, and opens them. */
  const open = async (name: string, line: string) => {
    const row = page.getByTestId("row").filter({ hasText: name });
    await row.locator('[data-status="DONE"]').waitFor();
    await row.getByTestId("open-row").click();
    await page.getByText(line).first().waitFor();
  };
  await send("rusak.csv", "order_id\nLNS-1\n");
  await page.getByTestId("import-refused").getByTestId("problem").first().waitFor();
  await inspect("101-import-refused");
  await send("pencairan.csv", await fileOfDay(stack, "settlements", today, "?mistakes=amount"));
  await open("pencairan.csv", "PO-");
  await inspect("102-import-lines");
  await page.getByLabel("Jenis berkas").selectOption("bank");
  await send("mutasi.csv", await fileOfDay(stack, "bank", today));
  await open("mutasi.csv", "MIDTRANS PAYOUT");
  await inspect("102-import-bank");
}
