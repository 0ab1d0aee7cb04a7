import type { RefundStatus } from "../graphql/generated/admin/graphql.ts";

/** What a list of refunds asks the server for. */
interface QueueFilter {
  readonly status: RefundStatus[] | null;
  /** Null: whether or not somebody has approved it. */
  readonly approved: boolean | null;
}

/** What waits for a person, by what he has to do. */
export const WORK = ["approve", "settle", "failed", "doubt"] as const;

/** The lists of refunds by their names in the address. The first four are those that RefundQueues counts. */
export const QUEUES = {
  approve: { status: ["MANUAL"], approved: false },
  settle: { status: ["MANUAL", "FAILED"], approved: true },
  failed: { status: ["FAILED"], approved: false },
  doubt: { status: ["PROCESSING"], approved: null },
  waiting: { status: ["PENDING"], approved: null },
  done: { status: ["SUCCEEDED"], approved: null },
  withdrawn: { status: ["WITHDRAWN"], approved: null },
} as const satisfies Readonly<
  Record<string, { readonly status: readonly RefundStatus[]; readonly approved: boolean | null }>
>;

export type Queue = keyof typeof QUEUES;

const ALL: QueueFilter = { status: null, approved: null };

/** The list of this name; all refunds for none, or one that is not known. */
export function queueFilter(name: string): QueueFilter {
  if (!Object.hasOwn(QUEUES, name)) return ALL;
  const { status, approved } = QUEUES[name as Queue];
  return { status: [...status], approved };
}
