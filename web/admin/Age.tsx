import { caseAge } from "./caseAge.ts";
import { useDeskWords } from "./useDeskWords.ts";

interface AgeProps {
  readonly since: string;
  /** When it was over; none while it is not. */
  readonly until?: string | null | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How long something has waited, or waited until it was over, and since when. */
export function Age({ since, until, now }: AgeProps) {
  const { t, at } = useDeskWords();
  const { unit, count } = caseAge(since, until ? Date.parse(until) : now);
  return (
    <>
      {t(`cases.${unit}`, { count })}
      <br />
      <small>{at(since)}</small>
    </>
  );
}
