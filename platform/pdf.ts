import PDFDocument from "pdfkit";

export interface PdfText {
  readonly text: string;
  /** Points; 9 unless said. */
  readonly size?: number;
  readonly isBold?: boolean;
  readonly isMuted?: boolean;
}

/** A column of a row or a table: its share of the width, and where its text stands. */
export interface PdfColumn {
  readonly share: number;
  readonly align?: "left" | "right";
}

/** One cell: paragraphs below one another. */
export type PdfCell = readonly PdfText[];

export interface PdfRow {
  readonly kind: "row";
  readonly columns: readonly PdfColumn[];
  readonly cells: readonly PdfCell[];
}

export interface PdfTable {
  readonly kind: "table";
  readonly columns: readonly (PdfColumn & { readonly title: string })[];
  readonly rows: readonly (readonly PdfCell[])[];
}

export interface PdfSpace {
  readonly kind: "space";
  readonly height: number;
}

/** `together`: rows that stand on one page, such as a sum under its parts. */
export type PdfBlock =
  | PdfRow
  | PdfTable
  | PdfSpace
  | { readonly kind: "rule" }
  | { readonly kind: "together"; readonly blocks: readonly (PdfRow | PdfSpace)[] };

export interface PdfContent {
  readonly title: string;
  /** At the foot of every page, beside its number. */
  readonly footer: string;
  readonly author: string;
  readonly createdAt: Date;
  readonly blocks: readonly PdfBlock[];
}

const MARGIN = 48; // points; 72 are an inch
const FOOTER_SPACE = 28;
const GAP = 12; // between columns
const CELL_PADDING = 5;
const TEXT_SIZE = 9;
const LINE_GAP = 2;
const CELL_CHARS_MAX = 400; // so that no row can be taller than a page
const COLORS = { text: "#1f2933", muted: "#616e7c", line: "#cbd2d9", head: "#f0f4f3" } as const;

/** Beyond Latin-1 the fonts that every reader has know only these. */
const EXTRA_LETTERS = /[\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac]/;

/** Text that the built-in fonts can show: accents outside Latin-1 fall away, other foreign letters become a `?`. */
export function printable(text: string): string {
  const shown = [
    ...text
      .normalize("NFC")
      .replace(/[\p{Cc}\s]+/gu, " ")
      .trim(),
  ].map((letter) => {
    if (/[\u0020-\u007e\u00a0-\u00ff]/.test(letter) || EXTRA_LETTERS.test(letter)) return letter;
    const base = letter.normalize("NFKD").replace(/\p{M}/gu, "");
    return /^[\u0020-\u007e]+$/.test(base) ? base : "?";
  });
  return shown.length > CELL_CHARS_MAX ? `${shown.slice(0, CELL_CHARS_MAX - 1).join("")}…` : shown.join("");
}

type Doc = InstanceType<typeof PDFDocument>;

const use = (doc: Doc, { size, isBold, isMuted }: PdfText): Doc =>
  doc
    .font(isBold ? "Helvetica-Bold" : "Helvetica")
    .fontSize(size ?? TEXT_SIZE)
    .fillColor(isMuted ? COLORS.muted : COLORS.text);

const fullWidth = (doc: Doc): number => doc.page.width - 2 * MARGIN;
const bottom = (doc: Doc): number => doc.page.height - MARGIN - FOOTER_SPACE;

interface Placed {
  readonly x: number;
  readonly width: number;
  readonly align: "left" | "right";
}

/** Where each column stands between the margins: `inset` points inside its share, `gap` before the next column. */
function place(doc: Doc, columns: readonly PdfColumn[], inset: number, gap: number): Placed[] {
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  let x = MARGIN;
  return columns.map(({ share, align = "left" }, i) => {
    const whole = (fullWidth(doc) * share) / shares;
    const placed = { x: x + inset, width: whole - 2 * inset - (i < columns.length - 1 ? gap : 0), align };
    x += whole;
    return placed;
  });
}

const heightOf = (doc: Doc, cell: PdfCell, width: number): number =>
  cell.reduce(
    (sum, part) => sum + use(doc, part).heightOfString(printable(part.text), { width, lineGap: LINE_GAP }),
    0,
  );

