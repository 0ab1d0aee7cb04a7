import { countdown } from "../../ui/format.ts";
import { ClockIcon } from "../../ui/icons/icons.tsx";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import styles from "./Instrument.module.css";

/** Until when it can be paid, and how long that is from `now` (milliseconds since 1970). */
export function Deadline({ until, now }: { readonly until: string; readonly now: number }) {
  const { at, t } = useBuyingWords();
  return (
    <p className={styles.deadline}>
      <ClockIcon size={18} />
      <span>
        {t("payment.before", { when: at(until) })} ·{" "}
        <strong className="tabular" role="timer" aria-live="off" data-testid="countdown">
          {countdown(Date.parse(until) - now)}
        </strong>
      </span>
    </p>
  );
}
