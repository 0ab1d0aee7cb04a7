import { useMutation } from "@apollo/client/react";
import { type LearnerFragment, SetMemberDocument } from "../graphql/generated/admin/graphql.ts";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useDeskWords } from "./useDeskWords.ts";

/** Whether somebody may buy at the members' price. */
export function MemberChip({ isMember }: { readonly isMember: boolean }) {
  const { t } = useDeskWords();
  return (
    <StatusChip
      meaning={isMember ? "good" : "ended"}
      label={t(isMember ? "proofs.member" : "proofs.notMember")}
      status={isMember ? "MEMBER" : "OTHER"}
      testId="member-mark"
    />
  );
}

/** Makes somebody a member of the institution, or ends that. */
export function SetMember({ user }: { readonly user: LearnerFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const [run, { loading, error }] = useMutation(SetMemberDocument);
  const { name, isMember } = user;
  const set = async () => {
    // A refusal stands in `error`.
    const answer = await run({ variables: { userId: user.id, isMember: !isMember } }).catch(() => null);
    if (answer?.data) say(t(isMember ? "members.unmarked" : "members.marked", { name }));
  };
  return (
    <div>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={t(isMember ? "members.unmark" : "members.mark")}
        effect={t(isMember ? "members.unmarkEffect" : "members.markEffect", { name })}
        loading={loading}
        onConfirm={set}
        testId="set-member"
        danger={isMember}
      />
    </div>
  );
}
