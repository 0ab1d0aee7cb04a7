import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import {
  BlockFraudDocument,
  DecideFraudReviewDocument,
  type VerdictRowFragment,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes it. */
const NOTE_MAX = 500;

/** What staff may do about a verdict: nothing of it without a note. */
function useDecision({ id }: VerdictRowFragment) {
  const { t } = useDeskWords();
  const say = useToast();
  const [note, setNote] = useState("");
  const [missing, setMissing] = useState(false);
  const [decide, decided] = useMutation(DecideFraudReviewDocument, NEWS);
  const [block, blocked] = useMutation(BlockFraudDocument, NEWS);
  const busy = decided.loading || blocked.loading;
  const withNote = async (work: (text: string) => Promise<unknown>, done: string) => {
    const text = note.trim();
    setMissing(text === "");
    if (text === "" || busy) return;
    // A refusal stands in `error`.
    if (await work(text).catch(() => null)) say(done);
  };
  return {
    note,
    setNote,
    missing,
    busy,
    error: decided.error ?? blocked.error,
    decide: (decision: "RELEASED" | "REFUSED") =>
      withNote((text) => decide({ variables: { id, decision, note: text } }), t("fraud.decided")),
    block: (kind: VerdictRowFragment["blockable"][number]) =>
      withNote((text) => block({ variables: { input: { kind, verdictId: id, note: text } } }), t("fraud.blocked")),
  };
}

/** The figures behind a verdict; its decision where it waits for one; and what of it can be blocked. */
export function DecideReview({ verdict }: { readonly verdict: VerdictRowFragment }) {
  const { t } = useDeskWords();
  const { note, setNote, missing, busy, error, decide, block } = useDecision(verdict);
  const waits = verdict.verdict === "REVIEW" && !verdict.decision;
  return (
    <div className={cards.stack}>
      {error && <Failure error={error} />}
      <div>
        <h2>{t("fraud.figures")}</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0} data-testid="figures">
          {JSON.stringify(JSON.parse(verdict.figures), null, 2)}
        </pre>
        {verdict.note && <p>{verdict.note}</p>}
      </div>
      <TextInput
        size="sm"
        label={t("fraud.note")}
        maxLength={NOTE_MAX}
        value={note}
        error={missing && t("fraud.noteMissing")}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-testid="fraud-note"
      />
      {waits && <p className={cards.soft}>{t("fraud.refuseEffect")}</p>}
      <div className={cards.actions}>
        {waits && (
          <>
            <Button size="sm" disabled={busy} onClick={() => void decide("RELEASED")} data-testid="release">
              {t("fraud.release")}
            </Button>
            <Button size="sm" color="red.9" disabled={busy} onClick={() => void decide("REFUSED")} data-testid="refuse">
              {t("fraud.refuse")}
            </Button>
          </>
        )}
        {verdict.blockable.map((kind) => (
          <Button
            key={kind}
            size="sm"
            variant="default"
            disabled={busy}
            onClick={() => void block(kind)}
            data-testid={`block-${kind}`}
          >
            {t("fraud.block", { what: t(`kind.${kind}`) })}
          </Button>
        ))}
      </div>
    </div>
  );
}
