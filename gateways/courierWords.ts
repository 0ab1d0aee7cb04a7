import type {
  ParcelEvent,
  ParcelFlag,
  ParcelHistory,
  ParcelNews,
  ParcelScan,
} from "../domain/shipping/courierGateway.ts";

interface Meaning {
  readonly event: ParcelEvent;
  readonly flag: ParcelFlag | null;
}

const means = (event: ParcelEvent, flag: ParcelFlag | null = null): Meaning => ({ event, flag });
const UNKNOWN = means("unknownWord");

const words = (...some: readonly string[]): string => `(${some.join("|")})`;

const ARRIVED = words("DELIVERED", "RECEIVED", "DITERIMA", "TERKIRIM");
/** Said of what has not happened: "CANNOT BE DELIVERED TO", "AKAN DITERIMA OLEH". */
const NOT_SO = new RegExp(
  `\\b${words("(CAN ?|COULD |WILL )?NOT", "TO", "WILL", "BEING", "BELUM", "TIDAK", "AKAN", "SEDANG")} ` +
    `(${words("YET", "BE", "DAPAT", "BISA")} )?${ARRIVED}`,
);
/** People and houses of the courier's own: whoever carries or keeps a parcel on its way is no consignee. */
const COURIERS_OWN = words(
  ...["KURIR", "COURIER", "SPRINTER", "DRIVER", "PETUGAS", "AGENT?", "[CK]OUNTER", "KONTER", "GERAI", "OUTLET"],
  ...["GUDANG", "WAREHOUSE", "HUB", "CABANG", "BRANCH", "DROP ?POINT", "GATEWAY", "SORTING", "STATION", "TRANSIT"],
  "LOCKER",
);
const HANDED_ON = new RegExp(`(DELIVERED TO|DITERIMA (OLEH|DI)) \\[?[A-Z ]*\\b${COURIERS_OWN}\\b`);
/** The end of a way back, said as such. */
const BACK = /RETURN DONE|(RETUR\w*|SENDER|SHIPPER|PENGIRIM) (DITERIMA|SELESAI|DONE)|DITERIMA (OLEH )?PENGIRIM/;
const UNDER_WAY = words(
  ...["\\b(WILL|TO) BE\\b", "\\bBEING\\b", "\\bAKAN\\b", "\\bSEDANG\\b", "PROSES", "PROCESS", "TRANSIT"],
  ...["PERJALANAN", "MENUJU", "DIKIRIM", "RETURNING"],
);
/** A way back that is under way, or that goes to a house of the courier's own. */
const ON_WAY_BACK = new RegExp(
  `^(?=.*(RETUR|KE PENGIRIM|TO (SHIPPER|SENDER))).*${UNDER_WAY}|` +
    "\\bRETURN TO (SHIPPER|SENDER)|\\bRETUR KE PENGIRIM|\\bRETURNED TO (?!.*(SHIPPER|SENDER))",
);

