import { useQuery } from "@apollo/client/react";
import { PaymentGuidesDocument } from "../../graphql/generated/buying/graphql.ts";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import { useWatch } from "../../ui/useWatch.ts";
import styles from "./Instrument.module.css";

/** The name of what is paid with now, and the steps of paying by it; nothing until they have come. */
export function useGuides(paymentId: string, transactionId: string | undefined) {
  const { spoken } = useBuyingWords();
  const { data, error, refetch } = useQuery(PaymentGuidesDocument, {
    variables: { id: paymentId, language: spoken },
    skip: transactionId === undefined,
  });
  // Without a line there is no name to show; it is asked for until it comes.
  useWatch(error !== undefined && !data, () => refetch());
  const current = data?.payment?.currentTransaction;
  // Of the try before this one they would tell the wrong bank's menus.
  return current?.id === transactionId ? current : undefined;
}

type Guide = NonNullable<ReturnType<typeof useGuides>>["guides"][number];

/** One folded list of steps for each place where it can be paid. */
export function Guides({ guides }: { readonly guides: readonly Guide[] }) {
  const { t } = useBuyingWords();
  if (guides.length === 0) return null;
  return (
    <section className={styles.guides} aria-label={t("pay.steps")}>
      <h3>{t("pay.steps")}</h3>
      {guides.map(({ title, steps }) => (
        <details key={title} className={styles.fold} data-testid="guide">
          <summary>{title}</summary>
          <ol>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      ))}
    </section>
  );
}
