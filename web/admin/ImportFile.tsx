import { Button } from "@mantine/core";
import { type FormEvent, useId, useRef, useState } from "react";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { detailNumber, failureOf } from "../ui/failure.ts";
import { count } from "../ui/format.ts";
import { useToast } from "../ui/Toast.tsx";
import styles from "./Close.module.css";
import field from "./Field.module.css";
import { ChoiceFilter } from "./Filters.tsx";
import { type FileProblem, Problems } from "./Problems.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { ask } from "./useDownload.ts";

/** As the server takes it. */
const BYTES_MAX = 48 * 1024 * 1024;
const KIB = 1024;
const KINDS = ["settlement", "bank"] as const;
type Kind = (typeof KINDS)[number];

/** A file that was chosen, and what of it is known before it is sent. */
interface Chosen {
  readonly file: File;
  /** Its lines without the header. */
  readonly lines: number;
}

async function look(file: File): Promise<Chosen> {
  const text = file.size > BYTES_MAX ? "" : await file.text();
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "").length;
  return { file, lines: Math.max(lines - 1, 0) };
}

const problemsOf = (error: unknown): readonly FileProblem[] => {
  const { problems } = failureOf(error).details;
  return Array.isArray(problems) ? (problems as FileProblem[]) : [];
};

/** Sends a file, and keeps what was refused of it. */
function useImport(onImported: () => void) {
  const { t } = useDeskWords();
  const say = useToast();
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (kind: Kind, { file }: Chosen): Promise<boolean> => {
    setLoading(true);
    setError(null);
    try {
      const query = new URLSearchParams({ kind, name: file.name });
      const headers = { "content-type": "text/csv" };
      await ask(`/api/reconciliation/files?${query}`, { method: "POST", headers, body: file });
      say(t("import.taken", { name: file.name }));
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setLoading(false);
      // What was refused stands in the list, too.
      onImported();
    }
  };
  return { loading, error, send, forget: () => setError(null) };
}

/** Chooses a file, says what it holds, and imports it: all of its lines, or none. */
export function ImportFile({ onImported }: { onImported(): void }) {
  const { t } = useDeskWords();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<Kind>("settlement");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const { loading, error, send, forget } = useImport(onImported);
  const choose = async (file: File | undefined) => {
    forget();
    setChosen(file ? await look(file) : null);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!chosen || loading || !(await send(kind, chosen))) return;
    setChosen(null);
    if (input.current) input.current.value = "";
  };
  return (
    <form className={`${cards.card} ${cards.stack} ${styles.import}`} onSubmit={(event) => void submit(event)}>
      <p className={cards.soft}>{t("import.about")}</p>
      <div className={styles.run}>
        <ChoiceFilter
          label={t("import.kind")}
          any={t("fileKind.SETTLEMENT")}
          value={kind === "bank" ? "bank" : ""}
          options={[{ value: "bank", label: t("fileKind.BANK") }]}
          onChange={(value) => setKind(KINDS.find((known) => known === value) ?? "settlement")}
        />
        <div className={`${field.field} ${styles.file}`}>
          <label htmlFor={id}>{t("import.choose")}</label>
          <input
            ref={input}
            id={id}
            type="file"
            accept=".csv,text/csv,text/plain"
            onChange={(event) => void choose(event.currentTarget.files?.[0])}
            data-testid="import-file"
          />
        </div>
        <Button
          type="submit"
          disabled={!chosen || chosen.file.size > BYTES_MAX}
          loading={loading}
          data-testid="import-send"
        >
          {t("import.send")}
        </Button>
      </div>
      {chosen && <Preview chosen={chosen} kind={kind} />}
      {error !== null && <Refused error={error} />}
    </form>
  );
}

function Preview({ chosen, kind }: { readonly chosen: Chosen; readonly kind: Kind }) {
  const { t } = useDeskWords();
  const { file, lines } = chosen;
  const what = t(kind === "bank" ? "fileKind.BANK" : "fileKind.SETTLEMENT");
  if (file.size > BYTES_MAX) return <p role="alert">{t("import.tooLarge")}</p>;
  return (
    <p role="status" data-testid="import-preview">
      {t("import.preview", { name: file.name, what, lines: count(lines), size: count(Math.ceil(file.size / KIB)) })}
    </p>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  const { t } = useDeskWords();
  const problems = problemsOf(error);
  const all = detailNumber(failureOf(error), "count") ?? problems.length;
  if (problems.length === 0) return <Failure error={error} />;
  return (
    <div data-testid="import-refused">
      <Failure error={error} meaning={() => t("import.refused", { count: count(all) })} />
      <Problems problems={problems} />
    </div>
  );
}
