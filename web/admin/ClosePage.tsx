import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useId, useState } from "react";
import { Link } from "react-router";
import {
  type CloseRunFragment,
  CountDiscrepanciesDocument,
  ReconciliationRunsDocument,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { count, money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useWatch } from "../ui/useWatch.ts";
import styles from "./Close.module.css";
import { isWalked, runMeaning } from "./closeState.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import field from "./Field.module.css";
import { dayAfter, jakartaDay } from "./jakartaDay.ts";
import { StartRun } from "./StartRun.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMinute } from "./useMinute.ts";

type Row = CloseRunFragment & { readonly id: string };

/** The days of the close: how each stands and what became of its sales. */
export function ClosePage() {
  const { t } = useDeskWords();
  const list = useList(ReconciliationRunsDocument, {}, ({ reconciliationRuns: runs }) => ({
    ...runs,
    edges: runs.edges.map(({ node }) => ({ node: { ...node, id: node.day } })),
  }));
  const open = useQuery(CountDiscrepanciesDocument, { fetchPolicy: "no-cache" });
  const isRunning = list.connection?.edges.some(({ node }) => isWalked(node)) ?? false;
  useListWatch(list);
  useWatch(true, () => open.refetch(), String(isRunning));
  return (
    <Page title={t("close.title")}>
      <p className={cards.soft}>{t("close.about")}</p>
      <nav className={styles.ways} aria-label={t("close.title")}>
        <Link to="/admin/close/queue" data-testid="to-queue">
          {t("close.toQueue")}
          {open.data && <strong className="tabular">{count(open.data.discrepancies.totalCount)}</strong>}
        </Link>
        <Link to="/admin/close/import">{t("close.toImport")}</Link>
        <Link to="/admin/close/fees">{t("close.toFees")}</Link>
      </nav>
      <RunDay />
      <DataTable
        label={t("close.title")}
        columns={useColumns()}
        list={list}
        nothing={{ title: t("close.noDays"), text: t("close.noDaysText") }}
      />
    </Page>
  );
}

/** Closes a day at once; yesterday, unless another is chosen. */
function RunDay() {
  const { t } = useDeskWords();
  const id = useId();
  const today = jakartaDay(useMinute());
  const [day, setDay] = useState(() => dayAfter(today, -1));
  return (
    <section className={`${cards.card} ${styles.run}`} aria-label={t("close.run")}>
      <div className={field.field}>
        <label htmlFor={id}>{t("close.whichDay")}</label>
        <input
          id={id}
          type="date"
          max={today}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
          data-testid="run-day"
        />
      </div>
      {day ? <StartRun key={day} day={day} label={t("close.run")} /> : <Button disabled>{t("close.run")}</Button>}
    </section>
  );
}

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t } = useDeskWords();
  const dayWords = useDayWords();
  const amount = (key: "sales" | "settled" | "pending" | "refunded" | "fees"): Column<Row> => ({
    key,
    label: t(`close.${key}`),
    number: true,
    cell: (row) => money(row[key]),
  });
  return [
    {
      key: "day",
      label: t("close.day"),
      fit: "whole",
      cell: (row) => (
        <Link to={`/admin/close/${row.day}`} data-testid="close-day">
          {dayWords(row.day)}
        </Link>
      ),
    },
    { key: "state", label: t("close.state"), cell: (row) => <RunState run={row} /> },
    amount("sales"),
    amount("settled"),
    amount("pending"),
    amount("refunded"),
    amount("fees"),
    {
      key: "inDoubt",
      label: t("close.inDoubt"),
      number: true,
      cell: (row) => <span data-wrong={row.inDoubt !== 0 || undefined}>{money(row.inDoubt)}</span>,
    },
    {
      key: "open",
      label: t("close.openOnes"),
      number: true,
      cell: (row) =>
        row.open > 0 ? <Link to={`/admin/close/queue?day=${row.day}`}>{count(row.open)}</Link> : count(row.open),
    },
  ];
}

function RunState({ run }: { readonly run: CloseRunFragment }) {
  const { t } = useDeskWords();
  return (
    <>
      <StatusChip
        meaning={runMeaning[run.state]}
        label={t(`runState.${run.state}`)}
        status={run.state}
        testId="run-state"
      />
      {isWalked(run) && (
        <progress
          className={styles.bar}
          value={run.checked}
          max={Math.max(run.total, 1)}
          aria-label={t("close.progress", { checked: run.checked, total: run.total })}
        />
      )}
    </>
  );
}
