import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ArchiveReviewDocument, type DeskReviewFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { ReasonChoice } from "../ui/ReasonChoice.tsx";
import { NO_REASON, reasonWords } from "../ui/reason.ts";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { archiveReasons } from "./staffReasons.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes it. */
const REASON_MAX = 500;

/** A review in full, and its way off the product's page. */
export function ArchiveReview({ review }: { readonly review: DeskReviewFragment }) {
  const { t, at } = useDeskWords();
  const [open, setOpen] = useState(false);
  const wasChanged = review.updatedAt !== review.createdAt;
  return (
    <div className={cards.stack}>
      <p data-testid="review-comment">{review.comment}</p>
      {wasChanged && <p className={cards.soft}>{t("deskReviews.changed", { when: at(review.updatedAt) })}</p>}
      {review.isArchived && (
        <p data-testid="archive-reason">{t("deskReviews.archivedWhy", { reason: review.archiveReason ?? "" })}</p>
      )}
      {!review.isArchived && !review.isActive && <p className={cards.soft}>{t("deskReviews.takenBack")}</p>}
      {!review.isArchived && open && <ArchiveForm review={review} onClose={() => setOpen(false)} />}
      {!review.isArchived && !open && (
        <div>
          <Button size="sm" variant="default" onClick={() => setOpen(true)} data-testid="archive-review">
            {t("deskReviews.archive")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface ArchiveFormProps {
  readonly review: DeskReviewFragment;
  onClose(): void;
}

function ArchiveForm({ review, onClose }: ArchiveFormProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const [draft, setDraft] = useState(NO_REASON);
  const [tried, setTried] = useState(false);
  const [archive, { loading, error }] = useMutation(ArchiveReviewDocument, NEWS);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const reason = reasonWords(draft);
    if (reason === "" || loading) return;
    // A refusal stands in `error`.
    const answer = await archive({ variables: { id: review.id, reason } }).catch(() => null);
    if (!answer?.data) return;
    say(t("deskReviews.archived"));
    onClose();
  };
  return (
    <form className={cards.stack} onSubmit={(event) => void submit(event)} noValidate>
      {error && <Failure error={error} />}
      <ReasonChoice
        legend={t("deskReviews.archiveWhy")}
        ownLabel={t("deskReviews.reasonOwn")}
        missingText={t("deskReviews.reasonMissing")}
        maxLength={REASON_MAX}
        reasons={archiveReasons(t)}
        draft={draft}
        tried={tried}
        onChange={setDraft}
      />
      <p className={cards.soft}>{t("deskReviews.archiveEffect")}</p>
      <div className={cards.actions}>
        <Button type="submit" color="red.9" loading={loading} data-testid="archive-review-confirm">
          {t("deskReviews.archive")}
        </Button>
        <Button variant="default" disabled={loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
  );
}
