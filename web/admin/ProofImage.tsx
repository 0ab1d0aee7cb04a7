import { Button } from "@mantine/core";
import { useState } from "react";
import type { ProofFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import styles from "./Proofs.module.css";
import { useDeskWords } from "./useDeskWords.ts";

interface ProofImageProps {
  readonly payment: ProofFragment;
  /** Its link did not lead to a picture: it may be over. */
  onExpired(): void;
}

/** The proof itself, as large as there is room; what can't be shown here has a way to it. */
export function ProofImage({ payment }: ProofImageProps) {
  const { t } = useDeskWords();
  const [isNoPicture, setNoPicture] = useState(false);
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
  if (!isOurs || isNoPicture) {
    return (
      <section className={`${cards.card} ${styles.paper}`} data-testid="proof-paper">
        <DocumentIcon size={32} />
        <p>{isOurs ? t("proofs.pdf") : t("proofs.elsewhere", { host: url.host })}</p>
        {open}
      </section>
    );
  }
  return (
    <figure className={styles.picture}>
      <a href={url.href} target="_blank" rel="noreferrer">
        <img
          src={url.href}
          alt={t("proofs.image", { name: user.name })}
          onError={() => setNoPicture(true)}
          data-testid="proof-image"
        />
      </a>
      <figcaption>{open}</figcaption>
    </figure>
  );
}
