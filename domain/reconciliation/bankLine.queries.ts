import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { BANK_LINE_CONTEXT } from "../kernel/sealedColumns.ts";
import { type Condition, countRows, listNewest, NO_ROW, type TimedList } from "../kernel/timedList.ts";

export const BANK_LINE_STATES = ["NEW", "MATCHED", "UNMATCHED"] as const;
export type BankLineState = (typeof BANK_LINE_STATES)[number];

/** A line of the bank's statement as staff sees it. Whole rupiah: in above 0, out below. */
export interface BankLineView {
  readonly id: string;
  readonly fileId: string;
  readonly line: number;
  readonly state: BankLineState;
  readonly bookedOn: string;
  readonly amount: number;
  /** What the bank wrote, all of the line: it may name people. */
  readonly text: string;
  readonly matchedBy: string | null;
  readonly payoutReference: string | null;
  readonly refundId: string | null;
  readonly paymentId: string | null;
}

type Stored = Omit<BankLineView, "text"> & { readonly rawSealed: string };

const LINES: TimedList = {
  columns: `l.id, l.file_id, l.line, l.state, l.booked_on, l.amount, l.raw_sealed, l.matched_by, l.payout_reference,
    l.refund_id, l.payment_id`,
  from: "bank_lines l join settlement_files f on f.id = l.file_id",
  at: "f.imported_at",
  id: "l.id",
};

/** Which lines are asked for. */
export interface BankLineFilter {
  readonly id?: string | null;
  readonly fileId?: string | null;
  readonly state?: BankLineState | null;
}

const isWanted = ({ id, fileId, state }: BankLineFilter): Condition[] => [
  ...(id ? [isId(id) ? { text: "l.id = ?", value: id } : NO_ROW] : []),
  ...(fileId ? [isId(fileId) ? { text: "l.file_id = ?", value: fileId } : NO_ROW] : []),
  ...(state ? [{ text: "l.state = ?", value: state }] : []),
];

/** Lines of bank statements, those of the newest file first. @throws Refusal FORBIDDEN, INVALID_INPUT */
export async function listBankLines(
  app: Pick<App, "db" | "sealer">,
  actor: Actor,
  input: PageInput & BankLineFilter,
): Promise<Page<BankLineView>> {
  requireRight(actor, "reconciliation.read");
  const page = await listNewest<Stored>(app.db, LINES, isWanted(input), input);
  const shown = ({ rawSealed, ...line }: Stored): BankLineView => {
    const cells = JSON.parse(app.sealer.open(rawSealed, BANK_LINE_CONTEXT)) as Record<string, string>;
    return { ...line, text: Object.values(cells).filter(Boolean).join(" | ") };
  };
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: shown(node) }));
  return { ...page, edges, nodes: edges.map(({ node }) => node) };
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN */
export async function countBankLines(app: Pick<App, "db">, actor: Actor, filter: BankLineFilter): Promise<number> {
  requireRight(actor, "reconciliation.read");
  return countRows(app.db, LINES.from, isWanted(filter));
}
