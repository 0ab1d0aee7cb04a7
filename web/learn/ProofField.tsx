import { type DragEvent, useEffect, useId, useState } from "react";
import cards from "../ui/Card.module.css";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./ProofField.module.css";
import { fileSize, PROOF_TYPES } from "./proofFile.ts";

interface ProofFieldProps {
  readonly file: File | null;
  /** What is wrong with it, in words; null: nothing. */
  readonly complaint: string | null;
  readonly disabled: boolean;
  onPick(file: File): void;
}

/** A picture of a file, for as long as it is chosen; null while it is read, and for what is no picture. */
function usePreview(file: File | null): string | null {
  const [picture, setPicture] = useState<string | null>(null);
  useEffect(() => {
    setPicture(null);
    if (!file?.type.startsWith("image/")) return;
    const reader = new FileReader();
    // The content security policy lets pictures in from data: addresses, and not from blob: ones.
    reader.onload = () => setPicture(typeof reader.result === "string" ? reader.result : null);
    reader.readAsDataURL(file);
    return () => reader.abort();
  }, [file]);
  return picture;
}

/** Chooses a proof of transfer, from the files or dropped here, and shows which it is before it is sent. */
export function ProofField({ file, complaint, disabled, onPick }: ProofFieldProps) {
  const { t } = useBuyingWords();
  const id = useId();
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped && !disabled) onPick(dropped);
  };
  return (
    <div className={styles.field}>
      <span className={styles.label} id={`${id}-label`}>
        {t("proof.label")}
      </span>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut; the input does the same by keyboard */}
      <div
        className={styles.box}
        data-over={isOver || undefined}
        data-wrong={complaint !== null || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {file && <Chosen key={`${file.name} ${file.lastModified}`} file={file} />}
        <input
          id={id}
          type="file"
          accept={PROOF_TYPES.join(",")}
          disabled={disabled}
          aria-labelledby={`${id}-label ${id}-pick`}
          aria-describedby={complaint === null ? `${id}-how` : `${id}-wrong ${id}-how`}
          aria-invalid={complaint !== null || undefined}
          onChange={(event) => {
            const picked = event.currentTarget.files?.[0];
            if (picked) onPick(picked);
            // So that the same file can be chosen again after it was mended.
            event.currentTarget.value = "";
          }}
          data-testid="proof-file"
        />
        <label htmlFor={id} id={`${id}-pick`} className={styles.pick}>
          <DocumentIcon size={18} /> {t(file ? "proof.change" : "proof.choose")}
        </label>
        {!file && <span className={`${cards.soft} ${styles.drop}`}>{t("proof.drop")}</span>}
      </div>
      <p id={`${id}-how`} className={cards.soft}>
        {t("proof.how")}
      </p>
      {complaint !== null && (
        <p id={`${id}-wrong`} className={styles.missing} role="alert" data-testid="proof-wrong">
          {complaint}
        </p>
      )}
    </div>
  );
}

function Chosen({ file }: { readonly file: File }) {
  const { t } = useBuyingWords();
  const picture = usePreview(file);
  const [isBroken, setBroken] = useState(false);
  return (
    <>
      {picture && !isBroken ? (
        <img
          className={styles.picture}
          src={picture}
          alt={t("proof.preview", { name: file.name })}
          // What only calls itself a picture; the server says so when it is sent.
          onError={() => setBroken(true)}
          data-testid="proof-preview"
        />
      ) : (
        <span className={styles.paper}>
          <DocumentIcon size={40} />
        </span>
      )}
      <p role="status">
        <span className={styles.name} data-testid="proof-name">
          {t("proof.chosen", { name: file.name, size: fileSize(file.size) })}
        </span>
      </p>
    </>
  );
}
