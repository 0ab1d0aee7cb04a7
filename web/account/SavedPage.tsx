import cards from "../ui/Card.module.css";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { LinkedAccounts } from "./LinkedAccounts.tsx";
import { SavedCards } from "./SavedCards.tsx";
import { SignedInOnly } from "./SignedInOnly.tsx";

/** The ways to pay that the gateway keeps for the caller. */
export function SavedPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("saved.title")} narrow>
        <div className={cards.stack}>
          <p className={cards.soft}>{t("saved.text")}</p>
          <SavedCards />
          <LinkedAccounts />
        </div>
      </Page>
    </SignedInOnly>
  );
}
