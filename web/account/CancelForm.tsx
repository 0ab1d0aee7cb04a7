import { Button } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { ReasonChoice } from "../ui/ReasonChoice.tsx";
import { NO_REASON, type ReadyReason, reasonWords } from "../ui/reason.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { CancelEffects, type CancelPreview } from "./CancelEffects.tsx";

/** As long a reason for a cancel as the server keeps. */
const MAX_REASON = 300;

interface CancelFormProps {
  readonly preview: {
    readonly data: { readonly cancelPreview: CancelPreview } | undefined;
    readonly error?: unknown;
    refetch(): Promise<unknown>;
  };
  /** Those that come up most. */
  readonly reasons: readonly ReadyReason[];
  readonly loading: boolean;
  readonly error: unknown;
  onCancel(reason: string): Promise<void>;
  onClose(): void;
}

/** What a cancel does, and why it is wanted; the same for a customer and for staff. */
export function CancelForm({ preview, reasons, loading, error, onCancel, onClose }: CancelFormProps) {
  const { t, named } = useBuyingWords();
  const [draft, setDraft] = useState(NO_REASON);
  const [tried, setTried] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that opened the form is gone: whoever goes by keyboard or ear goes on here.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const known = preview.data?.cancelPreview;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const reason = reasonWords(draft);
    if (reason !== "" && !loading) await onCancel(reason);
  };
  return (
    <form className={`${cards.card} ${cards.stack}`} onSubmit={(event) => void submit(event)} noValidate>
      <h2 ref={heading} tabIndex={-1}>
        {t("cancel.title")}
      </h2>
      <CancelEffects preview={known} error={preview.error} onRetry={() => void preview.refetch()} />
      {error ? <Failure error={error} meaning={({ code }) => named(`refusal.${code}`, "") || undefined} /> : null}
      <ReasonChoice
        legend={t("cancel.reason")}
        ownLabel={t("cancel.ownReason")}
        missingText={t("cancel.reasonMissing")}
        maxLength={MAX_REASON}
        reasons={reasons}
        draft={draft}
        tried={tried}
        onChange={setDraft}
      />
      <div className={cards.actions}>
        <Button
          type="submit"
          color="red.9"
          loading={loading}
          disabled={!known || Boolean(known.refusal)}
          data-testid="cancel-confirm"
        >
          {t("cancel.confirm")}
        </Button>
        <Button variant="default" disabled={loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
  );
}
