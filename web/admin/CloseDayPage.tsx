import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { type CloseRunFragment, ReconciliationRunDocument } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { count } from "../ui/format.ts";
import { BackIcon, ClockIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useWatch } from "../ui/useWatch.ts";
import styles from "./Close.module.css";
import { ControlEquation } from "./ControlEquation.tsx";
import { isWalked, runMeaning } from "./closeState.ts";
import { DataTable } from "./DataTable.tsx";
import { useDiscrepancies, useDiscrepancyColumns } from "./discrepancyColumns.tsx";
import order from "./OrderPage.module.css";
import { SignOff } from "./SignOff.tsx";
import { StartRun } from "./StartRun.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** One day's close: its progress, the equation that proves it, what does not agree, and its sign-off. */
export function CloseDayPage() {
  const { t } = useDeskWords();
  const { day = "" } = useParams();
  const dayWords = useDayWords();
  const { data, loading, error, refetch } = useQuery(ReconciliationRunDocument, {
    variables: { day },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const run = data?.reconciliationRun;
  // Workers walk it; files and colleagues move it after that.
  useWatch(!!data, () => refetch(), run ? `${isWalked(run)} ${run.round}` : "");
  return (
    <Page
      title={dayWords(day)}
      aside={
        run && (
          <StatusChip
            meaning={runMeaning[run.state]}
            label={t(`runState.${run.state}`)}
            status={run.state}
            testId="run-state"
          />
        )
      }
    >
      <Link to="/admin/close" className={order.back}>
        <BackIcon size={18} /> {t("close.title")}
      </Link>
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!data && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {data && !run && (
        <Empty
          icon={<ClockIcon size={32} />}
          title={t("close.noDays")}
          text={t("close.noDaysText")}
          action={<StartRun day={day} label={t("close.run")} />}
        />
      )}
      {run && (
        <div className={cards.stack}>
          <ControlEquation run={run} />
          <div className={styles.halves}>
            <SignOff run={run} />
            <Checked run={run} />
          </div>
          <nav className={styles.ways} aria-label={dayWords(day)}>
            <Link to={`/admin/ledger/entries?from=${day}&to=${day}`}>{t("close.toLedger")}</Link>
            <Link to={`/admin/statements?day=${day}`}>{t("close.toStatements")}</Link>
          </nav>
          <OfDay day={day} />
        </div>
      )}
    </Page>
  );
}

/** How far the day's check is, and what it found. */
function Checked({ run }: { readonly run: CloseRunFragment }) {
  const { t, at } = useDeskWords();
  const counts = ["total", "matched", "healed", "differing", "unanswered"] as const;
  const progress = t("close.progress", { checked: count(run.checked), total: count(run.total) });
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="run-progress">
      <progress
        className={styles.bar}
        value={run.total === 0 ? 1 : run.checked}
        max={Math.max(run.total, 1)}
        aria-label={progress}
      />
      <p role="status">{progress}</p>
      <dl className={cards.rows}>
        {counts.map((key) => (
          <div key={key} className={cards.row}>
            <dt>{t(`close.${key}`)}</dt>
            <dd>{count(run[key])}</dd>
          </div>
        ))}
        <div className={cards.row}>
          <dt>{t("close.started")}</dt>
          <dd>
            {at(run.startedAt)}
            <br />
            <small>{run.startedBy?.name ?? t("close.startedBySystem")}</small>
          </dd>
        </div>
        {run.finishedAt && !isWalked(run) && (
          <div className={cards.row}>
            <dt>{t("close.finished")}</dt>
            <dd>
              {at(run.finishedAt)}
              <br />
              <small>{t("close.round", { count: run.round })}</small>
            </dd>
          </div>
        )}
      </dl>
      {!isWalked(run) && <StartRun day={run.day} label={t("close.rerun")} />}
    </section>
  );
}

function OfDay({ day }: { readonly day: string }) {
  const { t } = useDeskWords();
  const list = useDiscrepancies({ day, kind: null, open: null });
  const columns = useDiscrepancyColumns({ withDay: false });
  return (
    <section>
      <h2 className={styles.heading}>{t("close.ofDay")}</h2>
      {list.connection?.edges.length === 0 ? (
        <p className={cards.soft}>{t("gap.noneText")}</p>
      ) : (
        <DataTable label={t("close.ofDay")} columns={columns} list={list} />
      )}
    </section>
  );
}
