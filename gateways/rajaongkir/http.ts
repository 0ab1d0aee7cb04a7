import type { ParcelHistory } from "../../domain/shipping/courierGateway.ts";
import type {
  CourierRate,
  Destination,
  MayAsk,
  RatesRequest,
  ShippingGateway,
  Waybill,
} from "../../domain/shipping/shippingGateway.ts";
import { type CallLimits, createHttpCaller, type HttpCallOf, type Verdict } from "../httpCaller.ts";
import type { RecordCall } from "../recordCall.ts";
import { readAnswer, readDestinations, readRates, readWaybill } from "./wire.ts";

export interface RajaongkirOptions {
  /** Without the path below it, which is RajaOngkir's own: `/api/v1/...`. */
  readonly url: string;
  /** Of the "Shipping Cost" product. */
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
 * None is published: integrators wait 5 s for a search, and 8 to 15 s for costs, where the slowest courier decides.
 * The longest answer that is known, all rates of a route, has some 20 kB. More tries would only burn the daily quota.
 */
const LIMITS = {
  search: { timeoutMs: 5_000, tries: 3, bytesMax: 1_000_000 },
  cost: { timeoutMs: 10_000, tries: 3, bytesMax: 1_000_000 },
  track: { timeoutMs: 10_000, tries: 3, bytesMax: 1_000_000 },
} as const satisfies Record<string, CallLimits>;
type Operation = keyof typeof LIMITS;

const TOTAL_MS = 15_000; // all tries of one read: a shopper waits for it
const SEARCH_LIMIT = 50; // places of one search: a picker shows no more

/** Couriers whose waybills are told only to who knows the last digits of the recipient's phone. */
const ASKS_FOR_PHONE: ReadonlySet<string> = new Set(["jne"]);
const PHONE_DIGITS = 5;

interface Call {
  readonly operation: Operation;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Query or form, without the key. */
  readonly fields: Readonly<Record<string, string>>;
  readonly isForm?: boolean;
  readonly correlation?: string;
}

/** The last digits of a phone, as text: a leading zero counts. */
const lastDigits = (phone: string): string => phone.replace(/\D/g, "").slice(-PHONE_DIGITS).padStart(PHONE_DIGITS, "0");

function waybillFields({ courier, airwayBill, phoneSuffix }: Waybill): Record<string, string> {
  const code = courier.toLowerCase();
  const digits: Record<string, string> =
    ASKS_FOR_PHONE.has(code) && phoneSuffix !== null ? { last_phone_number: lastDigits(phoneSuffix) } : {};
  return { awb: airwayBill, courier: code, ...digits };
}

const rowsBy =
  <T>(rowsOf: (data: unknown) => T[] | null): HttpCallOf<T[]>["read"] =>
  (answer): Verdict<T[]> => {
    const reading = readAnswer(answer);
    if (reading.kind === "empty") return { kind: "answer", outcome: "ok", value: [] };
    if (reading.kind !== "data") return reading;
    const rows = rowsOf(reading.data);
    // Another form than documented: it will be so the next time, too.
    return rows
      ? { kind: "answer", outcome: "ok", value: rows }
      : { kind: "refused", why: "an answer of another form than documented" };
  };

/**
 * RajaOngkir by Komerce, the "Shipping Cost" API ("API V2" in its documentation, below `/api/v1`). Grams, one call for
 * all couriers, form encoding for costs, a query for waybills. Its places, prices and waybills each have a breaker:
 * they fail apart.
 */
export function createRajaongkirGateway(options: RajaongkirOptions): ShippingGateway {
  const newCaller = () =>
    createHttpCaller({ ...options, gateway: "rajaongkir", company: "RajaOngkir", totalMs: TOTAL_MS });
  const callers = { search: newCaller(), cost: newCaller(), track: newCaller() };

  function read<T>(call: Call, mayAsk: MayAsk, verdictOf: HttpCallOf<T>["read"]): Promise<T> {
    const fields = new URLSearchParams(call.fields).toString();
    const form: Record<string, string> = call.isForm ? { "content-type": "application/x-www-form-urlencoded" } : {};
    return callers[call.operation].read<T>(
      {
        operation: call.operation,
        limits: LIMITS[call.operation],
        method: call.method,
        path: call.path,
        query: call.isForm ? "" : fields,
        headers: { key: options.key, accept: "application/json", ...form },
        ...(call.isForm ? { body: fields } : {}),
        correlation: call.correlation ?? null,
        request: call.fields,
        read: verdictOf,
      },
      mayAsk,
    );
  }

  return {
    searchDestinations(search, mayAsk): Promise<Destination[]> {
      const fields = { search, limit: String(SEARCH_LIMIT), offset: "0" };
      const path = "/api/v1/destination/domestic-destination";
      return read({ operation: "search", method: "GET", path, fields }, mayAsk, rowsBy(readDestinations));
    },
    domesticRates(request: RatesRequest, mayAsk): Promise<CourierRate[]> {
      const fields = {
        origin: String(request.originId),
        destination: String(request.destinationId),
        weight: String(request.weightGrams),
        courier: request.couriers.join(":"),
      };
      const path = "/api/v1/calculate/domestic-cost";
      return read({ operation: "cost", method: "POST", path, fields, isForm: true }, mayAsk, rowsBy(readRates));
    },
    waybill(parcel: Waybill, mayAsk): Promise<ParcelHistory | null> {
      const fields = waybillFields(parcel);
      const path = "/api/v1/track/waybill";
      const call = { operation: "track", method: "POST", path, fields, correlation: parcel.airwayBill } as const;
      return read(call, mayAsk, readWaybill);
    },
  };
}
