import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { FileProblem } from "./settlementLine.rules.ts";

/** A line of a file with its number, as an editor counts. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A CSV file: its header and what follows, or why it cannot be read. */
export type Csv =
  | { readonly header: readonly string[]; readonly lines: readonly CsvLine[] }
  | { readonly problem: FileProblem };

/** The gateway's dashboard exports 31 days at once: a shop with more than 6,000 payments a day exports fewer days. */
export const FILE_LINES_MAX = 200_000;

const CHUNK_CHARS = 65_536; // what is read between two turns of the process, so that it answers others meanwhile
const CELLS_MAX = 200; // a line of more columns is no line of a report
const RECORD_CHARS_MAX = 20_000; // a quote that is never closed must not swallow the file

const problem = (line: number, code: FileProblem["code"], detail: string) => ({ problem: { line, code, detail } });

/** The mark between cells: whichever the header has most of outside quotes. */
function delimiterOf(text: string): string {
  const header = (text.slice(0, CHUNK_CHARS).split(/\r?\n/).find(Boolean) ?? "").replace(/"[^"]*"/g, "");
  const counts = [",", ";", "\t", "|"].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).mark;
}

function* chunksOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += CHUNK_CHARS) yield text.slice(at, at + CHUNK_CHARS);
}

/** Lets the process answer others, before what is left of some work that is all its own. */
export const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lines between two turns; a stream alone never leaves one. */
const TURN = 1_000;

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a CSV file (RFC 4180) as banks and dashboards write it: UTF-8 with or without a byte order mark, any of the
 * common marks between cells, quoted cells, empty lines. Other threads of work go on meanwhile.
 */
export async function readCsv(bytes: Uint8Array): Promise<Csv> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return problem(0, "NOT_TEXT", "a CSV file in UTF-8");
  }
  if (text.includes("\u0000")) return problem(0, "NOT_TEXT", "a CSV file in UTF-8");
  const parser = parse({
    delimiter: delimiterOf(text),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: RECORD_CHARS_MAX,
  });
  const lines: CsvLine[] = [];
  let header: readonly string[] | null = null;
  try {
    for await (const { record, info } of Readable.from(chunksOf(text)).pipe(parser) as AsyncIterable<Parsed>) {
      if (record.length > CELLS_MAX) return problem(info.lines, "CELLS", `${CELLS_MAX} at most`);
      if (lines.length % TURN === 0) await otherWork();
      if (header === null) header = record;
      else lines.push({ line: info.lines, cells: record });
      if (lines.length > FILE_LINES_MAX) return problem(info.lines, "TOO_MANY_LINES", `${FILE_LINES_MAX} at most`);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return problem(Number(error["lines"] ?? 0), "QUOTES", "quotes that are closed, and doubled inside quotes");
  }
  return header === null || lines.length === 0 ? problem(0, "EMPTY", "a header and lines below it") : { header, lines };
}
