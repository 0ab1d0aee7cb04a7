import { BackIcon, NextIcon } from "../ui/icons/icons.tsx";
import { DayFilter } from "./Filters.tsx";
import { dayAfter, jakartaDay } from "./jakartaDay.ts";
import styles from "./ListTools.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

interface DayRangeProps {
  readonly from: string;
  readonly to: string;
  onChange(from: string, to: string): void;
}

/** Days in WIB: a span, or one day and its neighbours. */
export function DayRange({ from, to, onChange }: DayRangeProps) {
  const { t } = useDeskWords();
  const today = jakartaDay(useMinute());
  const one = from !== "" && from === to ? from : today;
  const goTo = (day: string) => onChange(day, day);
  return (
    <div className={styles.range}>
      <DayFilter label={t("admin.from")} value={from} onChange={(value) => onChange(value, to)} />
      <DayFilter label={t("admin.to")} value={to} onChange={(value) => onChange(from, value)} />
      {/* biome-ignore lint/a11y/useSemanticElements: buttons beside filters, and no form of their own */}
      <div className={styles.day} role="group" aria-label={t("list.day")}>
        <button type="button" aria-label={t("list.dayBefore")} onClick={() => goTo(dayAfter(one, -1))}>
          <BackIcon size={16} />
        </button>
        <button
          type="button"
          aria-pressed={from === today && to === today}
          onClick={() => goTo(today)}
          data-testid="today"
        >
          {t("list.today")}
        </button>
        <button type="button" aria-label={t("list.dayAfter")} onClick={() => goTo(dayAfter(one, 1))}>
          <NextIcon size={16} />
        </button>
      </div>
    </div>
  );
}
