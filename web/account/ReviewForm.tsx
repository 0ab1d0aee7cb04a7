import { useMutation } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import {
  CreateReviewDocument,
  type OpinionFragment,
  UpdateReviewDocument,
} from "../graphql/generated/buying/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { StarChoice } from "../ui/Rating.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useUnsaved } from "../ui/useUnsaved.ts";
import styles from "./Review.module.css";

/** As much as the server keeps. */
const MAX_COMMENT = 2_000;

interface ReviewFormProps {
  readonly product: { readonly id: string; readonly name: string };
  /** What is changed; null: a new one. */
  readonly review: OpinionFragment | null;
  onClose(): void;
}

/** Writing or changing what one says of a product. What was typed stays where it is refused. */
export function ReviewForm({ product, review, onClose }: ReviewFormProps) {
  const { t } = useBuyingWords();
  const [rating, setRating] = useState(review?.rating ?? null);
  const [comment, setComment] = useState(review?.comment ?? "");
  const [tried, setTried] = useState(false);
  const { keep, loading, error } = useKeep(product.id, review, onClose);
  useUnsaved(rating !== (review?.rating ?? null) || comment !== (review?.comment ?? ""));
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that opened the form is gone: whoever goes by keyboard or ear goes on here.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const isMissing = comment.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (rating !== null && !isMissing && !loading) void keep({ rating, comment: comment.trim() });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="review-form">
      <h3 ref={heading} tabIndex={-1}>
        {t("review.of", { name: product.name })}
      </h3>
      <StarChoice
        legend={t("review.rating")}
        value={rating}
        meanings={([1, 2, 3, 4, 5] as const).map((stars) => t(`review.stars.${stars}`))}
        none={t("review.ratingNone")}
        onChange={setRating}
      />
      {tried && rating === null && (
        <p className={styles.missing} role="alert">
          {t("review.ratingMissing")}
        </p>
      )}
      <Textarea
        label={t("review.comment")}
        description={t("review.commentHow")}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={MAX_COMMENT}
        value={comment}
        error={tried && isMissing && t("review.commentMissing")}
        onChange={(event) => setComment(event.currentTarget.value)}
        data-testid="review-comment"
      />
      {error ? <Refused error={error} /> : null}
      <div className={cards.actions}>
        <Button type="submit" loading={loading} data-testid="review-send">
          {t(review ? "review.save" : "review.send")}
        </Button>
        <Button variant="default" disabled={loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  const { t } = useBuyingWords();
  return (
    <Failure
      error={error}
      meaning={({ code }) => {
        if (code === "INVALID_INPUT") return t("review.refused");
        return code === "REVIEW_NOT_ALLOWED" ? t("review.notAllowed") : undefined;
      }}
    />
  );
}

/** Keeps the review; who sends it twice has one, since the server holds one for each customer and product. */
function useKeep(productId: string, review: OpinionFragment | null, onDone: () => void) {
  const { t } = useBuyingWords();
  const say = useToast();
  // What is shown beside the goods, on the own page and on the product's changes with it.
  const [create, creating] = useMutation(CreateReviewDocument, {
    refetchQueries: "active",
    awaitRefetchQueries: true,
  });
  const [update, updating] = useMutation(UpdateReviewDocument);
  const keep = async (opinion: { rating: number; comment: string }) => {
    // A refusal stands in `error`.
    const answer = review
      ? await update({ variables: { reviewId: review.id, input: opinion } }).catch(() => null)
      : await create({ variables: { input: { productId, ...opinion } } }).catch(() => null);
    if (!answer?.data) return;
    say(t(review ? "review.saved" : "review.sent"));
    onDone();
  };
  return { keep, loading: creating.loading || updating.loading, error: creating.error ?? updating.error };
}
