import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { CancelPaymentDocument, type CoursePaymentFragment } from "../graphql/generated/buying/graphql.ts";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import type { Standing } from "./owning.ts";
import styles from "./PackagePage.module.css";

interface PurchaseUnderWayProps {
  readonly payment: CoursePaymentFragment;
  readonly standing: Standing;
  onGone(): Promise<unknown>;
}

/** A purchase of the same thing that was begun: nobody should pay for it twice. */
export function PurchaseUnderWay({ payment, standing, onGone }: PurchaseUnderWayProps) {
  const { t } = useBuyingWords();
  if (standing === "rejected") {
    return (
      <div className={styles.note} data-meaning="wrong" data-testid="purchase-rejected">
        <p>{t("learn.rejected", { why: payment.rejectReason ?? t("learn.noReason") })}</p>
      </div>
    );
  }
  const isProof = payment.channel === "MANUAL_TRANSFER";
  return (
    <div className={styles.note} data-meaning="waiting" data-testid={`purchase-${standing}`}>
      <p>{standing === "unpaid" ? t("learn.payWaiting") : t(isProof ? "learn.proofWaiting" : "learn.paidWaiting")}</p>
      <Button component={Link} to={`/payments/${payment.id}`} variant={standing === "unpaid" ? "filled" : "default"}>
        {t(standing === "unpaid" ? "order.continue" : "learn.seePayment")}
      </Button>
      {standing === "unpaid" && <OtherWay payment={payment} onGone={onGone} />}
    </div>
  );
}

function OtherWay({ payment, onGone }: Pick<PurchaseUnderWayProps, "payment" | "onGone">) {
  const { t } = useBuyingWords();
  const say = useToast();
  const [cancel, { loading, error }] = useMutation(CancelPaymentDocument, { variables: { paymentId: payment.id } });
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await cancel().catch(() => null);
    if (answer?.data) say(t("learn.otherWayDone"));
    // A refusal may mean that it is paid meanwhile.
    await onGone().catch(() => undefined);
  };
  return (
    <>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={t("learn.otherWay")}
        effect={t("learn.otherWayEffect")}
        loading={loading}
        onConfirm={submit}
        testId="cancel-purchase"
        danger
      />
    </>
  );
}
