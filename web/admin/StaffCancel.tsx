import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { CancelForm } from "../account/CancelForm.tsx";
import { usePerson } from "../account/usePerson.ts";
import {
  AdminCancelOrderDocument,
  StaffCancelPreviewDocument,
  type StaffOrderFragment,
} from "../graphql/generated/admin/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import cards from "../ui/Card.module.css";
import { useToast } from "../ui/Toast.tsx";
import { orderMoneyStrip } from "./moneyStrip.ts";
import { NEWS } from "./news.ts";
import { staffReasons } from "./staffReasons.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useOpening } from "./useOpening.ts";

/** Staff cancels an order, with what that does shown before; where it can't be done it says so. */
export function StaffCancel({ order }: { readonly order: StaffOrderFragment }) {
  const { t } = useDeskWords();
  const { person } = usePerson();
  const { isOpen, open, close, button } = useOpening();
  if (!order.canCancel) {
    const isLeft = orderMoneyStrip(order).refundable > 0;
    return (
      <p className={cards.soft}>
        {t("staffCancel.cannot", { status: t(`status.${order.status}`) })}{" "}
        {isLeft && t(person?.role === "ADMIN" ? "staffCancel.giveBack" : "staffCancel.askAdmin")}
      </p>
    );
  }
  if (isOpen) return <Ask order={order} onClose={close} />;
  return (
    <Button ref={button} variant="default" onClick={open} data-testid="cancel-order">
      {t("cancel.open")}
    </Button>
  );
}

interface AskProps {
  readonly order: StaffOrderFragment;
  onClose(): void;
}

function Ask({ order, onClose }: AskProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const preview = useQuery(StaffCancelPreviewDocument, {
    variables: { orderId: order.id },
    fetchPolicy: "network-only",
  });
  const [run, { loading, error }] = useMutation(AdminCancelOrderDocument, NEWS);
  const cancel = async (reason: string) => {
    const input = { orderId: order.id, reason };
    const answer = await run({ variables: { input: { ...input, idempotencyKey: attempts.keyFor(input) } } });
    if (!answer.data) return;
    onClose();
    say(t(answer.data.cancelOrder.status === "CANCEL_REQUESTED" ? "cancel.asked" : "cancel.done"));
  };
  return (
    <CancelForm
      preview={preview}
      reasons={staffReasons(t)}
      loading={loading}
      error={error}
      onCancel={cancel}
      onClose={onClose}
    />
  );
}
