import { useMutation } from "@apollo/client/react";
import {
  type LearningFragment,
  MyCoursesDocument,
  UpdateProgressDocument,
} from "../graphql/generated/buying/graphql.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";

/** The whole of a course, in percent. */
export const WHOLE = 100;

/** Keeping how far one is. A refusal may mean that another device was further: the page shows what is true then. */
export function useProgress({ id, course }: LearningFragment) {
  const { t } = useBuyingWords();
  const say = useToast();
  const [update, { loading, error }] = useMutation(UpdateProgressDocument, {
    onError: (_, options) => void options?.client?.refetchQueries({ include: [MyCoursesDocument] }),
  });
  /** False: refused. */
  const keep = async (progress: number): Promise<boolean> => {
    const answer = await update({ variables: { enrollmentId: id, progress } });
    if (!answer.data) return false;
    const kept = answer.data.updateEnrollmentProgress.progress;
    say(kept === WHOLE ? t("courses.finishDone", { title: course.title }) : t("courses.saved", { percent: kept }));
    return true;
  };
  return { keep, loading, error };
}
