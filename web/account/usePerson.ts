import { useQuery } from "@apollo/client/react";
import { useSyncExternalStore } from "react";
import { session } from "../graphql/browserSession.ts";
import { MeDocument, type PersonFragment } from "../graphql/generated/shop/graphql.ts";

/** Who is signed in. `loading` while that isn't known yet. */
export function usePerson(): { person: PersonFragment | null; loading: boolean; signedIn: boolean } {
  const signedIn = useSyncExternalStore(session.subscribe, session.signedIn);
  const { data, loading } = useQuery(MeDocument, { skip: !signedIn });
  return { person: signedIn ? (data?.me ?? null) : null, loading: signedIn && loading && !data, signedIn };
}

/** Whether somebody of the shop's staff is signed in. */
export const isStaff = (person: PersonFragment | null): boolean => person?.role === "STAFF" || person?.role === "ADMIN";
