import cards from "../ui/Card.module.css";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { PaymentList } from "./PaymentList.tsx";
import { SignedInOnly } from "./SignedInOnly.tsx";

const PAGE = 20;

/** Every payment of the caller's. */
export function PaymentsPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("history.title")} narrow>
        <section className={cards.card}>
          <PaymentList first={PAGE} />
        </section>
      </Page>
    </SignedInOnly>
  );
}