/**
 * The first that fits counts, so the order is the meaning: "UNDELIVERED" holds "delivered", "RETURN DONE" a return,
 * "GAGAL PICKUP" a pickup. Words are of both of Komerce's APIs, in Indonesian and English; nobody lists those of the
 * couriers behind them. "RECEIVED BY" may be a counter or the consignee: it says nothing.
 */
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/^RECEIVED BY\b/, UNKNOWN],
  [NOT_SO, UNKNOWN],
  [HANDED_ON, UNKNOWN],
  [
    /PICK ?UP (FAILED|GAGAL|CANCEL|(DI)?BATAL)|(GAGAL|FAILED|CANCEL(L?ED)?|BATAL) (PICK ?UP|JEMPUT)/,
    means("stored", "pickupProblem"),
  ],
  [BACK, means("returned")],
  [ON_WAY_BACK, means("returning")],
  [/RETURNED|TO (SHIPPER|SENDER)|KE PENGIRIM/, means("returned")],
  [
    /(DELIVERY|ANTAR|PENGANTARAN) (CANCEL|(DI)?BATAL)|(CANCEL(L?ED)?|BATAL) (DELIVERY|ANTAR)/,
    means("problem", "problem"),
  ],
  [/PEMBATALAN|CANCELLATION|CANCEL REQUEST/, UNKNOWN],
  [/UNDELIVER|FAILED|GAGAL|PROBLEM|BERMASALAH|\bHOLD\b|BAD ADDRESS|NOT AT HOME/, means("problem", "problem")],
  [/\bRETUR|\bRTS\b/, means("returning")],
  [/CANCEL|BATAL/, means("cancelled")],
  [/\bHILANG\b|\bLOST\b|\bRUSAK\b|DAMAGED|DESTROYED/, means("lost")],
  [/^(DELIVERED|RECEIVED|DITERIMA|TERKIRIM|SELESAI|COMPLETED|POD)$|\bDELIVERED TO\b|DITERIMA OLEH/, means("delivered")],
  [/^DELIVERY$|\b(OUT FOR|ON|WITH) DELIVERY|PROSES ANTAR|DIBAWA KURIR/, means("moving", "outForDelivery")],
  [/OUT FOR PICK ?UP|PICK ?UP SCHEDULED|\b(DI)?PACK(ED|ING)\b/, means("pickupArranged", "packed")],
  [
    /(PENDING|AWAITING) PICK ?UP|DIAJUKAN|CREATED|BOOKED|^PENDING$|LABELED|ORDER DIBUAT|SHIPMENT INFORMATION/,
    means("stored"),
  ],
  [/^PICK ?UP$|PICKED|DIJEMPUT|COLLECTED/, means("moving", "pickedUp")],
  [/TRANSIT|PROCESS|SORT|DEPART|DIKIRIM|\bSENT\b|SHIPPED|MANIFEST|RECEIVED (ON|AT)\b|GATEWAY/, means("moving")],
];

const WORDS_MAX = 200; // characters: a status is a word or two, and all of it is kept and shown

/**
 * What a status of Komerce's or a courier's means; `unknownWord` for every other, and with no words where it said
 * nothing.
 */
export function readWord(status: unknown): ParcelNews {
  const said = typeof status === "string" ? status.replaceAll("\u0000", "").trim().slice(0, WORDS_MAX) : "";
  const text = said.toWellFormed(); // a cut, or the company, may leave half of a character, which no row can hold
  const spelled = text.toUpperCase().replace(/[_-]+/g, " ").replace(/\s+/g, " ");
  const meaning = MEANINGS.find(([pattern]) => pattern.test(spelled))?.[1] ?? UNKNOWN;
  return { ...meaning, words: text };
}

/** Events after which a parcel is not asked for any more. */
const FINAL: ReadonlySet<ParcelEvent> = new Set(["delivered", "returned", "cancelled", "lost"]);

/** As readWord, for a line of free text: it never ends a parcel's way, for nobody knows what else it may say. */
export function readLine(text: string): ParcelNews {
  const news = readWord(text);
  return FINAL.has(news.event) ? { ...UNKNOWN, words: news.words } : news;
}

const HOMEWARD: ReadonlySet<ParcelEvent> = new Set(["returning", "returned"]);

/** What delivers a parcel that nobody said to be on its way back. A `problem` beside it is a contradiction. */
const DELIVERABLE: ReadonlySet<ParcelEvent> = new Set(["stored", "pickupArranged", "moving", "unknownWord"]);

/**
 * A parcel's history out of its status, its lines in any order, and what else a company says of it. A parcel that is
 * handed back to its sender may be called delivered: where a line speaks of a return, only a return is believed.
 *
 * @param isDelivered the company's own flag
 */
export function historyOf(status: ParcelNews, lines: readonly ParcelScan[], isDelivered = false): ParcelHistory {
  const events = lines
    .map((scan, index) => ({ scan, index }))
    .sort((a, b) => a.scan.at.getTime() - b.scan.at.getTime() || a.index - b.index)
    .map(({ scan }) => scan);
  const isHomeward = events.some(
    ({ news, description }) => HOMEWARD.has(news.event) || HOMEWARD.has(readWord(description).event),
  );
  const claims = status.event === "delivered" || (isDelivered && DELIVERABLE.has(status.event));
  if (!claims) return { news: status, events };
  const event = isHomeward ? "returning" : "delivered";
  return { news: { event, flag: null, words: status.words }, events };
}
