import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { DeleteReviewDocument, type OpinionFragment } from "../graphql/generated/buying/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { Stars } from "../ui/Rating.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./Review.module.css";
import { ReviewForm } from "./ReviewForm.tsx";

interface OwnReviewProps {
  readonly review: OpinionFragment;
  readonly productName: string;
  /** It takes the place of the form that it was written in. */
  readonly justWritten?: boolean;
}

/** What the caller said of a product, to be changed or taken back; what the shop took down says why. */
export function OwnReview({ review, productName, justWritten = false }: OwnReviewProps) {
  const { t, on } = useBuyingWords();
  const [editing, setEditing] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const cameFromForm = useRef(justWritten);
  // The form is gone: whoever goes by keyboard or ear goes on at what came of it.
  useEffect(() => {
    if (!editing && cameFromForm.current) box.current?.focus({ preventScroll: true });
    cameFromForm.current = editing;
  }, [editing]);
  if (editing) {
    const product = { id: review.product.id, name: productName };
    return <ReviewForm product={product} review={review} onClose={() => setEditing(false)} />;
  }
  const isChanged = review.updatedAt !== review.createdAt;
  return (
    <div ref={box} tabIndex={-1} className={styles.own} data-testid="own-review">
      <div className={styles.head}>
        {review.rating ? (
          <Stars value={review.rating} label={t("review.starsOf", { count: review.rating })} />
        ) : (
          <span className={cards.soft}>{t("review.yours")}</span>
        )}
        <span className={styles.when}>
          {on(review.createdAt)}
          {isChanged && `, ${t("review.wasEdited", { when: on(review.updatedAt) })}`}
        </span>
      </div>
      <p className={styles.comment}>{review.comment}</p>
      {review.isArchived ? (
        <p className={styles.down} data-testid="review-taken-down">
          {t("review.takenDown", { why: review.archiveReason ?? "–" })}
        </p>
      ) : (
        <Actions review={review} onEdit={() => setEditing(true)} />
      )}
    </div>
  );
}

function Actions({ review, onEdit }: { readonly review: OpinionFragment; onEdit(): void }) {
  const { t } = useBuyingWords();
  const say = useToast();
  const [remove, { loading, error }] = useMutation(DeleteReviewDocument, {
    variables: { reviewId: review.id },
    refetchQueries: "active",
    awaitRefetchQueries: true,
  });
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await remove().catch(() => null);
    if (answer?.data) say(t("review.deleted"));
  };
  return (
    <>
      {error && <Failure error={error} />}
      <div className={cards.actions}>
        <Button variant="light" size="sm" disabled={loading} onClick={onEdit} data-testid="review-edit">
          {t("review.edit")}
        </Button>
        <ConfirmAction
          label={t("review.delete")}
          effect={t("review.deleteEffect")}
          size="sm"
          loading={loading}
          onConfirm={submit}
          testId="review-delete"
          danger
        />
      </div>
    </>
  );
}
