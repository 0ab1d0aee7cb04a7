import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import {
  CancelOrderDocument,
  CancelPreviewDocument,
  type OrderDetailFragment,
} from "../graphql/generated/buying/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { ReasonChoice } from "../ui/ReasonChoice.tsx";
import { NO_REASON, reasonWords } from "../ui/reason.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { CancelEffects } from "./CancelEffects.tsx";

const REASONS = ["changedMind", "wrongItem", "wrongAddress", "otherWay", "tooLong"] as const;

/** Asks why, says what cancelling brings about, and cancels; where that can't be done it says why, and what to do. */
export function CancelOrder({ order }: { readonly order: OrderDetailFragment }) {
  const { t } = useBuyingWords();
  const [open, setOpen] = useState(false);
  if (!order.canCancel) return <p className={cards.soft}>{t(`cannotCancel.${order.status}`)}</p>;
  if (open) return <CancelForm order={order} onClose={() => setOpen(false)} />;
  return (
    <Button variant="default" onClick={() => setOpen(true)} data-testid="cancel-order">
      {t("cancel.open")}
    </Button>
  );
}

interface CancelFormProps {
  readonly order: OrderDetailFragment;
  onClose(): void;
}

function CancelForm({ order, onClose }: CancelFormProps) {
  const { t, named } = useBuyingWords();
  const [draft, setDraft] = useState(NO_REASON);
  const [tried, setTried] = useState(false);
  const { cancel, loading, error } = useCancel(order, onClose);
  const preview = useQuery(CancelPreviewDocument, {
    // What cancelling means depends on how the order stands: what is kept from before may be wrong.
    variables: { orderId: order.id },
    fetchPolicy: "network-only",
  });
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that opened the form is gone: whoever goes by keyboard or ear goes on here.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const reason = reasonWords(draft);
    if (reason !== "" && !loading) await cancel(reason);
  };
  return (
    <form className={`${cards.card} ${cards.stack}`} onSubmit={(event) => void submit(event)} noValidate>
      <h2 ref={heading} tabIndex={-1}>
        {t("cancel.title")}
      </h2>
      <CancelEffects
        preview={preview.data?.cancelPreview}
        error={preview.error}
        onRetry={() => void preview.refetch()}
      />
      {error ? <Failure error={error} meaning={({ code }) => named(`refusal.${code}`, "") || undefined} /> : null}
      <ReasonChoice
        legend={t("cancel.reason")}
        ownLabel={t("cancel.ownReason")}
        missingText={t("cancel.reasonMissing")}
        reasons={REASONS.map((reason) => t(`cancelReason.${reason}`))}
        draft={draft}
        tried={tried}
        onChange={setDraft}
      />
      <div className={cards.actions}>
        <Button
          type="submit"
          color="red.9"
          loading={loading}
          disabled={!preview.data || preview.data.cancelPreview.refusal !== null}
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

/** The cancel itself: once for a reason, however often it is pressed. */
function useCancel(order: OrderDetailFragment, onDone: () => void) {
  const { t } = useBuyingWords();
  const say = useToast();
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  // What it says no with may be news about the order, which the page shows beside the refusal.
  const [run, { loading, error }] = useMutation(CancelOrderDocument, {
    onError: (_, options) => void options?.client?.refetchQueries({ include: "active" }),
  });
  const cancel = async (reason: string) => {
    const input = { orderId: order.id, reason };
    const answer = await run({ variables: { input: { ...input, idempotencyKey: attempts.keyFor(input) } } });
    if (!answer.data) return;
    onDone();
    say(t(answer.data.cancelOrder.status === "CANCEL_REQUESTED" ? "cancel.asked" : "cancel.done"));
  };
  return { cancel, loading, error };
}
