import { useApolloClient } from "@apollo/client/react";
import { useNavigate, useSearchParams } from "react-router";
import { session } from "../graphql/browserSession.ts";
import { MeDocument, type SignedInFragment } from "../graphql/generated/shop/graphql.ts";
import { mergeBasket } from "../shop/mergeBasket.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { nextPlace } from "./nextPlace.ts";

/** What follows a login or a registration: the tokens are kept, the visitor's basket comes along, and on to `next`. */
export function useSignIn() {
  const client = useApolloClient();
  const navigate = useNavigate();
  const say = useToast();
  const { t } = useBuyingWords();
  const [params] = useSearchParams();
  return async (signedIn: SignedInFragment) => {
    session.signIn(signedIn);
    client.writeQuery({ query: MeDocument, data: { me: signedIn.user } });
    try {
      const short = await mergeBasket(client);
      if (short > 0) say(t("login.basketShort"), "wrong");
    } catch {
      // Signed in all the same; the wishes stay in this browser and come along next time.
      say(t("login.basketKept"), "wrong");
    }
    navigate(nextPlace(params.get("next")), { replace: true });
  };
}
