import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import type { Ref } from "react";
import { Link } from "react-router";
import {
  ApprovePaymentDocument,
  type ProofFragment,
  RejectPaymentDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { type Failure as FailureData, failureOf } from "../ui/failure.ts";
import { money } from "../ui/format.ts";
import { CheckIcon, CrossIcon } from "../ui/icons/icons.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { titlesOf } from "./proofCourses.ts";
import { ReasonForm } from "./ReasonForm.tsx";
import { proofReasons } from "./staffReasons.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useOpening } from "./useOpening.ts";

interface DecideProps {
  readonly payment: ProofFragment;
  onDecided(payment: ProofFragment): void;
  onStale(): void;
}

/** What a refusal means here: the money is on hold, or somebody else was faster. */
function useMeaning() {
  const { t, at } = useDeskWords();
  return (failure: FailureData): string | undefined => {
    const { until } = failure.details;
    if (failure.code === "ON_HOLD")
      return typeof until === "string" ? t("proofs.onHoldUntil", { when: at(until) }) : t("proofs.onHold");
    if (failure.code === "SECOND_PERSON_NEEDED") return t("proofs.own");
    return failure.code === "ILLEGAL_TRANSITION" ? t("proofs.gone") : undefined;
  };
}

/** Approves or rejects, each said before it is done. */
export function DecideProof({ payment, onDecided, onStale }: DecideProps) {
  const { t } = useDeskWords();
  const meaning = useMeaning();
  const { isOpen: isRejecting, open, close, button, form } = useOpening();
  const [approve, approving] = useMutation(ApprovePaymentDocument);
  const [reject, refused] = useMutation(RejectPaymentDocument);
  const error = approving.error ?? refused.error;
  if (payment.status !== "PAID") return <Decided payment={payment} />;
  const run = async (work: () => Promise<ProofFragment | undefined>) => {
    try {
      const decided = await work();
      if (decided) onDecided(decided);
    } catch (problem) {
      // The refusal stands in `error`; what it is about may not be as it is shown any more.
      if (failureOf(problem).code === "ILLEGAL_TRANSITION") onStale();
    }
  };
  const effect = t("proofs.approveEffect", {
    name: payment.user.name,
    amount: money(payment.amount),
    courses: titlesOf(payment),
  });
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      {error && <Failure error={error} meaning={meaning} />}
      {!isRejecting && (
        <ConfirmAction
          label={t("proofs.approve")}
          icon={<CheckIcon size={18} />}
          effect={effect}
          loading={approving.loading}
          onConfirm={() =>
            run(async () => (await approve({ variables: { id: payment.id } })).data?.approvePayment ?? undefined)
          }
          testId="approve-proof"
        />
      )}
      {isRejecting ? (
        <ReasonForm
          ref={form}
          why={t("proofs.rejectWhy")}
          ownLabel={t("proofs.rejectOwn")}
          missingText={t("proofs.rejectMissing")}
          reasons={proofReasons(t)}
          effect={t("proofs.rejectEffect")}
          label={t("proofs.reject")}
          loading={refused.loading}
          testId="reject-proof-confirm"
          onClose={close}
          onSend={(reason) =>
            run(async () => (await reject({ variables: { id: payment.id, reason } })).data?.rejectPayment ?? undefined)
          }
        />
      ) : (
        <Reject ref={button} payment={payment} onOpen={open} />
      )}
    </section>
  );
}

interface RejectProps {
  readonly ref: Ref<HTMLButtonElement>;
  readonly payment: ProofFragment;
  onOpen(): void;
}

/** What came through Midtrans is here for certain, and goes back by a refund. */
function Reject({ ref, payment, onOpen }: RejectProps) {
  const { t } = useDeskWords();
  if (payment.channel === "MIDTRANS")
    return (
      <p className={cards.soft}>
        {t("proofs.refundInstead")} <Link to={`/admin/payments/${payment.id}`}>{payment.number}</Link>
      </p>
    );
  return (
    <Button
      ref={ref}
      variant="default"
      leftSection={<CrossIcon size={18} />}
      onClick={onOpen}
      data-testid="reject-proof"
    >
      {t("proofs.reject")}
    </Button>
  );
}

/** Where a payment stands that is decided. */
function Decided({ payment }: { readonly payment: ProofFragment }) {
  const { t } = useDeskWords();
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <p>
        <StatusChip meaning="ended" label={t("proofs.decided", { status: t(`paymentStatus.${payment.status}`) })} />
      </p>
      {payment.rejectReason && <p>{t("proofs.decidedReason", { reason: payment.rejectReason })}</p>}
    </section>
  );
}
