/** The choice that asks for words of one's own. */
export const OWN_WORDS = "own";

/** What somebody chose as a reason so far: one of the reasons in their own words, or OWN_WORDS. */
export interface ReasonDraft {
  readonly choice: string;
  readonly own: string;
}

export const NO_REASON: ReasonDraft = { choice: "", own: "" };

/** A reason that comes up often: as it is kept for whoever it is given to, and as whoever chooses it reads it. */
export interface ReadyReason {
  readonly kept: string;
  readonly shown: string;
}

/** The reason as it is kept; empty while none is given. */
export const reasonWords = ({ choice, own }: ReasonDraft): string => (choice === OWN_WORDS ? own.trim() : choice);
