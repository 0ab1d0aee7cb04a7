import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { takesAccount } from "../account/refundStage.ts";
import { usePerson } from "../account/usePerson.ts";
import {
  ApproveManualRefundDocument,
  RetryRefundDocument,
  RevealRefundAccountDocument,
  SettleRefundManuallyDocument,
  type StaffRefundFragment,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { CheckIcon, RefreshIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import styles from "./Refunds.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useRefusalWords } from "./useRefusalWords.ts";

/** As banks print it on a proof of transfer, and as the server takes it. */
const REFERENCE = /^[\p{L}\p{N}][\p{L}\p{N} ./_-]{3,63}$/u;

interface ActionProps {
  readonly refund: StaffRefundFragment;
}

/** What may be done about a refund now, and by whom: by hand takes two people. */
export function RefundActions({ refund }: ActionProps) {
  const { t } = useDeskWords();
  const { person } = usePerson();
  const isByPeople = refund.status === "MANUAL" || refund.status === "FAILED";
  if (!isByPeople) return refund.status === "PROCESSING" ? <p className={cards.soft}>{t("refunds.inDoubt")}</p> : null;
  if (person?.role !== "ADMIN") return <p className={cards.soft}>{t("refunds.adminOnly")}</p>;
  const isOpen = takesAccount(refund);
  return (
    <div className={cards.stack}>
      {refund.status === "FAILED" && isOpen && <Retry refund={refund} />}
      {isOpen && !refund.accountMasked && <p className={cards.soft}>{t("refunds.noAccount")}</p>}
      {isOpen && refund.accountMasked && <Approve refund={refund} isMine={refund.requestedBy?.id === person.id} />}
      {!isOpen && <Settle refund={refund} isMine={refund.approvedBy?.id === person.id} />}
    </div>
  );
}

function Retry({ refund }: ActionProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const meaning = useRefusalWords();
  const options = { ...NEWS, variables: { refundId: refund.id } };
  const [retry, { loading, error }] = useMutation(RetryRefundDocument, options);
  return (
    <>
      {error && <Failure error={error} meaning={meaning} />}
      <ConfirmAction
        label={t("refunds.retry")}
        icon={<RefreshIcon size={18} />}
        effect={t("refunds.retryEffect", { amount: money(refund.amount) })}
        loading={loading}
        // A refusal stands in `error`.
        onConfirm={async () => {
          if ((await retry().catch(() => null))?.data) say(t("refunds.retried"));
        }}
        testId="retry-refund"
      />
    </>
  );
}

type OwnedActionProps = ActionProps & {
  /** Whether the step before this was the same person's, who then can't take this one. */
  readonly isMine: boolean;
};

function Approve({ refund, isMine }: OwnedActionProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const meaning = useRefusalWords();
  const options = { ...NEWS, variables: { refundId: refund.id } };
  const [approve, { loading, error }] = useMutation(ApproveManualRefundDocument, options);
  if (isMine) return <p data-testid="second-person">{t("refunds.approveByAnother")}</p>;
  return (
    <>
      {error && <Failure error={error} meaning={meaning} />}
      <ConfirmAction
        label={t("refunds.approve")}
        icon={<CheckIcon size={18} />}
        effect={t("refunds.approveEffect", { amount: money(refund.amount), account: refund.accountMasked ?? "" })}
        loading={loading}
        onConfirm={async () => {
          if ((await approve().catch(() => null))?.data) say(t("refunds.approved"));
        }}
        testId="approve-refund"
      />
    </>
  );
}

function Settle({ refund, isMine }: OwnedActionProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const meaning = useRefusalWords();
  const [reference, setReference] = useState("");
  const [tried, setTried] = useState(false);
  const [settle, { loading, error }] = useMutation(SettleRefundManuallyDocument, NEWS);
  if (isMine) return <p data-testid="second-person">{t("refunds.settleByAnother")}</p>;
  const isGood = REFERENCE.test(reference.trim());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isGood || loading) return;
    const variables = { refundId: refund.id, reference: reference.trim() };
    // A refusal stands in `error`.
    if ((await settle({ variables }).catch(() => null))?.data) say(t("refunds.settled"));
  };
  return (
    <form className={cards.stack} onSubmit={(event) => void submit(event)} noValidate>
      <p>{t("refunds.settleHow", { amount: money(refund.amount) })}</p>
      <Account refund={refund} />
      {error && <Failure error={error} meaning={meaning} />}
      <TextInput
        label={t("refunds.bankReference")}
        description={t("refunds.bankReferenceHow")}
        maxLength={64}
        autoComplete="off"
        value={reference}
        error={tried && !isGood && t("refunds.bankReferenceWrong")}
        onChange={(event) => setReference(event.currentTarget.value)}
        data-testid="bank-reference"
      />
      <Button type="submit" loading={loading} leftSection={<CheckIcon size={18} />} data-testid="settle-refund">
        {t("refunds.settle")}
      </Button>
    </form>
  );
}

/** The account in full, only when somebody asks for it: who did is written down. Nothing of it is kept. */
function Account({ refund }: ActionProps) {
  const { t } = useDeskWords();
  const [reveal, { data, loading, error }] = useMutation(RevealRefundAccountDocument, {
    variables: { refundId: refund.id },
    fetchPolicy: "no-cache",
  });
  const account = data?.revealRefundAccount;
  if (account) {
    return (
      <p className={styles.account} data-testid="full-account">
        {account.bankCode} <strong>{account.accountNumber}</strong>
        <br />
        {account.accountName}
      </p>
    );
  }
  return (
    <>
      {error && <Failure error={error} />}
      <Button
        variant="light"
        loading={loading}
        onClick={() => void reveal().catch(() => undefined)}
        data-testid="reveal-account"
      >
        {t("refunds.reveal")}
      </Button>
    </>
  );
}
