import { usePayWords } from "../shop/pay/usePayWords.ts";
import cards from "../ui/Card.module.css";
import { Page } from "../ui/Page.tsx";
import { PaymentList } from "./PaymentList.tsx";
import { SignedInOnly } from "./SignedInOnly.tsx";

const PAGE = 20;

/** Every payment of the caller's. */
export function PaymentsPage() {
  const { p } = usePayWords();
  return (
    <SignedInOnly>
      <Page title={p("history.title")} narrow>
        <section className={cards.card}>
          <PaymentList first={PAGE} />
        </section>
      </Page>
    </SignedInOnly>
  );
}
