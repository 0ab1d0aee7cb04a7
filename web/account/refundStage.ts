import type { Meaning } from "../ui/status.ts";

/** Where a refund stands, as far as its owner is concerned. */
export type RefundStage =
  | "waiting"
  | "sending"
  | "account"
  | "approval"
  | "transfer"
  | "sent"
  | "received"
  | "failed"
  | "withdrawn";

interface Refund {
  readonly status: "PENDING" | "PROCESSING" | "SUCCEEDED" | "FAILED" | "MANUAL" | "WITHDRAWN";
  readonly accountMasked?: string | null;
  readonly bankReference?: string | null;
  readonly approvedAt?: string | null;
  readonly succeededAt?: string | null;
  readonly bankConfirmedAt?: string | null;
  readonly creditNote?: object | null;
}

/** By its status, and for one that people pay by whose turn it is. */
export function refundStage(refund: Refund): RefundStage {
  switch (refund.status) {
    case "PENDING":
      return "waiting";
    case "PROCESSING":
      return "sending";
    case "SUCCEEDED":
      return refund.bankConfirmedAt ? "received" : "sent";
    case "WITHDRAWN":
      return "withdrawn";
    case "FAILED":
      return refund.approvedAt ? "transfer" : "failed";
    case "MANUAL":
      if (!refund.accountMasked) return "account";
      return refund.approvedAt ? "transfer" : "approval";
  }
}

export const stageMeaning = {
  waiting: "waiting",
  sending: "waiting",
  account: "waiting",
  approval: "waiting",
  transfer: "waiting",
  sent: "good",
  received: "good",
  failed: "wrong",
  withdrawn: "ended",
} as const satisfies Readonly<Record<RefundStage, Meaning>>;

/** Whether a bank transfer pays it, as far as is known. */
export const isByHand = ({ status, bankReference, accountMasked }: Refund): boolean =>
  status === "MANUAL" || Boolean(bankReference) || (status === "FAILED" && Boolean(accountMasked));

/** Whether its owner may say, or say anew, where it goes: until somebody has approved that account. */
export const takesAccount = ({ status, approvedAt }: Refund): boolean =>
  (status === "MANUAL" || status === "FAILED") && !approvedAt;

const MOVING: ReadonlySet<RefundStage> = new Set<RefundStage>(["waiting", "sending", "approval", "transfer"]);

/** So long a credit note may follow what was sent; some refunds get none. */
const NOTE_WITHIN_MS = 60_000;

/** Whether it may soon change without its owner's doing. `now`: milliseconds since 1970. */
export function isMoving(refund: Refund, now: number): boolean {
  if (MOVING.has(refundStage(refund))) return true;
  const { succeededAt, creditNote } = refund;
  return !creditNote && Boolean(succeededAt) && now - Date.parse(succeededAt ?? "") < NOTE_WITHIN_MS;
}
