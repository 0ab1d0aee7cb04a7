interface Change {
  readonly from?: string | null;
  readonly to: string;
  readonly at: string;
}

/** The change by which a courier last refused a cancel, if no later cancel was taken; undefined for none. */
export function refusedCancel<Entry extends Change>(history: readonly Entry[]): Entry | undefined {
  const asked = history.filter(({ from }) => from === "CANCEL_REQUESTED").sort((a, b) => b.at.localeCompare(a.at));
  const [last] = asked;
  return last && last.to !== "CANCELLED" ? last : undefined;
}
