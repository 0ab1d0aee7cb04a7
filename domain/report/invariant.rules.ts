export interface AuditOptions {
  readonly now: Date;
  /** How long a due job may stay undone before it counts. */
  readonly graceMs: number;
}

/** Something that is always true, and the statement that finds where it is not: a row (subject, detail) a breach. */
export interface Invariant {
  readonly id: string;
  readonly says: string;
  readonly sql: string;
  readonly values?: (options: AuditOptions) => readonly unknown[];
}
