import { useEffect, useRef, useState } from "react";
import { Bone } from "../ui/Bone.tsx";
import styles from "./Proofs.module.css";
import { useDeskWords } from "./useDeskWords.ts";

/** A bank's proof has one page; what is longer is downloaded to be read. */
const PAGES_MAX = 3;
/** Sharper than any screen of a desk needs; a canvas beyond it only costs memory. */
const SHARPNESS_MAX = 2;

interface PdfPagesProps {
  readonly url: string;
  readonly label: string;
  /** It is no PDF, or it can't be read. */
  onBroken(): void;
}

/** Draws the first pages of a PDF, one canvas each; nothing in the file runs. Answers how to stop. */
function draw(url: string, into: HTMLElement, label: string): { readonly drawn: Promise<void>; stop(): void } {
  let isOver = false;
  let end: (() => void) | undefined;
  const run = async () => {
    // Only whoever looks at such a proof loads what reads it.
    const { getDocument, GlobalWorkerOptions } = await import("pdfjs-dist");
    GlobalWorkerOptions.workerSrc = new URL("pdfjs-dist/build/pdf.worker.min.mjs", import.meta.url).href;
    const task = getDocument({ url, enableXfa: false, stopAtErrors: true });
    end = () => void task.destroy();
    const document = await task.promise;
    for (let number = 1; number <= Math.min(document.numPages, PAGES_MAX) && !isOver; number++) {
      const page = await document.getPage(number);
      const sharpness = Math.min(window.devicePixelRatio, SHARPNESS_MAX);
      const viewport = page.getViewport({
        scale: (into.clientWidth / page.getViewport({ scale: 1 }).width) * sharpness,
      });
      const canvas = window.document.createElement("canvas");
      canvas.width = viewport.width;
      canvas.height = viewport.height;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", label);
      await page.render({ canvas, viewport }).promise;
      if (!isOver) into.append(canvas);
    }
  };
  return {
    drawn: run(),
    stop() {
      isOver = true;
      end?.();
      into.replaceChildren();
    },
  };
}

/** The first pages of a PDF, drawn where a picture would stand. */
export function PdfPages({ url, label, onBroken }: PdfPagesProps) {
  const { t } = useDeskWords();
  const pages = useRef<HTMLDivElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const broken = useRef(onBroken);
  broken.current = onBroken;
  useEffect(() => {
    const into = pages.current;
    if (!into) return;
    let isGone = false;
    const { drawn, stop } = draw(url, into, label);
    drawn.then(
      () => !isGone && setDrawn(true),
      () => !isGone && broken.current(),
    );
    return () => {
      isGone = true;
      stop();
    };
  }, [url, label]);
  return (
    <>
      {!isDrawn && <Bone height={320} />}
      <div ref={pages} className={styles.pages} data-testid={isDrawn ? "proof-pdf" : undefined} />
      {isDrawn && <p className={styles.pdfNote}>{t("proofs.pdf")}</p>}
    </>
  );
}
