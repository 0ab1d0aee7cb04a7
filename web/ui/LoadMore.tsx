import { Button } from "@mantine/core";
import { useState } from "react";
import { useFailureWords } from "./Failure.tsx";
import { failureOf } from "./failure.ts";
import { useToast } from "./Toast.tsx";
import { useWords } from "./words.tsx";

/** The next page of a list. Where it can't be had, the rows stay, and so does the button to try again. */
export function LoadMore({ load }: { load(): Promise<unknown> }) {
  const { t } = useWords();
  const say = useToast();
  const wordsFor = useFailureWords();
  const [loading, setLoading] = useState(false);
  const next = async () => {
    setLoading(true);
    try {
      await load();
    } catch (error) {
      say(wordsFor(failureOf(error)), "wrong");
    } finally {
      setLoading(false);
    }
  };
  return (
    <Button variant="default" loading={loading} onClick={() => void next()} data-testid="load-more">
      {t("common.more")}
    </Button>
  );
}
