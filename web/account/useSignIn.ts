import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { session } from "../graphql/browserSession.ts";
import { MeDocument, type SignedInFragment } from "../graphql/generated/shop/graphql.ts";
import { mergeBasket } from "../shop/mergeBasket.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { nextPlace } from "./nextPlace.ts";

/**
 * What follows a login or a registration: the tokens are kept, the visitor's basket comes along, and on to `next`.
 * While that goes on nobody is to be sent on by another way: a basket that is still coming looks empty.
 */
export function useSignIn() {
  const client = useApolloClient();
  const navigate = useNavigate();
  const say = useToast();
  const { t } = useBuyingWords();
  const [params] = useSearchParams();
  const [arriving, setArriving] = useState(false);
  const signIn = async (signedIn: SignedInFragment) => {
    setArriving(true);
    session.signIn(signedIn);
    client.writeQuery({ query: MeDocument, data: { me: signedIn.user } });
    try {
      const short = await mergeBasket(client);
      if (short > 0) say(t("login.basketShort"), "wrong");
    } catch {
      // Signed in all the same; the wishes stay in this browser and come along next time.
      say(t("login.basketKept"), "wrong");
    }
    await navigate(nextPlace(params.get("next")), { replace: true });
  };
  return { signIn, arriving };
}
