import { Button } from "@mantine/core";
import styles from "./Failure.module.css";
import { detailNumber, detailText, type Failure as FailureData, failureOf } from "./failure.ts";
import { CloudOffIcon, RefreshIcon, WarningIcon } from "./icons/icons.tsx";
import { useWords } from "./words.tsx";

/** What happened and what to do next, in words, by the refusal's code. */
export function useFailureWords() {
  const { t, named } = useWords();
  return (failure: FailureData): string => {
    // Of the companies that the shop asks, all but one bring parcels.
    const gateway = failure.code === "GATEWAY_UNAVAILABLE" ? detailText(failure, "gateway") : undefined;
    if (gateway && gateway !== "midtrans") return t("error.courierAway");
    const text = named(`error.${failure.code}`, t("error.UNEXPECTED"));
    const wait = detailNumber(failure, "retryAfter");
    return failure.code === "RATE_LIMITED" && wait ? `${text} ${t("error.retryAfter", { seconds: wait })}` : text;
  };
}

interface FailureProps {
  readonly error: unknown;
  /** Given where asking again may help. */
  readonly onRetry?: () => void;
  /** What the refusal means at this very place; its general words where it answers none. */
  readonly meaning?: (failure: FailureData) => string | undefined;
}

/** A refusal or a lost connection, said where its answer would have stood. */
export function Failure({ error, onRetry, meaning }: FailureProps) {
  const { t } = useWords();
  const wordsFor = useFailureWords();
  const failure = failureOf(error);
  const requestId = failure.details["requestId"];
  return (
    <div className={styles.box} role="alert" data-testid="failure" data-code={failure.code}>
      <span className={styles.icon}>{failure.code === "OFFLINE" ? <CloudOffIcon /> : <WarningIcon />}</span>
      <div>
        <p>{meaning?.(failure) ?? wordsFor(failure)}</p>
        {typeof requestId === "string" && <p className={styles.small}>{t("error.reference", { id: requestId })}</p>}
        {onRetry && (
          <Button variant="light" size="sm" mt={10} leftSection={<RefreshIcon size={16} />} onClick={onRetry}>
            {t("common.retry")}
          </Button>
        )}
      </div>
    </div>
  );
}
