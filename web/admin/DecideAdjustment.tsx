import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { usePerson } from "../account/usePerson.ts";
import {
  type AdjustmentFragment,
  ApproveAdjustmentDocument,
  RejectAdjustmentDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { CheckIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { BookedLines } from "./BookedLines.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes it. */
const REASON_MAX = 500;

interface DecideProps {
  readonly adjustment: AdjustmentFragment;
}

/** Approves or rejects what somebody else asked for. */
export function DecideAdjustment({ adjustment }: DecideProps) {
  const { t } = useDeskWords();
  const { person } = usePerson();
  if (adjustment.approvedAt) return <p>{t("adjust.entry", { id: adjustment.entryId ?? "" })}</p>;
  if (adjustment.rejectedAt) return <p>{t("adjust.noEntry")}</p>;
  if (person?.role !== "ADMIN") return <p className={cards.soft}>{t("adjust.adminOnly")}</p>;
  const isOwn = adjustment.requestedBy.id === person.id;
  return (
    <div className={cards.stack}>
      <BookedLines lines={adjustment.postings} />
      {isOwn ? <p data-testid="second-person">{t("adjust.second")}</p> : <Approve adjustment={adjustment} />}
      <Reject adjustment={adjustment} />
    </div>
  );
}

function Approve({ adjustment }: DecideProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const [approve, { loading, error }] = useMutation(ApproveAdjustmentDocument, NEWS);
  const run = async () => {
    // A refusal stands in `error`.
    const answer = await approve({ variables: { id: adjustment.id } }).catch(() => null);
    if (answer?.data) say(t("adjust.approved"));
  };
  return (
    <>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={t("adjust.approve")}
        icon={<CheckIcon size={18} />}
        effect={t("adjust.approveEffect")}
        loading={loading}
        onConfirm={run}
        testId="approve-adjustment"
      />
    </>
  );
}

function Reject({ adjustment }: DecideProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [reject, { loading, error }] = useMutation(RejectAdjustmentDocument, NEWS);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (reason.trim() === "" || loading) return;
    // A refusal stands in `error`.
    const answer = await reject({ variables: { id: adjustment.id, reason: reason.trim() } }).catch(() => null);
    if (answer?.data) say(t("adjust.rejected"));
  };
  return (
    <form className={cards.stack} onSubmit={(event) => void submit(event)} noValidate>
      {error && <Failure error={error} />}
      <TextInput
        size="sm"
        label={t("adjust.rejectWhy")}
        maxLength={REASON_MAX}
        value={reason}
        error={tried && reason.trim() === "" && t("admin.clearNoteMissing")}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-testid="reject-adjustment-reason"
      />
      <div>
        <Button size="sm" type="submit" variant="default" loading={loading} data-testid="reject-adjustment">
          {t("adjust.reject")}
        </Button>
      </div>
    </form>
  );
}
