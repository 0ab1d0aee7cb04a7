import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import {
  AcceptChallengeDocument,
  AdminExpirePaymentDocument,
  AdminSyncPaymentDocument,
  DenyChallengeDocument,
  type StaffPaymentFragment,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { CheckIcon, CrossIcon, RefreshIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** What staff can do with a payment now; what can't be done says why. */
export function PaymentActions({ payment }: { readonly payment: StaffPaymentFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const options = { ...NEWS, variables: { paymentId: payment.id } };
  const [sync, syncing] = useMutation(AdminSyncPaymentDocument, options);
  const [expire, expiring] = useMutation(AdminExpirePaymentDocument, options);
  const error = syncing.error ?? expiring.error;
  const open = payment.status === "PENDING";
  const challenged = payment.status === "CHALLENGED";
  // A refusal stands in `error`.
  const run = async (work: () => Promise<{ data?: unknown }>, done: string) => {
    const answer = await work().catch(() => null);
    if (answer?.data) say(done);
  };
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>{t("admin.actions")}</h2>
      {error && <Failure error={error} />}
      {challenged && <ChallengeActions payment={payment} />}
      <Button
        variant="light"
        leftSection={<RefreshIcon size={18} />}
        loading={syncing.loading}
        onClick={() => void run(sync, t("admin.checked"))}
        data-testid="check-now"
      >
        {t("admin.checkNow")}
      </Button>
      {open ? (
        <ConfirmAction
          label={t("admin.expire")}
          effect={t("admin.expireEffect")}
          loading={expiring.loading}
          onConfirm={() => run(expire, t("admin.expired"))}
          danger
        />
      ) : (
        <p className={cards.soft}>{t("admin.cannotExpire")}</p>
      )}
    </section>
  );
}

/** Midtrans's fraud screening holds the payment: a person lets it through or refuses it. */
function ChallengeActions({ payment }: { readonly payment: StaffPaymentFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const options = { ...NEWS, variables: { paymentId: payment.id } };
  const [accept, accepting] = useMutation(AcceptChallengeDocument, options);
  const [deny, denying] = useMutation(DenyChallengeDocument, options);
  const error = accepting.error ?? denying.error;
  const loading = accepting.loading || denying.loading;
  const run = async (work: () => Promise<{ data?: unknown }>, done: string) => {
    const answer = await work().catch(() => null);
    if (answer?.data) say(done);
  };
  return (
    <>
      <p>{t("challenge.about")}</p>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={t("challenge.accept")}
        icon={<CheckIcon size={18} />}
        effect={t("challenge.acceptEffect")}
        loading={loading}
        onConfirm={() => run(accept, t("challenge.accepted"))}
        testId="accept-challenge"
      />
      <ConfirmAction
        label={t("challenge.deny")}
        icon={<CrossIcon size={18} />}
        effect={t("challenge.denyEffect")}
        loading={loading}
        onConfirm={() => run(deny, t("challenge.denied"))}
        testId="deny-challenge"
        danger
      />
    </>
  );
}
