import { countdown } from "../../ui/format.ts";
import { ClockIcon } from "../../ui/icons/icons.tsx";
import { useWords } from "../../ui/words.tsx";
import styles from "./Instrument.module.css";
import { usePayWords } from "./usePayWords.ts";

/** Until when it can be paid, and how long that is from `now` (milliseconds since 1970). */
export function Deadline({ until, now }: { readonly until: string; readonly now: number }) {
  const { at } = useWords();
  const { p } = usePayWords();
  return (
    <p className={styles.deadline}>
      <ClockIcon size={18} />
      <span>
        {p("payment.before", { when: at(until) })} ·{" "}
        <strong className="tabular" role="timer" aria-live="off" data-testid="countdown">
          {countdown(Date.parse(until) - now)}
        </strong>
      </span>
    </p>
  );
}
