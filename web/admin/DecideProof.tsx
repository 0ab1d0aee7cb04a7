import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import {
  ApprovePaymentDocument,
  CountPaymentsToApproveDocument,
  type ProofFragment,
  RejectPaymentDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { type Failure as FailureData, failureOf } from "../ui/failure.ts";
import { money } from "../ui/format.ts";
import { CheckIcon, CrossIcon } from "../ui/icons/icons.tsx";
import { ReasonChoice } from "../ui/ReasonChoice.tsx";
import { NO_REASON, reasonWords } from "../ui/reason.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { titlesOf } from "./proofCourses.ts";
import { proofReasons } from "./staffReasons.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes it. */
const REASON_MAX = 500;

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
  const [rejecting, setRejecting] = useState(false);
  const options = { refetchQueries: [CountPaymentsToApproveDocument] };
  const [approve, approving] = useMutation(ApprovePaymentDocument, options);
  const [reject, refused] = useMutation(RejectPaymentDocument, options);
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
      {!rejecting && (
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
      {rejecting ? (
        <RejectForm
          loading={refused.loading}
          onClose={() => setRejecting(false)}
          onReject={(reason) =>
            run(async () => (await reject({ variables: { id: payment.id, reason } })).data?.rejectPayment ?? undefined)
          }
        />
      ) : (
        <Reject payment={payment} onOpen={() => setRejecting(true)} />
      )}
    </section>
  );
}

/** What came through Midtrans is here for certain, and goes back by a refund. */
function Reject({ payment, onOpen }: { readonly payment: ProofFragment; onOpen(): void }) {
  const { t } = useDeskWords();
  if (payment.channel === "MIDTRANS")
    return (
      <p className={cards.soft}>
        {t("proofs.refundInstead")} <Link to={`/admin/payments/${payment.id}`}>{payment.number}</Link>
      </p>
    );
  return (
    <Button variant="default" leftSection={<CrossIcon size={18} />} onClick={onOpen} data-testid="reject-proof">
      {t("proofs.reject")}
    </Button>
  );
}

interface RejectFormProps {
  readonly loading: boolean;
  onReject(reason: string): Promise<void>;
  onClose(): void;
}

function RejectForm({ loading, onReject, onClose }: RejectFormProps) {
  const { t } = useDeskWords();
  const [draft, setDraft] = useState(NO_REASON);
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const reason = reasonWords(draft);
    if (reason !== "" && !loading) void onReject(reason);
  };
  return (
    <form className={cards.stack} onSubmit={submit} noValidate>
      <ReasonChoice
        legend={t("proofs.rejectWhy")}
        ownLabel={t("proofs.rejectOwn")}
        missingText={t("proofs.rejectMissing")}
        maxLength={REASON_MAX}
        reasons={proofReasons(t)}
        draft={draft}
        tried={tried}
        onChange={setDraft}
      />
      <p className={cards.soft}>{t("proofs.rejectEffect")}</p>
      <div className={cards.actions}>
        <Button type="submit" color="red.9" loading={loading} data-testid="reject-proof-confirm">
          {t("proofs.reject")}
        </Button>
        <Button variant="default" disabled={loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
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
