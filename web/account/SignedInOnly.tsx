import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";
import { usePerson } from "./usePerson.ts";

/** Sends visitors to the login, and back here afterwards. */
export function SignedInOnly({ children }: { readonly children: ReactNode }) {
  const { signedIn } = usePerson();
  const { pathname, search } = useLocation();
  if (!signedIn) return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />;
  return children;
}
