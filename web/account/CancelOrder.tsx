import { useMutation } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { useMemo, useState } from "react";
import { CancelOrderDocument, type OrderDetailFragment } from "../graphql/generated/buying/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";

/** As long a reason as the server keeps. */
const MAX_REASON = 300;

/** Asks why, says what cancelling brings about, and cancels; where that can't be done it says why not. */
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
  const { t } = useBuyingWords();
  const say = useToast();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const [cancel, { loading, error }] = useMutation(CancelOrderDocument);
  const submit = async () => {
    const input = { orderId: order.id, reason: reason.trim() };
    setMissing(input.reason === "");
    if (input.reason === "" || loading) return;
    const idempotencyKey = attempts.keyFor(input);
    // A refusal stands in `error` below.
    const answer = await cancel({ variables: { input: { ...input, idempotencyKey } } }).catch(() => null);
    if (!answer?.data) return;
    onClose();
    say(t("cancel.done"));
  };
  return (
    <section className={`${cards.card} ${cards.stack}`} aria-label={t("cancel.title")}>
      <h2>{t("cancel.title")}</h2>
      <p className={cards.soft}>
        {order.status === "PENDING_PAYMENT" ? t("cancel.unpaidEffect") : t("cancel.paidEffect")}
      </p>
      {error && <Failure error={error} />}
      <Textarea
        label={t("cancel.reason")}
        autosize
        minRows={2}
        maxLength={MAX_REASON}
        value={reason}
        error={missing ? t("cancel.reasonMissing") : null}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-testid="cancel-reason"
      />
      <div className={cards.actions}>
        <Button color="red.9" loading={loading} onClick={() => void submit()} data-testid="cancel-confirm">
          {t("cancel.confirm")}
        </Button>
        <Button variant="default" disabled={loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </section>
  );
}
