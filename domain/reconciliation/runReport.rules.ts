import type { CsvCell } from "../kernel/csvText.ts";

/** What of a discrepancy stands in a report: nothing that depends on when or by whom it was found. */
export interface ReportedDiscrepancy {
  readonly kind: string;
  readonly subject: string;
  /** OPEN, or the action that ended it. */
  readonly state: string;
  /** Ours less theirs, whole rupiah. */
  readonly amount: number;
  readonly ours: string | null;
  readonly theirs: string | null;
  /** What was done, in words; null: it is open. */
  readonly resolution: string | null;
}

/** The sums of a method, exact: sales = settled + pending + refunded + fees + inDoubt. */
export interface ReportedMethod {
  readonly method: string;
  readonly sales: number;
  readonly settled: number;
  readonly pending: number;
  readonly refunded: number;
  readonly fees: number;
  readonly inDoubt: number;
  readonly adjusted: number;
}

/** A day's close as a file. The same facts give the same bytes. */
export interface RunReport {
  readonly day: string;
  readonly state: string;
  readonly currency: "IDR";
  /** Gateway transactions; `open` are discrepancies. */
  readonly counts: Readonly<
    Record<"total" | "checked" | "matched" | "healed" | "differing" | "unanswered" | "open", number>
  >;
  /** As the day's page shows them: sales + owedBack = settled + pending + refunded + fees + inDoubt. */
  readonly sums: Readonly<
    Record<"sales" | "settled" | "pending" | "refunded" | "fees" | "inDoubt" | "owedBack" | "adjusted", number>
  >;
  readonly methods: readonly ReportedMethod[];
  readonly discrepancies: readonly ReportedDiscrepancy[];
  /** Discrepancies beyond the most that a report lists; 0 of nearly every day. */
  readonly notListed: number;
}

export const REPORT_HEADER = [
  ...["section", "method", "name", "kind", "subject", "state", "amount", "ours", "theirs", "resolution"],
] as const;

/** The same as rows of one table: a section for the counts, the sums, the methods' sums and the discrepancies. */
export function reportRows(report: RunReport): CsvCell[][] {
  const figure = (section: string, method: string | null, name: string, amount: number): CsvCell[] => [
    ...[section, method, name, null, null, null, amount, null, null, null],
  ];
  return [
    ["day", null, report.day, null, null, report.state, null, null, null, null],
    ...Object.entries(report.counts).map(([name, many]) => figure("count", null, name, many)),
    ...Object.entries(report.sums).map(([name, amount]) => figure("sum", null, name, amount)),
    ...report.methods.flatMap(({ method, ...sums }) =>
      Object.entries(sums).map(([name, amount]) => figure("method", method, name, amount)),
    ),
    ...report.discrepancies.map((each) => [
      ...["discrepancy", null, null, each.kind, each.subject, each.state, each.amount, each.ours, each.theirs],
      each.resolution,
    ]),
    figure("count", null, "notListed", report.notListed),
  ];
}
