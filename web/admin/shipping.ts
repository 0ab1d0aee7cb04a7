/** As many orders as one request books: each answers within a moment, and the progress moves. */
const AT_ONCE = 5;

/** What became of one of the selected orders. UNSENT: the shop did not answer, so it may be booked or not. */
export interface BookingRow {
  readonly orderId: string;
  readonly number: string;
  readonly outcome: "WAITING" | "BOOKED" | "ALREADY_BOOKED" | "REFUSED" | "UNSENT";
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly orderId: string;
  readonly outcome: "BOOKED" | "ALREADY_BOOKED" | "REFUSED";
  readonly code?: string | null;
  readonly details?: string | null;
}

export const waiting = (order: { readonly id: string; readonly number: string }): BookingRow => ({
  orderId: order.id,
  number: order.number,
  outcome: "WAITING",
  code: "",
  details: {},
});

/** Rows whose end is not known: they may be asked for again, and nothing is booked twice by that. */
export const unfinished = (rows: readonly BookingRow[]): BookingRow[] =>
  rows.filter(({ outcome }) => outcome === "WAITING" || outcome === "UNSENT");

const readDetails = (text: string | null | undefined): Readonly<Record<string, unknown>> => {
  try {
    const read: unknown = JSON.parse(text ?? "{}");
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const answered = (row: BookingRow, answers: readonly Answer[]): BookingRow => {
  const answer = answers.find(({ orderId }) => orderId === row.orderId);
  if (!answer) return { ...row, outcome: "UNSENT" };
  return { ...row, outcome: answer.outcome, code: answer.code ?? "", details: readDetails(answer.details) };
};

/** A failure of a whole request: what it refuses it refuses for each of its orders, else nothing is known of them. */
export type RequestFailure = { readonly code: string; readonly details: BookingRow["details"]; isRefusal: boolean };

/**
 * Books the unfinished rows, some at once, and tells after each request how all stand. A request without an answer ends
 * it: what was in it is UNSENT, what comes after it still waits.
 *
 * @param send asks the shop for these orders @throws what `failureOf` reads
 */
export async function bookRows(
  rows: readonly BookingRow[],
  send: (orderIds: readonly string[]) => Promise<readonly Answer[]>,
  failureOf: (error: unknown) => RequestFailure,
  tell: (rows: readonly BookingRow[]) => void,
): Promise<void> {
  const all = new Map(rows.map((row) => [row.orderId, row]));
  const todo = unfinished(rows);
  const put = (done: readonly BookingRow[]) => {
    for (const row of done) all.set(row.orderId, row);
    tell([...all.values()]);
  };
  for (let from = 0; from < todo.length; from += AT_ONCE) {
    const part = todo.slice(from, from + AT_ONCE);
    try {
      const answers = await send(part.map(({ orderId }) => orderId));
      put(part.map((row) => answered(row, answers)));
    } catch (error) {
      const { code, details, isRefusal } = failureOf(error);
      put(part.map((row) => ({ ...row, outcome: isRefusal ? "REFUSED" : "UNSENT", code, details })));
      if (!isRefusal) return;
    }
  }
}

/** When and by what a courier should come, as the form has it: a moment in WIB as its field writes it, or "". */
export interface PickupWish {
  readonly at: string;
  readonly vehicle: string;
}

const AHEAD_MS = 90 * 60 * 1000;
const AHEAD_MS_MAX = 7 * 24 * 60 * 60 * 1000;
const JAKARTA_OFFSET_MS = 7 * 60 * 60 * 1000;
const FIELD_CHARS = "2026-11-21T16:30".length;

export const VEHICLES = ["Motor", "Mobil", "Truk"] as const;

/** An instant as the browser's field for a moment has it, in WIB whatever zone the browser is in. */
export const inField = (instantMs: number): string =>
  new Date(instantMs + JAKARTA_OFFSET_MS).toISOString().slice(0, FIELD_CHARS);

/** The wish as the server takes it; null for what was left to it. */
export const wished = ({ at, vehicle }: PickupWish): { pickupAt: string | null; vehicle: string | null } => ({
  pickupAt: at === "" ? null : new Date(Date.parse(`${at}:00.000Z`) - JAKARTA_OFFSET_MS).toISOString(),
  vehicle: vehicle === "" ? null : vehicle,
});

/** False for a moment that the courier company does not take: nearer than 90 minutes, or farther than 7 days. */
export function isPickupPossible(wish: PickupWish, nowMs: number): boolean {
  const { pickupAt } = wished(wish);
  if (pickupAt === null) return true;
  const aheadMs = Date.parse(pickupAt) - nowMs;
  return aheadMs >= AHEAD_MS && aheadMs <= AHEAD_MS_MAX;
}

export const soonestPickup = (nowMs: number): string => inField(nowMs + AHEAD_MS);
export const latestPickup = (nowMs: number): string => inField(nowMs + AHEAD_MS_MAX);

export type Trouble = "UNKNOWN" | "PICKUP" | "NOT_FETCHED" | "PROBLEM" | "RETURNING" | "LOST";

interface TroubledParcel {
  readonly status: string;
  readonly flag?: string | null;
  readonly booking?: { readonly pickupWhy?: string | null } | null;
}

/** Why a person must look at a parcel; null where nobody must. */
export function troubleOf({ status, flag, booking }: TroubledParcel): Trouble | null {
  if (status === "UNKNOWN" || status === "RETURNING" || status === "LOST") return status;
  if (status === "TRANSIT" && flag === "problem") return "PROBLEM";
  if (flag === "pickupProblem") return "NOT_FETCHED";
  return status === "BOOKED" && booking?.pickupWhy ? "PICKUP" : null;
}
