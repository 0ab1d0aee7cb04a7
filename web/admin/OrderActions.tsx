import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import {
  AdminExpirePaymentDocument,
  AdminOrderDocument,
  AdminSyncPaymentDocument,
  type StaffOrderFragment,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { RefreshIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useWords } from "../ui/words.tsx";

/** What staff can do with an order's payment now; what can't be done says why. */
export function OrderActions({ order }: { readonly order: StaffOrderFragment }) {
  const { t } = useWords();
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const options = { variables: { paymentId: order.payment.id }, refetchQueries: [AdminOrderDocument] };
  const [sync, syncing] = useMutation(AdminSyncPaymentDocument, options);
  const [expire, expiring] = useMutation(AdminExpirePaymentDocument, options);
  const error = syncing.error ?? expiring.error;
  const open = order.payment.status === "PENDING";
  const run = async (work: () => Promise<{ data?: unknown }>, done: string) => {
    // A refusal stands in `error` below.
    const answer = await work().catch(() => null);
    if (answer?.data) say(done);
    setAsking(false);
  };
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>{t("admin.actions")}</h2>
      {error && <Failure error={error} />}
      <Button
        variant="light"
        leftSection={<RefreshIcon size={18} />}
        loading={syncing.loading}
        onClick={() => void run(sync, t("admin.checked"))}
        data-testid="check-now"
      >
        {t("admin.checkNow")}
      </Button>
      {!open && <p className={cards.soft}>{t("admin.cannotExpire")}</p>}
      {open && !asking && (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t("admin.expire")}
        </Button>
      )}
      {open && asking && (
        <>
          <p className={cards.soft}>{t("admin.expireEffect")}</p>
          <div className={cards.actions}>
            <Button color="red.9" loading={expiring.loading} onClick={() => void run(expire, t("admin.expired"))}>
              {t("admin.confirm")}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t("cancel.keep")}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
