/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
/** With it, spreadsheets read the file as UTF-8. */
const MARK = "\ufeff";

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of cells as a file that every spreadsheet opens (RFC 4180), and that runs nothing there. */
export function csvOf(lines: ReadonlyArray<readonly string[]>): string {
  return MARK + lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** Hands a file to the browser, as if it had been downloaded. */
export function saveFile(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
