import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type OrderDetailFragment, OrderDocument, SyncPaymentDocument } from "../graphql/generated/buying/graphql.ts";
import { Deadline } from "../shop/pay/Deadline.tsx";
import { useGuides } from "../shop/pay/Guides.tsx";
import { Instrument } from "../shop/pay/Instrument.tsx";
import { payStep, payUntil } from "../shop/payStep.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { RefreshIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useNow } from "../ui/useNow.ts";
import styles from "./OrderPage.module.css";

/** What an unpaid order is paid with, the same here as on the payment's page; nothing while nothing is open. */
export function OrderInstrument({ order: { payment, total } }: { readonly order: OrderDetailFragment }) {
  const { t } = useBuyingWords();
  const now = useNow(payment.status === "PENDING");
  const isPayable = payStep(payment, now) === "pay";
  const current = payment.currentTransaction;
  const label = useGuides(payment.id, isPayable ? current?.id : undefined)?.methodLabel;
  const [sync, { loading, error }] = useMutation(SyncPaymentDocument, {
    variables: { paymentId: payment.id },
    // Its answer has the order's new status alone; what came with it stands in the order.
    refetchQueries: [OrderDocument],
  });
  if (!isPayable || !current) return null;
  const until = payUntil(payment);
  return (
    <section className={`${cards.card} ${styles.pay}`} data-testid="order-instrument">
      <h2>{label ? t("pay.with", { label }) : <Bone width={180} height={24} />}</h2>
      <p className={styles.amount}>{money(payment.amount)}</p>
      {payment.amount !== total && <p className={cards.soft}>{t("pay.together")}</p>}
      {until && <Deadline until={until} now={now} />}
      <Instrument payment={payment} instructions={current.instructions} label={label ?? ""} />
      {error && <Failure error={error} />}
      <Button
        variant="light"
        fullWidth
        leftSection={<RefreshIcon size={18} />}
        loading={loading}
        // A refusal stands in `error` above.
        onClick={() => void sync().catch(() => undefined)}
        data-testid="sync-payment"
      >
        {t("payment.alreadyPaid")}
      </Button>
    </section>
  );
}
