import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import cards from "../ui/Card.module.css";
import { useDeskWords } from "./useDeskWords.ts";

interface ConfirmActionProps {
  readonly label: string;
  /** What happens then, in a sentence. */
  readonly effect: string;
  readonly icon?: ReactNode;
  readonly loading: boolean;
  readonly danger?: boolean;
  readonly testId?: string;
  onConfirm(): Promise<void>;
}

/** A button that says what it will do, and does it when that is confirmed. */
export function ConfirmAction({ label, effect, icon, loading, danger, testId, onConfirm }: ConfirmActionProps) {
  const { t } = useDeskWords();
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button
        variant={danger ? "default" : "filled"}
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
      <p className={cards.soft}>{effect}</p>
      <div className={cards.actions}>
        <Button
          color={danger ? "red.9" : undefined}
          loading={loading}
          onClick={() => void onConfirm().finally(() => setAsking(false))}
          data-testid={testId && `${testId}-confirm`}
        >
          {t("admin.confirm")}
        </Button>
        <Button variant="default" disabled={loading} onClick={() => setAsking(false)}>
          {t("cancel.keep")}
        </Button>
      </div>
    </div>
  );
}
