import { Refusal } from "../../domain/kernel/errors.ts";
import type {
  BookingAnswer,
  BookingRate,
  BookingRatesRequest,
  BookingRequest,
  BookingView,
  CancelAnswer,
  CourierGateway,
  LabelPage,
  ParcelHistory,
  PickupAnswer,
  PickupRequest,
} from "../../domain/shipping/courierGateway.ts";
import { type CallLimits, createHttpCaller, type HttpCallOf, type Verdict } from "../httpCaller.ts";
import type { RecordCall } from "../recordCall.ts";
import { PAGES, pickupBody, ratesQuery, storeBody, unsendable } from "./requests.ts";
import {
  BOOKING_NO,
  type Label,
  pdfIn,
  readCancelled,
  readDetail,
  readHistory,
  readLabel,
  readPickup,
  readRates,
  readStored,
} from "./wire.ts";

export interface KomerceOptions {
  /** Without the paths below it, which are Komerce's own: `/tariff/api/v1/...` and `/order/api/v1/...`. */
  readonly url: string;
  /** Of the "Shipping Delivery" product. */
  readonly key: string;
  /** Limit of every request in milliseconds; null: the table below. */
  readonly timeoutMs: number | null;
  readonly recordCall: RecordCall;
  /** 0 to 1, shifts retries. */
  readonly random: () => number;
  /** How long an open breaker lets nothing through, in milliseconds. */
  readonly breakMs?: number;
}

/**
 * None is published: integrators wait 8 to 15 s for rates, 20 to 30 s for a booking and 60 s for many labels. Answers
 * have some kB; labels are pictures, a few hundred kB a page and a third more as text.
 */
const LIMITS = {
  calculate: { timeoutMs: 10_000, tries: 3, bytesMax: 1_000_000 },
  store: { timeoutMs: 30_000, tries: 1, bytesMax: 1_000_000 },
  detail: { timeoutMs: 10_000, tries: 3, bytesMax: 1_000_000 },
  pickup: { timeoutMs: 30_000, tries: 1, bytesMax: 1_000_000 },
  cancel: { timeoutMs: 15_000, tries: 1, bytesMax: 1_000_000 },
  // The company asks not to make one again and again.
  label: { timeoutMs: 60_000, tries: 1, bytesMax: 30_000_000 },
  labelFile: { timeoutMs: 20_000, tries: 3, bytesMax: 20_000_000 },
  history: { timeoutMs: 10_000, tries: 3, bytesMax: 1_000_000 },
} as const satisfies Record<string, CallLimits>;
type Operation = keyof typeof LIMITS;

const TOTAL_MS = 25_000; // all tries of one read: a job makes two of them and a booking within its lease

const BOOKINGS_MAX = 50; // of one pickup or sheet of labels: more take longer than a minute

interface Call<T> {
  readonly operation: Operation;
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly correlation: string | null;
  readonly read: HttpCallOf<T>["read"];
  readonly keep?: HttpCallOf<T>["keep"];
  /** Asks without the key. */
  readonly isPublic?: boolean;
}

/** A comma between bookings stays one: lists with `%2C` are read as one unknown booking there. */
const queryOf = (fields: Readonly<Record<string, string>>): string =>
  new URLSearchParams(fields).toString().replaceAll("%2C", ",");

