import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { ArchiveReviewDocument, type DeskReviewFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { ReasonForm } from "./ReasonForm.tsx";
import { archiveReasons } from "./staffReasons.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useOpening } from "./useOpening.ts";

/** A review in full, and its way off the product's page. */
export function ArchiveReview({ review }: { readonly review: DeskReviewFragment }) {
  const { t, at } = useDeskWords();
  const wasChanged = review.updatedAt !== review.createdAt;
  return (
    <div className={cards.stack}>
      <p data-testid="review-comment">{review.comment}</p>
      {wasChanged && <p className={cards.soft}>{t("deskReviews.changed", { when: at(review.updatedAt) })}</p>}
      {review.isArchived && (
        <p data-testid="archive-reason">{t("deskReviews.archivedWhy", { reason: review.archiveReason ?? "" })}</p>
      )}
      {!review.isArchived && !review.isActive && <p className={cards.soft}>{t("deskReviews.takenBack")}</p>}
      {!review.isArchived && <Archive id={review.id} />}
    </div>
  );
}

function Archive({ id }: { readonly id: string }) {
  const { t } = useDeskWords();
  const say = useToast();
  const { isOpen, open, close, button, form } = useOpening();
  const [archive, { loading, error }] = useMutation(ArchiveReviewDocument, NEWS);
  const send = async (reason: string) => {
    if ((await archive({ variables: { id, reason } }).catch(() => null))?.data) say(t("deskReviews.archived"));
  };
  if (!isOpen) {
    return (
      <div>
        <Button ref={button} size="sm" variant="default" onClick={open} data-testid="archive-review">
          {t("deskReviews.archive")}
        </Button>
      </div>
    );
  }
  return (
    <ReasonForm
      ref={form}
      why={t("deskReviews.archiveWhy")}
      ownLabel={t("deskReviews.reasonOwn")}
      missingText={t("deskReviews.reasonMissing")}
      reasons={archiveReasons(t)}
      effect={t("deskReviews.archiveEffect")}
      label={t("deskReviews.archive")}
      loading={loading}
      error={error}
      testId="archive-review-confirm"
      onSend={send}
      onClose={close}
    />
  );
}
