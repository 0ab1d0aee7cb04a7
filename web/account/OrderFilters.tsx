import { useId, useState } from "react";
import { NextIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./OrderFilters.module.css";
import { hiddenCount, isBackwards, type OrderChoice, PAYMENT_STATUSES, STAGES, type Stage } from "./orderFilters.ts";

interface OrderFiltersProps {
  readonly choice: OrderChoice;
  onChoose(part: Partial<Record<keyof OrderChoice, string>>): void;
}

/** Which of the orders are shown: by stage in one touch, by payment and days behind another. */
export function OrderFilters({ choice, onChoose }: OrderFiltersProps) {
  const { t } = useBuyingWords();
  const hidden = hiddenCount(choice);
  // A day that is half typed counts as none: it must not shut what it is typed into.
  const [isOpen, setOpen] = useState(hidden > 0);
  const stages: readonly (Stage | null)[] = [null, ...(Object.keys(STAGES) as Stage[])];
  return (
    <search className={styles.filters} aria-label={t("orders.filters")}>
      <fieldset className={styles.stages}>
        <legend className={styles.heard}>{t("orders.stage")}</legend>
        {stages.map((stage) => (
          <button
            key={stage}
            type="button"
            aria-pressed={choice.stage === stage}
            onClick={() => onChoose({ stage: stage ?? "" })}
            data-testid={`stage-${stage ?? "all"}`}
          >
            {t(`ordersStage.${stage ?? "all"}`)}
          </button>
        ))}
      </fieldset>
      <details className={styles.more} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary data-testid="more-filters">
          {t("orders.moreFilters")}
          {hidden > 0 && ` (${hidden})`} <NextIcon size={16} />
        </summary>
        <Fields choice={choice} onChoose={onChoose} />
      </details>
    </search>
  );
}

function Fields({ choice, onChoose }: OrderFiltersProps) {
  const { t } = useBuyingWords();
  const id = useId();
  const isWrong = isBackwards(choice);
  const day = (name: "from" | "to") => (
    <div className={styles.field}>
      <label htmlFor={`${id}-${name}`}>{t(`orders.${name}`)}</label>
      <input
        id={`${id}-${name}`}
        type="date"
        value={choice[name] ?? ""}
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? `${id}-wrong` : undefined}
        onChange={(event) => onChoose({ [name]: event.currentTarget.value })}
        data-testid={`orders-${name}`}
      />
    </div>
  );
  return (
    <>
      <div className={styles.fields}>
        <div className={styles.field}>
          <label htmlFor={`${id}-payment`}>{t("orders.paymentStatus")}</label>
          <select
            id={`${id}-payment`}
            value={choice.payment ?? ""}
            onChange={(event) => onChoose({ payment: event.currentTarget.value })}
            data-testid="orders-payment"
          >
            <option value="">{t("orders.anyPayment")}</option>
            {PAYMENT_STATUSES.map((status) => (
              <option key={status} value={status}>
                {t(`orderPaymentStatus.${status}`)}
              </option>
            ))}
          </select>
        </div>
        {day("from")}
        {day("to")}
      </div>
      {isWrong && (
        <p id={`${id}-wrong`} className={styles.wrong} role="alert">
          {t("orders.daysSwapped")}
        </p>
      )}
    </>
  );
}
