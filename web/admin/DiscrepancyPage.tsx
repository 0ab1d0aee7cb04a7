import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import {
  DiscrepancyDocument,
  TakeDiscrepancyDocument,
  type WholeDiscrepancyFragment,
} from "../graphql/generated/admin/graphql.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { BackIcon, PersonIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { GapChip } from "./discrepancyColumns.tsx";
import { NEWS } from "./news.ts";
import order from "./OrderPage.module.css";
import { ResolveDiscrepancy } from "./ResolveDiscrepancy.tsx";
import { SideBySide } from "./SideBySide.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";

interface GapProps {
  readonly gap: WholeDiscrepancyFragment;
}

/** One discrepancy: what both sides say, what to do, who does it, and how it ends or ended. */
export function DiscrepancyPage() {
  const { t, named } = useDeskWords();
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(DiscrepancyDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const gap = data?.discrepancy;
  // A colleague may take or end it, and a worker may find that both sides agree by now.
  useWatch(!!gap && !gap.resolvedAt, () => refetch());
  if (data && !gap && !loading) return <LostPage />;
  return (
    <Page title={gap ? named(`gapKind.${gap.kind}`, gap.kind) : t("gap.one")} aside={gap && <GapChip gap={gap} />}>
      <Link to="/admin/close/queue" className={order.back}>
        <BackIcon size={18} /> {t("close.toQueue")}
      </Link>
      {error && !gap ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!gap && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {gap && (
        <div className={cards.columns}>
          <SideBySide gap={gap} />
          <div className={cards.stack}>
            <About gap={gap} />
            {gap.resolvedAt ? <Ended gap={gap} /> : <Owner gap={gap} />}
            {!gap.resolvedAt && gap.actions.includes("ADJUST") && <AskFor gap={gap} />}
            {!gap.resolvedAt && <ResolveDiscrepancy gap={gap} />}
          </div>
        </div>
      )}
    </Page>
  );
}

function About({ gap }: GapProps) {
  const { t, named, at } = useDeskWords();
  const dayWords = useDayWords();
  const advice = named(`gapDo.${gap.kind}`, "");
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      {advice && (
        <div>
          <h2>{t("gap.whatToDo")}</h2>
          <p>{advice}</p>
        </div>
      )}
      <dl className={cards.rows}>
        <div className={cards.row}>
          <dt>{t("close.day")}</dt>
          <dd>
            <Link to={`/admin/close/${gap.day}`}>{dayWords(gap.day)}</Link>
          </dd>
        </div>
        {gap.payment && (
          <div className={cards.row}>
            <dt>{t("gap.payment")}</dt>
            <dd>
              <Link to={`/admin/payments/${gap.payment.id}`}>{gap.payment.number}</Link>
              <br />
              <small>
                {t(`paymentStatus.${gap.payment.status}`)} · {money(gap.payment.amount)}
              </small>
            </dd>
          </div>
        )}
        {gap.refund && (
          <div className={cards.row}>
            <dt>{t("gap.refund")}</dt>
            <dd>{money(gap.refund.amount)}</dd>
          </div>
        )}
        <div className={cards.row}>
          <dt>{t("gap.opened")}</dt>
          <dd>{at(gap.openedAt)}</dd>
        </div>
        <div className={cards.row}>
          <dt>{t("gap.seen")}</dt>
          <dd>{at(gap.seenAt)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Owner({ gap }: GapProps) {
  const { t, at } = useDeskWords();
  const { person } = usePerson();
  const say = useToast();
  const [take, { loading, error }] = useMutation(TakeDiscrepancyDocument, { ...NEWS, variables: { id: gap.id } });
  const isMine = gap.owner?.id !== undefined && gap.owner.id === person?.id;
  const mayTake = !isMine && (!gap.owner || person?.role === "ADMIN");
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await take().catch(() => null);
    if (answer?.data) say(t("gap.taken"));
  };
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>
        <PersonIcon /> {t("gap.owner")}
      </h2>
      <p>{gap.owner ? `${gap.owner.name} · ${at(gap.takenAt)}` : t("gap.nobody")}</p>
      {error && <Failure error={error} />}
      {mayTake && (
        <Button variant="light" loading={loading} onClick={() => void submit()} data-testid="take-gap">
          {t(gap.owner ? "gap.takeOver" : "gap.take")}
        </Button>
      )}
    </section>
  );
}

/** The way to an adjustment for it, where that may end it. */
function AskFor({ gap }: GapProps) {
  const { t } = useDeskWords();
  return (
    <Button component={Link} to={`/admin/ledger/adjustments?gap=${gap.id}`} variant="light" data-testid="ask-for">
      {t("adjust.askFor")}
    </Button>
  );
}

function Ended({ gap }: GapProps) {
  const { t, named, at } = useDeskWords();
  const { action, resolution, resolvedBy, resolvedAt } = gap;
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="gap-end">
      <h2>{t("gap.ended")}</h2>
      {action && <p>{named(`gapAction.${action}`, action)}</p>}
      {resolution && <p>“{resolution}”</p>}
      <p className={cards.soft}>
        {resolvedBy ? `${resolvedBy.name} · ` : ""}
        {at(resolvedAt)}
      </p>
      {!resolvedBy && <p className={cards.soft}>{t("gap.healedItself")}</p>}
    </section>
  );
}
