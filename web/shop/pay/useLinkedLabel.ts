import { useQuery } from "@apollo/client/react";
import { PaymentMethodsDocument } from "../../graphql/generated/buying/graphql.ts";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import { BY_ACCOUNT } from "./methodGroups.ts";

/** Names don't depend on it. */
const ANY_AMOUNT = 1;

/** The name of the wallet whose accounts can be linked; empty until it has come. */
export function useLinkedLabel(): string {
  const { spoken } = useBuyingWords();
  const { data } = useQuery(PaymentMethodsDocument, { variables: { amount: ANY_AMOUNT, language: spoken } });
  return data?.paymentMethods.find(({ method }) => method === BY_ACCOUNT)?.label ?? "";
}
