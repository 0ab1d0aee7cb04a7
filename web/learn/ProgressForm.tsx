import { Button } from "@mantine/core";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import cards from "../ui/Card.module.css";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./CoursesPage.module.css";
import { WHOLE } from "./useProgress.ts";

/** A step of the slider, in percent: nobody knows it more exactly. */
const STEP = 5;

interface ProgressFormProps {
  /** What is kept now, in percent. */
  readonly from: number;
  readonly loading: boolean;
  onKeep(progress: number): Promise<void>;
  onClose(): void;
}

/** The next step above what is kept. */
const nextAbove = (progress: number): number => Math.min(WHOLE, (Math.floor(progress / STEP) + 1) * STEP);

/** How far one is in a course: only onwards. */
export function ProgressForm({ from, loading, onKeep, onClose }: ProgressFormProps) {
  const { t } = useBuyingWords();
  const id = useId();
  const lowest = nextAbove(from);
  const [wanted, setWanted] = useState(lowest);
  const progress = Math.max(wanted, lowest);
  const slider = useRef<HTMLInputElement>(null);
  // The button that opened the form is gone: whoever goes by keyboard or ear goes on here.
  useEffect(() => slider.current?.focus({ preventScroll: true }), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!loading) void onKeep(progress);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label htmlFor={id}>{t("courses.how")}</label>
      <div className={styles.slider}>
        <input
          ref={slider}
          id={id}
          type="range"
          min={lowest}
          max={WHOLE}
          step={STEP}
          value={progress}
          aria-valuetext={t("courses.percent", { percent: progress })}
          onChange={(event) => setWanted(Number(event.currentTarget.value))}
          data-testid="progress-slider"
        />
        <output htmlFor={id}>{t("courses.percent", { percent: progress })}</output>
      </div>
      <div className={cards.actions}>
        <Button type="submit" loading={loading} data-testid="save-progress">
          {t("courses.save", { percent: progress })}
        </Button>
        <Button variant="default" disabled={loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
  );
}
