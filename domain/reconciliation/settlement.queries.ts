import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId, type UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, NO_ROW, type TimedList } from "../kernel/timedList.ts";
import type { FileProblem } from "./settlementLine.rules.ts";

export const FILE_KINDS = ["SETTLEMENT", "BANK"] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** MATCHING: its lines are stored, and are being matched. REFUSED: nothing of it is stored but why. */
export const FILE_STATES = ["MATCHING", "DONE", "REFUSED"] as const;
export type FileState = (typeof FILE_STATES)[number];

/** An imported file. Whole rupiah. */
export interface SettlementFile {
  readonly id: string;
  readonly name: string;
  readonly kind: FileKind;
  readonly state: FileState;
  /** All of its lines; those that an earlier file had; those that were looked at; those that were matched. */
  readonly rows: number;
  readonly known: number;
  readonly done: number;
  readonly matched: number;
  /** What its new lines paid out, or moved at the bank. */
  readonly net: number;
  /** Jakarta days of its lines; null: refused. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** Why it was refused. */
  readonly problems: readonly FileProblem[];
  readonly importedBy: UserId;
  readonly importedAt: Date;
  /** null: it is being matched. */
  readonly finishedAt: Date | null;
}

export const FILE_COLUMNS =
  "f.id, f.name, f.kind, f.state, f.rows, f.known, f.done, f.matched, f.net, f.first_day, f.last_day, f.problems, " +
  "f.imported_by, f.imported_at, f.finished_at";

const FILES: TimedList = { columns: FILE_COLUMNS, from: "settlement_files f", at: "f.imported_at", id: "f.id" };

/** Imported files with their progress, the newest first. @throws Refusal FORBIDDEN, INVALID_INPUT */
export async function listSettlementFiles(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput,
): Promise<Page<SettlementFile>> {
  requireRight(actor, "reconciliation.read");
  return listNewest(app.db, FILES, [], input);
}

/** How many files there are, 10,000 at most. @throws Refusal FORBIDDEN */
export async function countSettlementFiles(app: Pick<App, "db">, actor: Actor): Promise<number> {
  requireRight(actor, "reconciliation.read");
  return countRows(app.db, "settlement_files f", []);
}

/** One file; null where there is none. @throws Refusal FORBIDDEN */
export async function findSettlementFile(
  app: Pick<App, "db">,
  actor: Actor,
  id: string,
): Promise<SettlementFile | null> {
  requireRight(actor, "reconciliation.read");
  return isId(id) ? readSettlementFile(app.db, id) : null;
}

/** The same for a use case that has let its actor see it. */
export async function readSettlementFile(source: { sql: Sql }, id: string): Promise<SettlementFile | null> {
  const [row] = await source.sql<SettlementFile>(`select ${FILE_COLUMNS} from settlement_files f where f.id = $1`, [
    id,
  ]);
  return row ?? null;
}

export const LINE_STATES = ["NEW", "MATCHED", "UNMATCHED", "DUPLICATE", "FOREIGN"] as const;
export type LineState = (typeof LINE_STATES)[number];

/** A line of a settlement file as staff sees it. Whole rupiah. */
export interface SettlementLineView {
  readonly id: string;
  readonly fileId: string;
  readonly line: number;
  readonly type: string;
  readonly state: LineState;
  readonly gatewayTransactionId: string | null;
  readonly gatewayOrderId: string | null;
  readonly paymentType: string | null;
  readonly settledOn: string;
  readonly payoutReference: string | null;
  readonly currency: string;
  readonly gross: number;
  readonly fee: number;
  readonly feeTax: number;
  readonly net: number;
  /** By the table of fees; null: it has none for it, or the line was not matched. */
  readonly expectedFee: number | null;
  readonly expectedFeeTax: number | null;
  /** By which of its ids it was matched; null: it was not. */
  readonly matchedBy: string | null;
  readonly paymentId: string | null;
  readonly transactionId: string | null;
}

const LINE_COLUMNS = `l.id, l.file_id, l.line, l.type, l.state, l.gateway_transaction_id, l.gateway_order_id,
  l.payment_type, l.settled_on, l.payout_reference, l.currency, l.gross, l.fee, l.fee_tax, l.net, l.expected_fee,
  l.expected_fee_tax, l.matched_by, l.payment_id, l.transaction_id`;

const LINES: TimedList = {
  columns: LINE_COLUMNS,
  from: "settlement_lines l join settlement_files f on f.id = l.file_id",
  at: "f.imported_at",
  id: "l.id",
};

/** Which lines of settlement files are asked for. */
export interface LineFilter {
  readonly fileId?: string | null;
  readonly paymentId?: string | null;
  readonly state?: LineState | null;
}

const isWanted = ({ fileId, paymentId, state }: LineFilter): Condition[] => [
  ...(fileId ? [isId(fileId) ? { text: "l.file_id = ?", value: fileId } : NO_ROW] : []),
  ...(paymentId ? [isId(paymentId) ? { text: "l.payment_id = ?", value: paymentId } : NO_ROW] : []),
  ...(state ? [{ text: "l.state = ?", value: state }] : []),
];

/** Lines of settlement files, those of the newest file first. @throws Refusal FORBIDDEN, INVALID_INPUT */
export async function listSettlementLines(
  app: Pick<App, "db">,
  actor: Actor,
  input: PageInput & LineFilter,
): Promise<Page<SettlementLineView>> {
  requireRight(actor, "reconciliation.read");
  return listNewest(app.db, LINES, isWanted(input), input);
}

/** How many there are, 10,000 at most. @throws Refusal FORBIDDEN */
export async function countSettlementLines(app: Pick<App, "db">, actor: Actor, filter: LineFilter): Promise<number> {
  requireRight(actor, "reconciliation.read");
  return countRows(app.db, LINES.from, isWanted(filter));
}
