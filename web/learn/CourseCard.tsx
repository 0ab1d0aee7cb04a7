import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { LearningFragment } from "../graphql/generated/buying/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { detailNumber } from "../ui/failure.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useFocusBack } from "../ui/useFocusBack.ts";
import styles from "./CoursesPage.module.css";
import { ProgressForm } from "./ProgressForm.tsx";
import { useProgress, WHOLE } from "./useProgress.ts";

type State = "learning" | "done" | "shut";

const meanings = { done: "good", shut: "ended" } as const;

function stateOf({ status, progress }: LearningFragment): State {
  if (status !== "ENROLLED") return "shut";
  return progress === WHOLE ? "done" : "learning";
}

/** One course of the caller's: how far he is, and the way to say so; one that was shut says why. */
export function CourseCard({ enrollment }: { readonly enrollment: LearningFragment }) {
  const { t, on } = useBuyingWords();
  const { course, payment, progress } = enrollment;
  const state = stateOf(enrollment);
  return (
    <article className={`${cards.card} ${styles.course}`} data-testid="course-card" data-state={state}>
      <header className={styles.head}>
        <div>
          <h2>{course.title}</h2>
          <p className={cards.soft}>
            {payment.package && `${t("courses.from", { name: payment.package.name })} · `}
            {t("courses.since", { when: on(enrollment.enrolledAt) })}
          </p>
        </div>
        {state !== "learning" && (
          <StatusChip meaning={meanings[state]} label={t(`courseState.${state}`)} status={state} />
        )}
      </header>
      <p>{course.description}</p>
      <div className={styles.bar} data-done={state === "done" || undefined}>
        <progress max={WHOLE} value={progress} aria-label={t("courses.progressOf", { title: course.title })} />
        <strong data-testid="course-progress">{t("courses.percent", { percent: progress })}</strong>
      </div>
      {state === "done" && <p className={cards.soft}>{t("courses.finished", { when: on(enrollment.completedAt) })}</p>}
      {state === "learning" && <Going enrollment={enrollment} />}
      {state === "shut" && (
        <p className={cards.soft}>
          {t("courses.shutText")} <Link to={`/payments/${payment.id}`}>{t("courses.whyShut")}</Link>
        </p>
      )}
    </article>
  );
}

/** Noting how far one is, or that it is done. */
function Going({ enrollment }: { readonly enrollment: LearningFragment }) {
  const { t } = useBuyingWords();
  const [noting, setNoting] = useState(false);
  const opener = useFocusBack(noting);
  const { keep, loading, error } = useProgress(enrollment);
  const further = (progress: number | undefined) =>
    progress === undefined ? undefined : t("courses.further", { percent: progress });
  return (
    <>
      {error ? (
        <Failure
          error={error}
          meaning={(it) => (it.code === "PROGRESS_BACKWARDS" ? further(detailNumber(it, "progress")) : undefined)}
        />
      ) : null}
      {noting ? (
        <ProgressForm
          from={enrollment.progress}
          loading={loading}
          onKeep={async (progress) => {
            if (await keep(progress)) setNoting(false);
          }}
          onClose={() => setNoting(false)}
        />
      ) : (
        <div className={cards.actions}>
          <Button ref={opener} disabled={loading} onClick={() => setNoting(true)} data-testid="note-progress">
            {t("courses.update")}
          </Button>
          <ConfirmAction
            label={t("courses.finish")}
            effect={t("courses.finishEffect")}
            loading={loading}
            onConfirm={async () => void (await keep(WHOLE))}
            testId="finish-course"
            quiet
          />
        </div>
      )}
    </>
  );
}
