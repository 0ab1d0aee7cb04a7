import type { Result, Row } from "./benchmark.ts";
import type { Machine } from "./machine.ts";

/** Three figures that count: 1234, 56.7, 0.089. */
function short(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "-";
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const COLUMNS = ["at once", "ops/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "+ PG", "= both", "SQL"];

function cellsOf({ atOnce, perSecond, p50Ms, p95Ms, p99Ms, cpuMs, statements }: Row): string[] {
  const figures = [perSecond, p50Ms, p95Ms, p99Ms, cpuMs?.process, cpuMs?.postgres, cpuMs?.total, statements];
  return [String(atOnce), ...figures.map(short)];
}

function tableOf(rows: readonly Row[]): string[] {
  const bare = [...new Set(rows.flatMap(({ ofBare }) => Object.keys(ofBare)))];
  const head = ["", ...COLUMNS, ...bare.map((name) => `of ${name}`)];
  const ratios = (row: Row) => bare.map((name) => (row.ofBare[name] === undefined ? "" : short(row.ofBare[name])));
  const lines = [head, ...rows.map((row) => [row.name, ...cellsOf(row), ...ratios(row)])];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const pad = (text: string, i: number) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return lines.map((line) => line.map(pad).join("  ").trimEnd());
}

const HOW_TO_READ = `\
CPU ms: of the process that speaks to PostgreSQL; PG: of all of PostgreSQL's processes; both an operation's share.
SQL: statements an operation, transaction brackets included. of ...: the speed as a share of the bare case's.
The load comes from this process over connections that stay open; every case is warmed up before it is measured.`;

const machineLines = ({ cores, cpu, memoryGb, load, node, postgres, settings, fsyncMs }: Machine) => [
  `${cores} cores (${cpu}), ${memoryGb} GB, load ${short(load)} before the run; Node ${node}, NODE_ENV=production`,
  `PostgreSQL ${postgres}: ${Object.entries(settings)
    .map((pair) => pair.join(" "))
    .join(", ")}; an fsync takes ${short(fsyncMs)} ms`,
];

/** The whole report for people, as plain text. */
export function report(machine: Machine, results: readonly Result[]): string {
  const parts = results.map(({ title, rows, notes, isAudited = true }) =>
    [
      title,
      "",
      ...tableOf(rows),
      "",
      ...notes.map((note) => `- ${note}`),
      ...(isAudited ? ["- The audit found no breach afterwards."] : []),
    ].join("\n"),
  );
  return [[...machineLines(machine), HOW_TO_READ].join("\n"), ...parts].join("\n\n");
}
