import { Button } from "@mantine/core";
import { useState } from "react";
import type { ProofFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import { PdfPages } from "./PdfPages.tsx";
import styles from "./Proofs.module.css";
import { useDeskWords } from "./useDeskWords.ts";

/** The proof itself, as large as there is room; what can't be shown here has a way to it. */
export function ProofImage({ payment }: { readonly payment: ProofFragment }) {
  const { t } = useDeskWords();
  // What it is shows when it is loaded: a picture first, for most are; then a PDF; then a file to be downloaded.
  const [as, setAs] = useState<"picture" | "pdf" | "file">("picture");
  const { proofUrl, user } = payment;
  if (!proofUrl) {
    const word = payment.channel === "MIDTRANS" ? "proofs.none.midtrans" : "proofs.none.lost";
    return (
      <section className={`${cards.card} ${styles.paper}`}>
        <DocumentIcon size={32} />
        <p>{t(word)}</p>
      </section>
    );
  }
  const url = new URL(proofUrl, window.location.origin);
  const isOurs = url.origin === window.location.origin;
  const open = (
    <Button component="a" href={url.href} target="_blank" rel="noreferrer" variant="light" data-testid="proof-open">
      {t("proofs.open")}
    </Button>
  );
  if (!isOurs || as === "file") {
    return (
      <section className={`${cards.card} ${styles.paper}`} data-testid="proof-paper">
        <DocumentIcon size={32} />
        <p>{isOurs ? t("proofs.noPreview") : t("proofs.elsewhere", { host: url.host })}</p>
        {open}
      </section>
    );
  }
  const label = t("proofs.image", { name: user.name });
  return (
    <figure className={styles.picture}>
      {as === "pdf" ? (
        <PdfPages url={url.href} label={label} onBroken={() => setAs("file")} />
      ) : (
        <a href={url.href} target="_blank" rel="noreferrer">
          <img src={url.href} alt={label} onError={() => setAs("pdf")} data-testid="proof-image" />
        </a>
      )}
      <figcaption>{open}</figcaption>
    </figure>
  );
}
