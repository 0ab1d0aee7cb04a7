import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import { CheckIcon, CrossIcon, WarningIcon } from "./icons/icons.tsx";
import styles from "./Toast.module.css";
import { useWords } from "./words.tsx";

interface Message {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "wrong";
}

/** Long enough to read a sentence twice. */
const SHOWN_MS = 5_000;
/** More at once would cover the page on a phone. */
const MAX_SHOWN = 3;

const ToastContext = createContext<((text: string, tone?: Message["tone"]) => void) | null>(null);

/** Short results of what somebody just did, read out by screen readers. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useWords();
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const next = useRef(1);
  const close = useCallback((id: number) => setMessages((all) => all.filter((message) => message.id !== id)), []);
  const say = useCallback(
    (text: string, tone: Message["tone"] = "good") => {
      const id = next.current++;
      setMessages((all) => [...all, { id, text, tone }].slice(-MAX_SHOWN));
      setTimeout(() => close(id), SHOWN_MS);
    },
    [close],
  );
  const value = useMemo(() => say, [say]);
  return (
    <ToastContext value={value}>
      {children}
      <div className={styles.region} role="status" aria-live="polite">
        {messages.map((message) => (
          <div key={message.id} className={styles.toast} data-tone={message.tone}>
            {message.tone === "good" ? <CheckIcon /> : <WarningIcon />}
            <span>{message.text}</span>
            <button type="button" aria-label={t("common.close")} onClick={() => close(message.id)}>
              <CrossIcon size={16} />
            </button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Says a short result to the person at the screen. */
export function useToast() {
  const say = useContext(ToastContext);
  if (!say) throw new Error("useToast stands outside ToastProvider");
  return say;
}
