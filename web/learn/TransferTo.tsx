import { useQuery } from "@apollo/client/react";
import { TransferAccountsDocument } from "../graphql/generated/buying/graphql.ts";
import { CopyLine } from "../shop/pay/CopyLine.tsx";
import instrument from "../shop/pay/Instrument.module.css";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { Loading } from "../ui/Loading.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";

interface TransferToProps {
  /** As it is to be transferred, in words. */
  readonly amount: string;
}

/** The accounts to which a learner transfers before he shows a proof, or that he has to ask for one. */
export function TransferTo({ amount }: TransferToProps) {
  const { t } = useBuyingWords();
  const { data, error, refetch } = useQuery(TransferAccountsDocument);
  const accounts = data?.transferAccounts;
  if (!accounts && error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!accounts) {
    return (
      <Loading>
        <Bone height={100} />
      </Loading>
    );
  }
  if (accounts.length === 0) {
    return (
      <p className={cards.soft} data-testid="ask-account">
        {t("proof.askAccount", { amount })}
      </p>
    );
  }
  return (
    <>
      <p className={cards.soft}>{t(accounts.length === 1 ? "proof.toOne" : "proof.toAny", { amount })}</p>
      <dl className={instrument.lines}>
        {accounts.map(({ bank, number, holder }) => (
          <CopyLine key={`${bank} ${number}`} what={`${bank} · ${holder}`} shown={number} testId="transfer-account" />
        ))}
      </dl>
    </>
  );
}
