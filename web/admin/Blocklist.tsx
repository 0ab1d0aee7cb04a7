import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import {
  type BlockRowFragment,
  FraudBlocksDocument,
  UnblockFraudDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList } from "./useList.ts";

/** As the server takes it. */
const NOTE_MAX = 500;

/** Whose starts are refused, and the way off this list. */
export function Blocklist() {
  const { t } = useDeskWords();
  const { connection: blocks, error, retry, fetchMore } = useList(FraudBlocksDocument, {}, (data) => data.fraudBlocks);
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="blocklist">
      <h2>{t("fraud.blocklist")}</h2>
      {error && !blocks ? <Failure error={error} onRetry={retry} /> : null}
      {blocks?.edges.length === 0 && <p className={cards.soft}>{t("fraud.noBlocks")}</p>}
      {blocks?.edges.map(({ node }) => (
        <Blocked key={node.id} block={node} />
      ))}
      {blocks?.pageInfo.hasNextPage && <LoadMore load={() => fetchMore(blocks.pageInfo.endCursor ?? "")} />}
    </section>
  );
}

function Blocked({ block }: { readonly block: BlockRowFragment }) {
  const { at, t } = useDeskWords();
  return (
    <div className={cards.rows} data-testid="block">
      <p>
        <strong>{t(`kind.${block.kind}`)}</strong> {block.user?.email} {block.note}
        <br />
        <small>{t("fraud.since", { when: at(block.blockedAt) })}</small>
      </p>
      <Lift id={block.id} />
    </div>
  );
}

function Lift({ id }: { readonly id: string }) {
  const { t } = useDeskWords();
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState("");
  const [missing, setMissing] = useState(false);
  const [lift, { loading, error }] = useMutation(UnblockFraudDocument, NEWS);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(note.trim() === "");
    if (note.trim() === "" || loading) return;
    // A refusal stands in `error` below.
    const answer = await lift({ variables: { id, note: note.trim() } }).catch(() => null);
    if (answer?.data) say(t("fraud.lifted"));
  };
  if (!asking) {
    return (
      <div>
        <Button size="sm" variant="default" onClick={() => setAsking(true)} data-testid="lift">
          {t("fraud.lift")}
        </Button>
      </div>
    );
  }
  return (
    <form className={cards.rows} onSubmit={(event) => void submit(event)} noValidate>
      {error && <Failure error={error} />}
      <TextInput
        size="sm"
        label={t("fraud.note")}
        maxLength={NOTE_MAX}
        value={note}
        error={missing && t("fraud.noteMissing")}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-testid="lift-note"
      />
      <div>
        <Button size="sm" type="submit" loading={loading} data-testid="lift-confirm">
          {t("fraud.lift")}
        </Button>
      </div>
    </form>
  );
}
