import type { PlaceFragment } from "../graphql/generated/buying/graphql.ts";
import type { Failure } from "../ui/failure.ts";

/** The address as it is being typed. */
export interface AddressDraft {
  readonly recipient: string;
  readonly phone: string;
  readonly line: string;
  readonly note: string;
  readonly destination: PlaceFragment | null;
}

export type AddressGaps = Partial<Record<keyof AddressDraft, true>>;

/** An Indonesian number as the server takes it, however it is written: couriers can call no other. */
const PHONE = /^(?:\+?62|0)[1-9]\d{7,11}$/;

/** Whether a courier could call it. */
export const isPhone = (text: string): boolean => PHONE.test(text.trim().replace(/[\s().-]/g, ""));

/** As labels have it: what was typed on several lines, or pasted with tabs, on one. */
const onOneLine = (text: string): string => text.trim().replace(/[\s\p{Cc}]+/gu, " ");

/** The address as it is sent; null while the place is not chosen. */
export function readyAddress({ recipient, phone, line, note, destination }: AddressDraft) {
  if (!destination) return null;
  return {
    recipient: onOneLine(recipient),
    phone: phone.trim(),
    line: onOneLine(line),
    destinationId: destination.id,
    ...(note.trim() && { note: onOneLine(note) }),
  };
}

/** The fields that must be filled in or mended before anything can be sent. */
export function gapsOf(draft: AddressDraft): AddressGaps {
  return {
    ...(draft.recipient.trim() === "" && { recipient: true as const }),
    ...(!isPhone(draft.phone) && { phone: true as const }),
    ...(draft.line.trim() === "" && { line: true as const }),
    ...(draft.destination === null && { destination: true as const }),
  };
}

const FIELDS: Readonly<Record<string, keyof AddressDraft>> = {
  "input.address.recipient": "recipient",
  "input.address.phone": "phone",
  "input.address.line": "line",
  destinationId: "destination",
};

/** The fields that the server refused, by its names for them. */
export function refusedGaps(failure: Failure | null): AddressGaps {
  const refused = failure?.code === "INVALID_INPUT" ? failure.details["fields"] : null;
  const names = Object.keys(typeof refused === "object" && refused !== null ? refused : {});
  return Object.fromEntries(names.flatMap((name) => (FIELDS[name] ? [[FIELDS[name], true]] : [])));
}

const KEY = "lunas.address";

interface Person {
  readonly id: string;
  readonly name: string;
  readonly phone?: string | null;
}

interface Kept {
  readonly owner: string;
  readonly draft: AddressDraft;
}

/** What of a stored text is this person's; null where it is another's or no draft at all. */
export function ownDraft(stored: string | null, person: Person): AddressDraft | null {
  try {
    const kept = JSON.parse(stored || "null") as Partial<Kept> | null;
    return kept?.owner === person.id && kept.draft ? kept.draft : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * The draft of this tab, so that a reload or a new sign-in of the same person loses nothing; it ends with the tab, and
 * is shown to nobody else. Before anything was typed it is what is known of the person.
 */
export const addressDrafts = {
  read: (person: Person): AddressDraft =>
    ownDraft(sessionStorage.getItem(KEY), person) ?? {
      recipient: person.name,
      phone: person.phone ?? "",
      line: "",
      note: "",
      destination: null,
    },
  keep: (person: Person, draft: AddressDraft): void =>
    sessionStorage.setItem(KEY, JSON.stringify({ owner: person.id, draft } satisfies Kept)),
  forget: (): void => sessionStorage.removeItem(KEY),
};
