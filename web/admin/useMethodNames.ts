import { useQuery } from "@apollo/client/react";
import { MethodNamesDocument } from "../graphql/generated/admin/graphql.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** What a method is called; its own word where it is none of those that can be chosen. */
export function useMethodNames() {
  const { spoken } = useDeskWords();
  const { data } = useQuery(MethodNamesDocument, { variables: { language: spoken } });
  const names = new Map<string, string>(data?.paymentMethods.map(({ method, label }) => [method, label]));
  return (method: string) => names.get(method) ?? method;
}
