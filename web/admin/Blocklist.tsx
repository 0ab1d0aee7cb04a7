import { useMutation } from "@apollo/client/react";
import {
  type BlockRowFragment,
  FraudBlocksDocument,
  UnblockFraudDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NoteAction } from "./NoteAction.tsx";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";

/** As the server takes it. */
const NOTE_MAX = 500;

/** Whose starts are refused, and the way off this list. */
export function Blocklist() {
  const { t } = useDeskWords();
  const list = useList(FraudBlocksDocument, {}, (data) => data.fraudBlocks);
  useListWatch(list);
  const { connection: blocks, error, retry, fetchMore } = list;
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
  const [lift, { loading, error }] = useMutation(UnblockFraudDocument, NEWS);
  const send = async (note: string) => {
    if ((await lift({ variables: { id, note } }).catch(() => null))?.data) say(t("fraud.lifted"));
  };
  return (
    <NoteAction
      label={t("fraud.lift")}
      note={t("fraud.note")}
      noteMax={NOTE_MAX}
      loading={loading}
      error={error}
      testIds={["lift", "lift-note", "lift-confirm"]}
      onSend={send}
    />
  );
}