const rowHeight = (doc: Doc, placed: readonly Placed[], cells: readonly PdfCell[], padding: number): number =>
  Math.max(...placed.map(({ width }, i) => heightOf(doc, cells[i] ?? [], width))) + 2 * padding;

/** Draws one row at the pen, on the next page where it doesn't fit; the pen then stands below it. */
function drawRow(
  doc: Doc,
  placed: readonly Placed[],
  cells: readonly PdfCell[],
  padding: number,
  onNewPage: () => void,
): void {
  const height = rowHeight(doc, placed, cells, padding);
  if (doc.y + height > bottom(doc)) {
    doc.addPage();
    onNewPage();
  }
  const top = doc.y;
  placed.forEach(({ x, width, align }, i) => {
    let y = top + padding;
    for (const part of cells[i] ?? []) {
      use(doc, part).text(printable(part.text), x, y, { width, align, lineGap: LINE_GAP });
      y = doc.y;
    }
  });
  doc.y = top + height;
}

const drawLine = (doc: Doc): void => {
  doc
    .moveTo(MARGIN, doc.y)
    .lineTo(MARGIN + fullWidth(doc), doc.y)
    .lineWidth(0.7)
    .strokeColor(COLORS.line)
    .stroke();
};

/** A table whose titles stand on every page that it reaches. */
function drawTable(doc: Doc, { columns, rows }: PdfTable): void {
  const placed = place(doc, columns, CELL_PADDING, 0);
  const titles = columns.map(({ title }) => [{ text: title, isBold: true }]);
  const drawTitles = (): void => {
    doc.rect(MARGIN, doc.y, fullWidth(doc), rowHeight(doc, placed, titles, CELL_PADDING)).fill(COLORS.head);
    drawRow(doc, placed, titles, CELL_PADDING, () => undefined);
  };
  // Titles never stand alone at the foot of a page.
  const needed = [titles, rows[0] ?? []].reduce((sum, row) => sum + rowHeight(doc, placed, row, CELL_PADDING), 0);
  if (doc.y + needed > bottom(doc)) doc.addPage();
  drawTitles();
  for (const row of rows) {
    drawRow(doc, placed, row, CELL_PADDING, drawTitles);
    drawLine(doc);
  }
}

function drawTogether(doc: Doc, blocks: readonly (PdfRow | PdfSpace)[]): void {
  const heights = blocks.map((block) =>
    block.kind === "space" ? block.height : rowHeight(doc, place(doc, block.columns, 0, GAP), block.cells, 0),
  );
  if (doc.y + heights.reduce((sum, height) => sum + height, 0) > bottom(doc)) doc.addPage();
  for (const block of blocks) drawBlock(doc, block);
}

function drawBlock(doc: Doc, block: PdfBlock): void {
  switch (block.kind) {
    case "row":
      drawRow(doc, place(doc, block.columns, 0, GAP), block.cells, 0, () => undefined);
      break;
    case "together":
      drawTogether(doc, block.blocks);
      break;
    case "table":
      drawTable(doc, block);
      break;
    case "rule":
      drawLine(doc);
      break;
    case "space":
      doc.y += block.height;
  }
}

function drawFooters(doc: Doc, footer: string): void {
  const { start, count } = doc.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    doc.switchToPage(page);
    // Text below the lower margin would begin a page of its own.
    doc.page.margins.bottom = 0;
    const y = doc.page.height - MARGIN;
    const width = fullWidth(doc);
    use(doc, { text: "", size: 8, isMuted: true }).text(printable(footer), MARGIN, y, {
      width: width * 0.75,
      lineBreak: false,
    });
    doc.text(`Halaman ${page - start + 1} dari ${count}`, MARGIN, y, { width, align: "right", lineBreak: false });
  }
}

/** Lays blocks out on A4 pages. The same content gives the same file. */
export function renderPdf(content: PdfContent): Promise<Buffer> {
  const { title, author, createdAt } = content;
  const doc = new PDFDocument({
    size: "A4",
    margin: MARGIN,
    bufferPages: true,
    lang: "id",
    info: { Title: title, Author: author, CreationDate: createdAt, ModDate: createdAt },
  });
  const chunks: Uint8Array[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  doc.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  doc.on("end", () => resolve(Buffer.concat(chunks)));
  doc.on("error", reject);
  for (const block of content.blocks) drawBlock(doc, block);
  drawFooters(doc, content.footer);
  doc.end();
  return promise;
}
