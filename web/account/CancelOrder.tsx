import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import {
  CancelOrderDocument,
  CancelPreviewDocument,
  type OrderDetailFragment,
} from "../graphql/generated/buying/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import cards from "../ui/Card.module.css";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useFocusBack } from "../ui/useFocusBack.ts";
import { CancelForm } from "./CancelForm.tsx";
import { courierWords } from "./courierWords.ts";
import { refusedCancel } from "./refusedCancel.ts";

const REASONS = ["changedMind", "wrongItem", "wrongAddress", "otherWay", "tooLong"] as const;

/** Asks why, says what cancelling brings about, and cancels; where that can't be done it says why, and what to do. */
export function CancelOrder({ order }: { readonly order: OrderDetailFragment }) {
  const { t, at } = useBuyingWords();
  const [open, setOpen] = useState(false);
  const opener = useFocusBack(open);
  const refused = order.status === "CANCEL_REQUESTED" ? undefined : refusedCancel(order.history);
  if (open && order.canCancel) return <Ask order={order} onClose={() => setOpen(false)} />;
  return (
    <>
      {refused && (
        <p className={cards.soft} role="status" data-testid="cancel-refused">
          {t("cancel.refusedByCourier", {
            why: courierWords(refused.reason ?? refused.externalStatus ?? "–"),
            when: at(refused.at),
          })}
        </p>
      )}
      {order.canCancel ? (
        <Button ref={opener} variant="default" onClick={() => setOpen(true)} data-testid="cancel-order">
          {t("cancel.open")}
        </Button>
      ) : (
        <p className={cards.soft}>{t(`cannotCancel.${order.status}`)}</p>
      )}
    </>
  );
}

interface AskProps {
  readonly order: OrderDetailFragment;
  onClose(): void;
}

function Ask({ order, onClose }: AskProps) {
  const { t } = useBuyingWords();
  const { cancel, loading, error } = useCancel(order, onClose);
  const preview = useQuery(CancelPreviewDocument, {
    // What cancelling means depends on how the order stands: what is kept from before may be wrong.
    variables: { orderId: order.id },
    fetchPolicy: "network-only",
  });
  return (
    <CancelForm
      preview={preview}
      reasons={REASONS.map((reason) => t(`cancelReason.${reason}`)).map((words) => ({ kept: words, shown: words }))}
      loading={loading}
      error={error}
      onCancel={cancel}
      onClose={onClose}
    />
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
