import { useMutation, useQuery } from "@apollo/client/react";
import { useRef } from "react";
import { Link } from "react-router";
import { type CardFragment, DeleteSavedCardDocument, SavedCardsDocument } from "../graphql/generated/buying/graphql.ts";
import { cardName, isUsable } from "../shop/pay/cardName.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { CardIcon, TrashIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useNow } from "../ui/useNow.ts";
import { useWatch } from "../ui/useWatch.ts";
import styles from "./Saved.module.css";

/** The caller's saved cards, each with the way to forget it. */
export function SavedCards() {
  const { t } = useBuyingWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, loading, error, refetch } = useQuery(SavedCardsDocument, { fetchPolicy: "cache-and-network" });
  const saved = data?.savedCards;
  // A card that was kept at the last payment comes moments after it.
  useWatch(saved?.length === 0, () => refetch());
  return (
    <section className={cards.card}>
      <h2 ref={heading} tabIndex={-1} className={styles.heading}>
        <CardIcon /> {t("cards.title")}
      </h2>
      {error && !saved ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!saved && loading && (
        <Loading>
          <Bone height={84} />
        </Loading>
      )}
      {saved?.length === 0 && (
        <p className={cards.soft} data-testid="no-cards">
          {t("cards.none")} <Link to="/">{t("cards.shop")}</Link>
        </p>
      )}
      {saved && saved.length > 0 && (
        <ul className={styles.list}>
          {saved.map((card) => (
            // The row that had the focus is gone with its card.
            <CardLine key={card.id} card={card} onGone={() => heading.current?.focus({ preventScroll: true })} />
          ))}
        </ul>
      )}
    </section>
  );
}

function CardLine({ card, onGone }: { readonly card: CardFragment; onGone(): void }) {
  const { on, t } = useBuyingWords();
  const say = useToast();
  const now = useNow(false);
  const name = cardName(card);
  const [forget, { loading, error }] = useMutation(DeleteSavedCardDocument, {
    variables: { id: card.id },
    update: (cache) => cache.evict({ id: cache.identify({ __typename: "SavedCard", id: card.id }) }),
  });
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await forget().catch(() => null);
    if (!answer?.data) return;
    say(t("cards.deleted", { card: name }));
    onGone();
  };
  return (
    <li className={styles.line} data-testid="card-line">
      <div className={styles.what}>
        <h3>{name}</h3>
        <p className={cards.soft}>
          {card.expiresAt && t(isUsable(card, now) ? "cards.until" : "cards.over", { when: on(card.expiresAt) })}
        </p>
      </div>
      <ConfirmAction
        label={t("cards.delete")}
        icon={<TrashIcon size={18} />}
        effect={t("cards.deleteEffect", { card: name })}
        loading={loading}
        onConfirm={submit}
        testId="delete-card"
        danger
      />
      {error && <DeleteRefused error={error} />}
    </li>
  );
}

function DeleteRefused({ error }: { readonly error: unknown }) {
  const { t } = useBuyingWords();
  if (failureOf(error).code !== "CONFLICT") return <Failure error={error} />;
  return (
    <p className={styles.refused} role="alert" data-testid="card-in-use">
      {t("cards.inUse")} <Link to="/account/subscriptions">{t("subscriptions.title")}</Link>
    </p>
  );
}
