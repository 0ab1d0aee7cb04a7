import { Button } from "@mantine/core";
import { useState } from "react";
import { useFailureWords } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./UnpaidFirst.module.css";
import type { Basket, BasketLine } from "./useBasket.ts";

const isShort = ({ quantity, available }: BasketLine): boolean => quantity > available;
const costsOther = ({ previousPrice }: BasketLine): boolean => previousPrice !== null;

/** What is not as it was when it was put in: said once for the whole basket, and agreed to in one touch. */
export function BasketChanges({ basket, onAccepted }: { readonly basket: Basket; onAccepted(): void }) {
  const { t } = useBuyingWords();
  const say = useToast();
  const wordsFor = useFailureWords();
  const [working, setWorking] = useState(false);
  const changed = basket.lines.filter((line) => isShort(line) || costsOther(line));
  if (changed.length === 0) return null;
  const accept = async () => {
    if (working) return;
    setWorking(true);
    try {
      for (const { product, quantity, available } of changed)
        await basket.set(product.id, Math.min(quantity, available));
      say(t("cart.acceptDone"));
      onAccepted();
    } catch (error) {
      say(wordsFor(failureOf(error)), "wrong");
      // What was refused may have changed once more.
      basket.retry();
    } finally {
      setWorking(false);
    }
  };
  return (
    <section className={styles.unpaid} aria-label={t("cart.changedTitle")} data-testid="basket-changed">
      <p>
        <strong>{t("cart.changedTitle")}</strong>
        {changed.some(costsOther) && `${t("cart.changedPrice")} `}
        {changed.some(isShort) && t("cart.changedStock")}
      </p>
      <Button size="sm" loading={working} onClick={() => void accept()} data-testid="accept-changes">
        {t("cart.accept")}
      </Button>
    </section>
  );
}
