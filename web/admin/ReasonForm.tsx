import { Button } from "@mantine/core";
import { type FormEvent, type Ref, useState } from "react";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { ReasonChoice } from "../ui/ReasonChoice.tsx";
import { NO_REASON, type ReadyReason, reasonWords } from "../ui/reason.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes it. */
const REASON_MAX = 500;

interface ReasonFormProps {
  readonly ref: Ref<HTMLFormElement>;
  readonly why: string;
  readonly ownLabel: string;
  readonly missingText: string;
  readonly reasons: readonly ReadyReason[];
  /** What happens then, in a sentence. */
  readonly effect: string;
  readonly label: string;
  readonly loading: boolean;
  readonly error?: unknown;
  readonly testId: string;
  onSend(reason: string): Promise<unknown>;
  onClose(): void;
}

/** Takes or turns something down with a reason that its owner reads, after what that does is said. */
export function ReasonForm({ ref, label, loading, error, effect, testId, onSend, onClose, ...why }: ReasonFormProps) {
  const { t } = useDeskWords();
  const [draft, setDraft] = useState(NO_REASON);
  const [tried, setTried] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const reason = reasonWords(draft);
    if (reason !== "" && !loading) await onSend(reason);
  };
  return (
    <form ref={ref} className={cards.stack} onSubmit={(event) => void submit(event)} noValidate>
      {error ? <Failure error={error} /> : null}
      <ReasonChoice
        legend={why.why}
        ownLabel={why.ownLabel}
        missingText={why.missingText}
        maxLength={REASON_MAX}
        reasons={why.reasons}
        draft={draft}
        tried={tried}
        onChange={setDraft}
      />
      <p className={cards.soft}>{effect}</p>
      <div className={cards.actions}>
        <Button type="submit" color="red.9" loading={loading} data-testid={testId}>
          {label}
        </Button>
        <Button variant="default" disabled={loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
  );
}
