/**
 * What a courier's word means for a parcel. Events are those of the shipment's table; `stored` says that the booking
 * is known and nobody has fetched the parcel, `unknownWord` that nobody here knows the word: nothing may change by it.
 */
export type ParcelEvent =
  | "stored"
  | "pickupArranged"
  | "moving"
  | "problem"
  | "delivered"
  | "returning"
  | "returned"
  | "cancelled"
  | "lost"
  | "unknownWord";

/** What a person likes to know besides. `pickupProblem`: the courier came for it and left without. */
export type ParcelFlag = "packed" | "pickedUp" | "outForDelivery" | "problem" | "pickupProblem";

export interface ParcelNews {
  readonly event: ParcelEvent;
  readonly flag: ParcelFlag | null;
  /** As the courier wrote it; empty where it said nothing. */
  readonly words: string;
}

/** One line of a parcel's history. The same line may be told again and again, and in any order. */
export interface ParcelScan {
  readonly at: Date;
  readonly news: ParcelNews;
  /** Personal data may stand in it, such as who took the parcel. */
  readonly description: string;
  readonly location: string | null;
  /** The courier's own; means nothing to others. Empty where there is none. */
  readonly code: string;
}

/** Where a parcel is now, and how it came there, the oldest first. */
export interface ParcelHistory {
  readonly news: ParcelNews;
  readonly events: readonly ParcelScan[];
}

/** A service that can be booked now, under the names that a booking has to repeat. Money in whole rupiah. */
export interface BookingRate {
  readonly shipping: string;
  readonly shippingType: string;
  readonly kind: "regular" | "cargo";
  /** Before the cashback. */
  readonly cost: number;
  /** What comes back to the shop's balance. */
  readonly cashback: number;
  /** Working days, null where the courier does not say. */
  readonly etd: { readonly minDays: number; readonly maxDays: number } | null;
}

export interface BookingRatesRequest {
  readonly originId: number;
  readonly destinationId: number;
  readonly weightGrams: number;
  /** Whole rupiah, at least 1: what the goods are worth. */
  readonly itemValue: number;
}

/** Who sends or receives; the phone in any Indonesian spelling. */
export interface BookingParty {
  readonly name: string;
  readonly phone: string;
  readonly address: string;
  /** Senders have one. */
  readonly email: string | null;
  readonly destinationId: number;
}

export interface BookingItem {
  readonly name: string;
  /** Whole rupiah, of one piece. */
  readonly price: number;
  /** Of one piece, as it was quoted: the sum over all pieces is what the courier is told. */
  readonly weightGrams: number;
  readonly lengthCm: number;
  readonly widthCm: number;
  readonly heightCm: number;
  readonly quantity: number;
}

export interface BookingRequest {
  /** The shop's own number of the order: all that a person can find a lost booking by. */
  readonly orderNumber: string;
  /** Now: a day before today in Asia/Jakarta is refused. */
  readonly at: Date;
  /** Stands on the label. */
  readonly brand: string;
  readonly sender: BookingParty;
  readonly recipient: BookingParty;
  /** Out of bookingRates, just asked for: an older price is refused or costs the shop the difference. */
  readonly rate: BookingRate;
  readonly items: readonly BookingItem[];
}

export type BookingAnswer =
  | { readonly kind: "stored"; readonly bookingNo: string }
  /** Nothing was booked. `isBalance`: the shop's balance at the company is too low; after a top-up it would go. */
  | { readonly kind: "refused"; readonly why: string; readonly isBalance: boolean };

export const VEHICLES = ["Motor", "Mobil", "Truk"] as const;
export type Vehicle = (typeof VEHICLES)[number];

export interface PickupRequest {
  /** To the minute; earlier than 90 minutes from now is refused. */
  readonly at: Date;
  readonly vehicle: Vehicle;
  readonly bookingNos: readonly string[];
}

/** What became of one booking's pickup: it has a waybill number, or `why` says what the company said. */
export interface PickupAnswer {
  readonly bookingNo: string;
  readonly airwayBill: string | null;
  readonly why: string | null;
}

export interface BookingView {
  /** null until a pickup is arranged. */
  readonly airwayBill: string | null;
  readonly news: ParcelNews;
  /** The shop's own number that the booking carries, as storeBooking sent it; null where it carries none. */
  readonly orderNumber: string | null;
}

export type CancelAnswer =
  | { readonly kind: "accepted" }
  /** `news`: where the booking is as the company says in the same breath; `unknownWord` where it does not say. */
  | { readonly kind: "refused"; readonly news: ParcelNews; readonly why: string }
  | { readonly kind: "notFound" };

/** Labels on a sheet: one, two or four on A4, or one on thermal paper of that size in centimetres. */
export type LabelPage = "A4" | "A4x2" | "A4x4" | "thermal10x10" | "thermal10x15";

/**
 * A company that books couriers. Only what reads is ever repeated by itself. Never called inside a transaction.
 *
 * Every method @throws GatewayUnavailable when there is no answer that says anything: `outcome` is "none" when the call
 * had no effect for certain, "unknown" when it may have had one. Reads have none.
 */
export interface CourierGateway {
  /** Services that can be booked for this parcel now; empty where no courier serves the route. */
  bookingRates(request: BookingRatesRequest): Promise<BookingRate[]>;
  /** One request, never a second: there is no key that would make it the same booking, and no list to find it in. */
  storeBooking(request: BookingRequest): Promise<BookingAnswer>;
  /** One request; an answer for each booking. After an unknown outcome readBooking says whether it has a waybill. */
  requestPickup(request: PickupRequest): Promise<PickupAnswer[]>;
  /** null: no such booking. */
  readBooking(bookingNo: string): Promise<BookingView | null>;
  /** null: not known there, which a fresh waybill is for hours. */
  history(parcel: { readonly shipping: string; readonly airwayBill: string }): Promise<ParcelHistory | null>;
  /** One request. After an unknown outcome readBooking says what is true, and a second one does no harm. */
  cancelBooking(bookingNo: string): Promise<CancelAnswer>;
  /** A PDF, checked to be one. @throws Refusal NOT_FOUND for a booking without a label, such as before its pickup */
  label(bookingNos: readonly string[], page: LabelPage): Promise<Uint8Array>;
}
