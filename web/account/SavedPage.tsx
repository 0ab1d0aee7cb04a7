import { usePayWords } from "../shop/pay/usePayWords.ts";
import cards from "../ui/Card.module.css";
import { Page } from "../ui/Page.tsx";
import { LinkedAccounts } from "./LinkedAccounts.tsx";
import { SavedCards } from "./SavedCards.tsx";
import { SignedInOnly } from "./SignedInOnly.tsx";

/** The ways to pay that the gateway keeps for the caller. */
export function SavedPage() {
  const { p } = usePayWords();
  return (
    <SignedInOnly>
      <Page title={p("saved.title")} narrow>
        <div className={cards.stack}>
          <p className={cards.soft}>{p("saved.text")}</p>
          <SavedCards />
          <LinkedAccounts />
        </div>
      </Page>
    </SignedInOnly>
  );
}
