import { createHash } from "node:crypto";
import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { type Csv, otherWork, readCsv } from "./readCsv.ts";
import { FILE_COLUMNS, type FileKind, readSettlementFile, type SettlementFile } from "./settlement.queries.ts";
import {
  type FileProblem,
  missingOfBank,
  missingOfSettlement,
  placesOf,
  type Read,
  readBankLine,
  readSettlementLine,
} from "./settlementLine.rules.ts";
import { bankRows, type FileRows, payoutRows, type ReadLine, settlementRows, storeLines } from "./storeLines.ts";

type Importer = Pick<App, "db" | "clock" | "ids" | "sealer" | "settings">;

export interface FileInput {
  readonly kind: FileKind;
  /** As its owner calls it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Problems that are told and kept: a person mends the first ones, and the rest is mostly the same. */
const PROBLEMS_MAX = 100;
const NAME_CHARS_MAX = 200;

/** A file that can be imported, or all that is wrong with it. */
type Content =
  | { readonly rows: FileRows; readonly days: readonly string[] }
  | { readonly problems: readonly FileProblem[]; readonly count: number };

const refused = (problems: readonly FileProblem[]): Content => ({
  problems: problems.slice(0, PROBLEMS_MAX),
  count: problems.length,
});

/** Lines read one after another between two turns of the process, so that it answers others meanwhile. */
const READ_TOGETHER = 2_000;

async function readAll<Line>(
  csv: Extract<Csv, { header: unknown }>,
  read: (cells: readonly string[]) => Read<Line>,
): Promise<{ lines: ReadLine<Line>[]; problems: FileProblem[] }> {
  const lines: ReadLine<Line>[] = [];
  const problems: FileProblem[] = [];
  for (const [i, { line, cells }] of csv.lines.entries()) {
    if (i % READ_TOGETHER === 0) await otherWork();
    const result =
      cells.length !== csv.header.length ? { code: "CELLS" as const, detail: "as many as the header" } : read(cells);
    if ("code" in result) problems.push({ line, ...result });
    else {
      const raw = Object.fromEntries(csv.header.map((name, at) => [name, cells[at] ?? ""]));
      lines.push({ line, read: result.line, raw });
    }
  }
  return { lines, problems };
}

async function settlementContent(app: Importer, csv: Extract<Csv, { header: unknown }>): Promise<Content> {
  const places = placesOf(app.settings.settlementColumns, csv.header);
  const missing = missingOfSettlement(places);
  if (missing.length > 0) return refused(missing.map((detail) => ({ line: 1, code: "HEADER", detail })));
  const { lines, problems } = await readAll(csv, (cells) => readSettlementLine(cells, places));
  if (problems.length > 0) return refused(problems);
  const rows: FileRows = {
    kind: "SETTLEMENT",
    lines: await settlementRows(app, lines),
    payouts: payoutRows(app, lines),
  };
  return { rows, days: lines.map(({ read }) => read.settledOn) };
}

async function bankContent(app: Importer, csv: Extract<Csv, { header: unknown }>): Promise<Content> {
  const places = placesOf(app.settings.bankColumns, csv.header);
  const missing = missingOfBank(places);
  if (missing.length > 0) return refused(missing.map((detail) => ({ line: 1, code: "HEADER", detail })));
  const { lines, problems } = await readAll(csv, (cells) => readBankLine(cells, places));
  if (problems.length > 0) return refused(problems);
  return {
    rows: { kind: "BANK", lines: await bankRows(app, lines), payouts: [] },
    days: lines.map(({ read }) => read.bookedOn),
  };
}

async function contentOf(app: Importer, { kind, bytes }: FileInput): Promise<Content> {
  const csv = await readCsv(bytes);
  if ("problem" in csv) return refused([csv.problem]);
  return kind === "BANK" ? bankContent(app, csv) : settlementContent(app, csv);
}

// A file that was refused may be read anew, with other columns or as another kind; one that was imported stays.
const WRITE_FILE = `
  insert into settlement_files (id, sha256, name, kind, bytes, state, rows, problems, first_day, last_day, imported_by,
                                imported_at, finished_at)
  values ($1, $2, $3, $4, $5, $6::text, $7, $8, $9, $10, $11, $12::timestamptz,
          case when $6::text = 'MATCHING' then null else $12::timestamptz end)
  on conflict (sha256) do update
     set name = excluded.name, kind = excluded.kind, state = excluded.state, rows = excluded.rows,
         problems = excluded.problems, first_day = excluded.first_day, last_day = excluded.last_day,
         imported_by = excluded.imported_by, imported_at = excluded.imported_at, finished_at = excluded.finished_at
   where settlement_files.state = 'REFUSED'
  returning id`;

const STORED = `
  update settlement_files f
     set known = rows - $2, net = $3, state = case when $2 = 0 then 'DONE' else 'MATCHING' end,
         finished_at = case when $2 = 0 then $4::timestamptz end
   where id = $1`;

async function writeFile(
  tx: Tx,
  app: Importer,
  actor: Actor,
  input: FileInput & { readonly sha256: string },
  content: Content,
): Promise<string | null> {
  const now = app.clock.now();
  const days = "days" in content ? [...content.days].sort() : [];
  const [file] = await tx.sql<{ id: string }>(WRITE_FILE, [
    app.ids.next<"settlementFile">(),
    input.sha256,
    input.name.replaceAll("\u0000", "").slice(0, NAME_CHARS_MAX).toWellFormed(),
    input.kind,
    input.bytes.length,
    "rows" in content ? "MATCHING" : "REFUSED",
    days.length,
    JSON.stringify("problems" in content ? content.problems : []),
    days[0] ?? null,
    days[days.length - 1] ?? null,
    actor.userId,
    now,
  ]);
  if (!file) return null;
  if ("rows" in content) {
    const stored = await storeLines(tx, file.id, content.rows);
    await tx.sql(STORED, [file.id, stored.count, stored.net, now]);
  }
  await recordAudit(tx, now, actor, {
    permission: "reconciliation.import",
    entity: "settlementFile",
    entityId: file.id,
    after: { kind: input.kind, sha256: input.sha256, lines: days.length, isRefused: "problems" in content },
  });
  killPoint("file.written");
  return file.id;
}

/**
 * Imports a settlement file of the gateway's dashboard, or a statement of the bank: all of its lines, or, where one of
 * them cannot be read, none. What follows is matchSettlements' work, which the file's row tells of. Who calls with a
 * file that was imported is answered with it as it stands, and lines that an earlier file had are counted and not kept
 * again: so a second run, and files that overlap, are harmless. One that was refused is kept as such, with why.
 *
 * @throws Refusal FORBIDDEN; UPLOAD_REFUSED with details.problems (line, code and what was expected) and their count
 */
export async function importFile(app: Importer, actor: Actor, input: FileInput): Promise<SettlementFile> {
  requireRight(actor, "reconciliation.import");
  const sha256 = createHash("sha256").update(input.bytes).digest("hex");
  const known = await findImported(app, sha256);
  if (known) return known;
  const content = await contentOf(app, input);
  const id = await inTransaction(app.db, (tx) => writeFile(tx, app, actor, { ...input, sha256 }, content));
  killPoint("file.stored");
  if (id === null) return (await findImported(app, sha256)) as SettlementFile;
  if ("problems" in content) {
    const { problems, count } = content;
    throw new Refusal("UPLOAD_REFUSED", "Nothing of the file was imported", { fileId: id, count, problems });
  }
  return (await readSettlementFile(app.db, id)) as SettlementFile;
}

async function findImported(app: Importer, sha256: string): Promise<SettlementFile | null> {
  const [file] = await app.db.sql<SettlementFile>(
    `select ${FILE_COLUMNS} from settlement_files f where f.sha256 = $1 and f.state <> 'REFUSED'`,
    [sha256],
  );
  return file ?? null;
}
