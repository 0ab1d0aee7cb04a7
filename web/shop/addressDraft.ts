import type { PlaceFragment } from "../graphql/generated/buying/graphql.ts";

/** The address as it is being typed. */
export interface AddressDraft {
  readonly recipient: string;
  readonly phone: string;
  readonly line: string;
  readonly note: string;
  readonly destination: PlaceFragment | null;
}

export type AddressGaps = Partial<Record<keyof AddressDraft, true>>;

/** Digits with an optional plus, spaces and dashes: what couriers can call. */
const PHONE = /^\+?[\d\s-]{8,20}$/;

/** The fields that must be filled in or mended before anything can be sent. */
export function gapsOf(draft: AddressDraft): AddressGaps {
  return {
    ...(draft.recipient.trim() === "" && { recipient: true as const }),
    ...(!PHONE.test(draft.phone.trim()) && { phone: true as const }),
    ...(draft.line.trim() === "" && { line: true as const }),
    ...(draft.destination === null && { destination: true as const }),
  };
}

const KEY = "lunas.address";
const EMPTY: AddressDraft = { recipient: "", phone: "", line: "", note: "", destination: null };

/** The draft of this tab, so that a reload loses nothing; it ends with the tab. */
export const addressDrafts = {
  read(): AddressDraft {
    try {
      return { ...EMPTY, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<AddressDraft>) };
    } catch (error) {
      if (error instanceof SyntaxError) return EMPTY;
      throw error;
    }
  },
  keep(draft: AddressDraft): void {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  },
};
