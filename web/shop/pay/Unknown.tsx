import { Button } from "@mantine/core";
import { Board } from "../Outcome.tsx";
import type { PaymentView } from "../usePayment.ts";
import { useGuides } from "./Guides.tsx";
import { usePayWords } from "./usePayWords.ts";

/** Nobody knows yet whether something payable was made: the one thing to say is not to pay twice. */
export function Unknown({ view }: { readonly view: PaymentView }) {
  const { p } = usePayWords();
  const label = useGuides(view.payment?.id ?? "", view.payment?.currentTransaction?.id)?.methodLabel;
  return (
    <Board
      meaning="waiting"
      title={p("pay.unknownTitle")}
      text={p("pay.unknown", { label: label ?? p("choice.title") })}
      live={view.stale ? p("payment.lookFailed") : p("payment.watching")}
    >
      <Button loading={view.syncing} onClick={() => void view.sync()} data-testid="sync-payment">
        {p("payment.alreadyPaid")}
      </Button>
    </Board>
  );
}