function requestOf<T>(key: string, call: Call<T>): HttpCallOf<T> {
  const { operation, method, path, query = {}, body, correlation, read, keep } = call;
  return {
    operation,
    method,
    path,
    correlation,
    read,
    limits: LIMITS[operation],
    query: queryOf(query),
    headers: {
      accept: "application/json",
      ...(call.isPublic ? {} : { "x-api-key": key }),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    request: body ?? query,
    ...(keep ? { keep } : {}),
  };
}

function requireBookings(bookingNos: readonly string[]): void {
  const isFine = bookingNos.length > 0 && bookingNos.length <= BOOKINGS_MAX;
  if (!isFine || !bookingNos.every((bookingNo) => BOOKING_NO.test(bookingNo))) {
    throw new Refusal("INVALID_INPUT", `1 to ${BOOKINGS_MAX} numbers that the courier company can know are expected`);
  }
}

const file = (bytes: Uint8Array): Verdict<Uint8Array> => {
  const pdf = pdfIn(bytes);
  return pdf ? { kind: "answer", outcome: "ok", value: pdf } : { kind: "failed", why: "the label is no PDF" };
};

/** A label shows who lives where: staff sees it by its own right, and never among the calls. */
const keepNoLabel: HttpCallOf<unknown>["keep"] = ({ status, bytes }) => ({ status, bytes: bytes.length });

/** What a request is about, where that is one booking. */
const about = (bookingNos: readonly string[]): string | null =>
  bookingNos.length === 1 ? (bookingNos[0] as string) : null;

type Read = <T>(call: Call<T>) => Promise<T>;

async function fetchLabel(read: Read, bookingNos: readonly string[], page: LabelPage): Promise<Uint8Array> {
  const correlation = about(bookingNos);
  const told = await read<Label>({
    operation: "label",
    method: "POST",
    path: "/order/api/v1/orders/print-label",
    query: { order_no: bookingNos.join(","), page: PAGES[page] },
    correlation,
    read: readLabel,
    keep: keepNoLabel,
  });
  if (told === "none") throw new Refusal("NOT_FOUND", "The courier company has no label for this booking");
  if ("pdf" in told) return told.pdf;
  const fetched = { operation: "labelFile", method: "GET", path: told.path, correlation, isPublic: true } as const;
  return read<Uint8Array>({ ...fetched, read: ({ bytes }) => file(bytes), keep: keepNoLabel });
}

const CALLS = {
  rates: (request: BookingRatesRequest): Call<BookingRate[]> => ({
    operation: "calculate",
    method: "GET",
    path: "/tariff/api/v1/calculate",
    query: ratesQuery(request),
    correlation: null,
    read: readRates,
  }),
  store: (request: BookingRequest): Call<BookingAnswer> => ({
    operation: "store",
    method: "POST",
    path: "/order/api/v1/orders/store",
    body: storeBody(request),
    correlation: request.orderNumber,
    read: readStored,
  }),
  pickup: (request: PickupRequest): Call<PickupAnswer[]> => ({
    operation: "pickup",
    method: "POST",
    path: "/order/api/v1/pickup/request",
    body: pickupBody(request),
    correlation: about(request.bookingNos),
    read: (answer) => readPickup(answer, request.bookingNos),
  }),
  detail: (bookingNo: string): Call<BookingView | null> => ({
    operation: "detail",
    method: "GET",
    path: "/order/api/v1/orders/detail",
    query: { order_no: bookingNo },
    correlation: bookingNo,
    read: (answer) => readDetail(answer, bookingNo),
  }),
  cancel: (bookingNo: string): Call<CancelAnswer> => ({
    operation: "cancel",
    method: "PUT",
    path: "/order/api/v1/orders/cancel",
    body: { order_no: bookingNo },
    correlation: bookingNo,
    read: readCancelled,
  }),
  history: (shipping: string, airwayBill: string): Call<ParcelHistory | null> => ({
    operation: "history",
    method: "GET",
    path: "/order/api/v1/orders/history-airway-bill",
    query: { shipping: shipping.toUpperCase(), airway_bill: airwayBill },
    correlation: airwayBill,
    read: readHistory,
  }),
};

/**
 * Komerce's "Shipping Delivery" API, which books what RajaOngkir quotes. Kilograms for its rates and grams for its
 * products, a key of its own. Bookings and histories each have a breaker: they fail apart, and since every booking
 * begins with its rates, the one call after a break is as a rule a read.
 */
export function createKomerceGateway(options: KomerceOptions): CourierGateway {
  const newCaller = () => createHttpCaller({ ...options, gateway: "komerce", company: "Komerce", totalMs: TOTAL_MS });
  const [bookings, histories] = [newCaller(), newCaller()];
  const read: Read = (call) => bookings.read(requestOf(options.key, call));
  const write: Read = (call) => bookings.write(requestOf(options.key, call));

  return {
    bookingRates: (request) => read(CALLS.rates(request)),
    async storeBooking(request): Promise<BookingAnswer> {
      const why = unsendable(request);
      return why === null ? write(CALLS.store(request)) : { kind: "refused", why, isBalance: false };
    },
    async requestPickup(request) {
      requireBookings(request.bookingNos);
      return write(CALLS.pickup(request));
    },
    async readBooking(bookingNo) {
      requireBookings([bookingNo]);
      return read(CALLS.detail(bookingNo));
    },
    history: ({ shipping, airwayBill }) => histories.read(requestOf(options.key, CALLS.history(shipping, airwayBill))),
    async cancelBooking(bookingNo) {
      requireBookings([bookingNo]);
      return write(CALLS.cancel(bookingNo));
    },
    async label(bookingNos, page) {
      requireBookings(bookingNos);
      return fetchLabel(read, bookingNos, page);
    },
  };
}
