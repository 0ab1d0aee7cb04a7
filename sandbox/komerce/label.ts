import PDFDocument from "pdfkit";
import type { Answer } from "../answer.ts";
import { wib } from "../clock.ts";
import type { Sandbox } from "../sandbox.ts";
import { broken, ok, refused } from "./envelope.ts";
import type { LabelFile, Shipment } from "./model.ts";
import { nextNumber } from "./orders.ts";
import { gramsOf } from "./pickup.ts";

/** Points of a centimetre. */
const CM = 72 / 2.54;

interface Sheet {
  size: [number, number];
  columns: number;
  rows: number;
}

const A4: [number, number] = [21 * CM, 29.7 * CM];

/** The sheets by their code; there is no page_3 (rajaongkir.md 4.4). */
const SHEETS: Readonly<Record<string, Sheet>> = {
  page_1: { size: A4, columns: 1, rows: 1 },
  page_2: { size: A4, columns: 1, rows: 2 },
  page_4: { size: A4, columns: 2, rows: 2 },
  page_5: { size: [10 * CM, 10 * CM], columns: 1, rows: 1 },
  page_6: { size: [10 * CM, 15 * CM], columns: 1, rows: 1 },
};

const MARGIN = 14;
const FONT = 9;
/** Most orders of one file. */
const ORDERS_MAX = 200;

const labelLines = ({ request, awb, order_no, ...rest }: Shipment): string[] => [
  `${request.brand_name}    ${request.shipping} ${request.shipping_type}`,
  `AWB ${awb}`,
  order_no,
  `${request.payment_method} ${request.cod_value > 0 ? `Rp ${request.cod_value}` : ""}`.trim(),
  `${gramsOf({ request, awb, order_no, ...rest })} g`,
  `Pengirim: ${request.shipper_name}, ${request.shipper_phone}`,
  request.shipper_address,
  `Penerima: ${request.receiver_name}, ${request.receiver_phone}`,
  request.receiver_address,
  request.order_details.map((line) => `${line.qty} x ${line.product_name}`).join("; "),
  request.notes,
];

/** One PDF with a label for each order, as many on a sheet as its code says. */
async function draw(shipments: readonly Shipment[], { size, columns, rows }: Sheet): Promise<Buffer> {
  const doc = new PDFDocument({ size, margin: 0, autoFirstPage: false, compress: false });
  const chunks: Buffer[] = [];
  doc.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => doc.on("end", resolve));
  const [width, height] = [size[0] / columns, size[1] / rows];
  shipments.forEach((shipment, at) => {
    const place = at % (columns * rows);
    if (place === 0) doc.addPage();
    const [x, y] = [(place % columns) * width, Math.floor(place / columns) * height];
    doc.rect(x + MARGIN / 2, y + MARGIN / 2, width - MARGIN, height - MARGIN).stroke();
    const text = labelLines(shipment).join("\n");
    const box = { width: width - 2 * MARGIN, height: height - 2 * MARGIN, ellipsis: true };
    doc.fontSize(FONT).text(text, x + MARGIN, y + MARGIN, box);
  });
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Orders of these numbers whose pickup was arranged; null where one has none, or is unknown. */
function labelled({ store }: Sandbox, orderNos: readonly string[]): Shipment[] | null {
  const found = orderNos.flatMap((orderNo) => store.shipments.get(orderNo) ?? []);
  const isAll = found.length === orderNos.length && found.every((row) => row.awb !== "" && row.stage !== "cancelled");
  return isAll ? found : null;
}

const STRUCT = "PrintLabelRequest";

/** POST orders/print-label, by query (4.4). A wrong number is answered 500. */
export async function printLabel(sandbox: Sandbox, orderNo: string, page: string): Promise<Answer> {
  const orderNos = orderNo.split(",").filter((each) => each !== "");
  const sheet = Object.hasOwn(SHEETS, page) ? SHEETS[page] : undefined;
  if (orderNos.length === 0 || orderNos.length > ORDERS_MAX) return refused(422, broken(STRUCT, "OrderNo", "required"));
  if (!sheet) return refused(422, broken(STRUCT, "Page", page === "" ? "required" : "oneof"));
  const shipments = labelled(sandbox, orderNos);
  if (!shipments) return refused(500, "Generate Print Label failed", "order_no not found");
  const day = wib(sandbox.clock.now()).slice(0, 10).split("-").reverse().join("-");
  const name = `label-${day}-${nextNumber(sandbox, "labels")}.pdf`;
  sandbox.store.labels.put({ name, order_nos: orderNos, page });
  const file = await draw(shipments, sheet);
  return ok("success generate print label", { path: `/storage/${name}`, base_64: file.toString("base64") });
}

/** The file behind a label's path; null where there is none. */
export async function labelFile(sandbox: Sandbox, name: string): Promise<Buffer | null> {
  const label: LabelFile | undefined = sandbox.store.labels.get(name);
  const sheet = label && SHEETS[label.page];
  if (!label || !sheet) return null;
  return draw(
    label.order_nos.flatMap((orderNo) => sandbox.store.shipments.get(orderNo) ?? []),
    sheet,
  );
}
