import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import cards from "./Card.module.css";
import styles from "./ConfirmAction.module.css";
import { useFocusBack } from "./useFocusBack.ts";
import { useWords } from "./words.tsx";

interface ConfirmActionProps {
  readonly label: string;
  /** What happens then, in a sentence. */
  readonly effect: string;
  readonly icon?: ReactNode;
  readonly loading: boolean;
  readonly danger?: boolean;
  /** It stands beside what is done more often. */
  readonly quiet?: boolean;
  /** Of the button that asks; as the theme has it unless said. */
  readonly size?: "sm";
  readonly testId?: string;
  onConfirm(): Promise<void>;
}

/** A button that says what it will do, and does it when that is confirmed. */
export function ConfirmAction({
  label,
  effect,
  icon,
  loading,
  danger,
  quiet,
  size,
  testId,
  onConfirm,
}: ConfirmActionProps) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const opener = useFocusBack(asking);
  const question = useRef<HTMLParagraphElement>(null);
  // What was pressed is gone: whoever goes by keyboard or ear goes on at what came in its place.
  useEffect(() => {
    if (asking) question.current?.focus({ preventScroll: true });
  }, [asking]);
  if (!asking) {
    return (
      <Button
        ref={opener}
        {...(size && { size })}
        variant={danger || quiet ? "default" : "filled"}
        leftSection={icon}
        disabled={loading}
        onClick={() => setAsking(true)}
        data-testid={testId}
      >
        {label}
      </Button>
    );
  }
  return (
    <div className={cards.stack}>
      <p ref={question} tabIndex={-1} className={`${cards.soft} ${styles.question}`}>
        {effect}
      </p>
      <div className={cards.actions}>
        <Button
          color={danger ? "red.9" : undefined}
          loading={loading}
          onClick={() => void onConfirm().finally(() => setAsking(false))}
          data-testid={testId && `${testId}-confirm`}
        >
          {t("common.confirm")}
        </Button>
        <Button variant="default" disabled={loading} onClick={() => setAsking(false)}>
          {t("common.keep")}
        </Button>
      </div>
    </div>
  );
}
