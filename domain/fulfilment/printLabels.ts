import { createHash } from "node:crypto";
import { inTransaction } from "../../platform/db.ts";
import { signLink } from "../../platform/signedLink.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, invalidInput, Refusal } from "../kernel/errors.ts";
import { isId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import type { LabelPage } from "../shipping/courierGateway.ts";

type LabelApp = Pick<App, "db" | "clock" | "ids" | "sealer" | "settings" | "couriers">;

/** The company puts that many on one PDF within its minute. */
export const LABELS_MAX = 25;
/** A label is some 50 kB; above this it is no label. */
const PDF_BYTES_MAX = 10_000_000;
/** Long enough to print, too short to be worth passing on. */
const LINK_MS = 15 * MINUTE_MS;

const LABEL_CONTEXT = "shipment_labels.pdf";

export interface Labels {
  readonly url: string;
  readonly expiresAt: Date;
  /** On the PDF. */
  readonly count: number;
}

/** The path of a PDF of labels, which its link's signature covers. */
export const labelPath = (id: string): string => `/api/labels/${id}.pdf`;

/** @throws Refusal NOT_FOUND | ILLEGAL_TRANSITION (orderIds) for orders whose pickup is not arranged */
async function readBookingNos(app: LabelApp, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.some((id) => !isId(id))) throw new Refusal("NOT_FOUND", "There is no such order");
  const rows = await app.db.sql<{ orderId: string; bookingNo: string | null; airwayBill: string | null }>(
    `select o.id as order_id, h.booking_no, h.airway_bill
       from unnest($1::uuid[]) with ordinality as wanted(id, place)
       join orders o on o.id = wanted.id
       left join shipments h on h.order_id = o.id and h.status <> 'CANCELLED'
      order by wanted.place`,
    [orderIds],
  );
  if (rows.length < orderIds.length) throw new Refusal("NOT_FOUND", "There is no such order");
  const missing = rows.filter(({ airwayBill, bookingNo }) => !airwayBill || !bookingNo).map(({ orderId }) => orderId);
  if (missing.length > 0) {
    throw new Refusal("ILLEGAL_TRANSITION", "A label is there once the pickup is arranged", { orderIds: missing });
  }
  return rows.map(({ bookingNo }) => bookingNo as string);
}

const digestOf = (bookingNos: readonly string[], page: LabelPage): string =>
  createHash("sha256")
    .update(JSON.stringify([page, bookingNos]))
    .digest("hex");

/** The id of the PDF of these labels that is kept; null where it must be made. */
async function findKept(app: LabelApp, digest: string): Promise<string | null> {
  const [row] = await app.db.sql<{ id: string }>("select id from shipment_labels where digest = $1", [digest]);
  return row?.id ?? null;
}

async function make(app: LabelApp, bookingNos: readonly string[], page: LabelPage, digest: string): Promise<string> {
  const pdf = await app.couriers.label([...bookingNos], page);
  if (pdf.byteLength > PDF_BYTES_MAX) throw new GatewayUnavailable("komerce", "its PDF is too large to keep", "none");
  killPoint("label.made");
  const sealed = app.sealer.seal(Buffer.from(pdf).toString("base64"), LABEL_CONTEXT);
  return inTransaction(app.db, async (tx) => {
    const [row] = await tx.sql<{ id: string }>(
      `insert into shipment_labels (id, digest, page, booking_nos, pdf_sealed, created_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (digest) do update set created_at = shipment_labels.created_at returning id`,
      [app.ids.next<"label">(), digest, page, bookingNos, sealed, app.clock.now()],
    );
    return (row as { id: string }).id;
  });
}

/**
 * A link to one PDF with the labels of these orders, in their order, that works for 15 minutes. The company is asked
 * once for the same labels on the same paper: it asks not to be asked again, and a label does not change.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; INVALID_INPUT for none or more than 25 orders; ILLEGAL_TRANSITION (orderIds)
 * for orders whose pickup is not arranged; GatewayUnavailable
 */
export async function printLabels(
  app: LabelApp,
  actor: Actor,
  input: { readonly orderIds: readonly string[]; readonly page: LabelPage },
): Promise<Labels> {
  requireRight(actor, "shipment.read.any");
  const orderIds = [...new Set(input.orderIds)];
  if (orderIds.length === 0 || orderIds.length > LABELS_MAX)
    throw invalidInput({ orderIds: `1 to ${LABELS_MAX} orders` });
  const bookingNos = await readBookingNos(app, orderIds);
  const digest = digestOf(bookingNos, input.page);
  const id = (await findKept(app, digest)) ?? (await make(app, bookingNos, input.page, digest));
  const now = app.clock.now();
  await inTransaction(app.db, (tx) =>
    recordAudit(tx, now, actor, {
      permission: "shipment.read.any",
      entity: "label",
      entityId: id,
      after: { orderIds, page: input.page },
    }),
  );
  const expiresAt = later(now, LINK_MS);
  const url = `${app.settings.publicUrl}${signLink(app.settings.linkSecret, labelPath(id), expiresAt)}`;
  return { url, expiresAt, count: bookingNos.length };
}

/** A PDF of labels; null where there is none of that id. */
export async function readLabels(app: Pick<App, "db" | "sealer">, id: string): Promise<Buffer | null> {
  if (!isId(id)) return null;
  const [row] = await app.db.sql<{ pdfSealed: string }>("select pdf_sealed from shipment_labels where id = $1", [id]);
  return row ? Buffer.from(app.sealer.open(row.pdfSealed, LABEL_CONTEXT), "base64") : null;
}
