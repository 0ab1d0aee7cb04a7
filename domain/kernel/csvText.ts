/** What a cell may hold: a text, a number as it is, or nothing. */
export type CsvCell = string | number | null;

/** A spreadsheet takes a cell that begins so for a formula and runs it (OWASP "CSV injection"). */
const LOOKS_LIKE_FORMULA = /^[=+\-@\t\r＝＋－＠]/;
const NEEDS_QUOTES = /[",;\r\n]/;

function cellText(cell: CsvCell): string {
  if (cell === null) return "";
  // Numbers are ours, and one below 0 is no formula.
  if (typeof cell === "number") return String(cell);
  const text = LOOKS_LIKE_FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line of a CSV file, with its end (RFC 4180). */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(cellText).join(",")}\r\n`;

/**
 * A whole CSV file in UTF-8 with a byte order mark, without which spreadsheets read it in another alphabet. No text in
 * it is run as a formula by whoever opens it.
 */
export const csvText = (header: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  `\uFEFF${csvLine(header)}${rows.map(csvLine).join("")}`;
