import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { CheckIcon } from "../../ui/icons/icons.tsx";
import { useToast } from "../../ui/Toast.tsx";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import styles from "./Instrument.module.css";

/** As long as the button says that it is done. */
const DONE_MS = 2_500;

/** Numbers as banks print them; what is selected and copied is the number alone. */
const inFours = (text: string): readonly string[] =>
  /^\d{7,}$/.test(text) ? (text.match(/.{1,4}/g) ?? [text]) : [text];

interface CopyLineProps {
  readonly what: string;
  readonly shown: string;
  /** What is copied; what is shown unless said. */
  readonly copied?: string;
  readonly testId: string;
}

/** Something to type elsewhere, large, with a button that copies it and says so. */
export function CopyLine({ what, shown, copied = shown, testId }: CopyLineProps) {
  const { t } = useBuyingWords();
  const say = useToast();
  const text = useRef<HTMLElement>(null);
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(copied);
      setDone(true);
      setTimeout(() => setDone(false), DONE_MS);
      say(t("pay.copied", { what }));
    } catch {
      // Refused, or no clipboard where the page came without https: the person can do it by hand.
      if (text.current) getSelection()?.selectAllChildren(text.current);
      say(t("pay.cannotCopy"), "wrong");
    }
  };
  return (
    <div className={styles.line}>
      <dt>{what}</dt>
      <dd>
        <strong ref={text} className={styles.number} data-testid={testId}>
          {inFours(shown).map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one number never change their places
            <span key={index}>{part}</span>
          ))}
        </strong>
        <Button
          variant={done ? "light" : "default"}
          leftSection={done ? <CheckIcon size={16} /> : null}
          aria-label={t("pay.copyOf", { what })}
          onClick={() => void copy()}
          data-testid={`copy-${testId}`}
        >
          {t("pay.copy")}
        </Button>
      </dd>
    </div>
  );
}
