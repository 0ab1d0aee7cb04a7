import { Button } from "@mantine/core";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import { Board } from "../Board.tsx";
import type { PaymentView } from "../usePayment.ts";
import { useGuides } from "./Guides.tsx";

/** Nobody knows yet whether something payable was made: the one thing to say is not to pay twice. */
export function Unknown({ view }: { readonly view: PaymentView }) {
  const { t } = useBuyingWords();
  const label = useGuides(view.payment?.id ?? "", view.payment?.currentTransaction?.id)?.methodLabel;
  return (
    <Board
      meaning="waiting"
      title={t("pay.unknownTitle")}
      text={t("pay.unknown", { label: label ?? t("choice.title") })}
      live={view.stale ? t("payment.lookFailed") : t("payment.watching")}
    >
      <Button loading={view.syncing} onClick={() => void view.sync()} data-testid="sync-payment">
        {t("payment.alreadyPaid")}
      </Button>
    </Board>
  );
}
