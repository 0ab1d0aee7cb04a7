import { Link } from "react-router";
import { DiscrepanciesDocument, type DiscrepancyRowFragment } from "../graphql/generated/admin/graphql.ts";
import { money } from "../ui/format.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { Age } from "./Age.tsx";
import styles from "./Close.module.css";
import type { Column } from "./DataTable.tsx";
import { sideWords } from "./evidence.ts";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMinute } from "./useMinute.ts";

interface Wanted {
  readonly day: string | null;
  readonly kind: string | null;
  /** Null: those that ended, too. */
  readonly open: boolean | null;
}

/** What does not agree, the latest first; workers and colleagues move it. */
export function useDiscrepancies(wanted: Wanted) {
  const list = useList(DiscrepanciesDocument, { ...wanted }, (data) => data.discrepancies);
  useListWatch(list);
  return list;
}

/** Where a discrepancy stands with people. */
export function GapChip({ gap }: { readonly gap: Pick<DiscrepancyRowFragment, "resolvedAt" | "owner"> }) {
  const { t } = useDeskWords();
  const state = gap.resolvedAt ? "ENDED" : gap.owner ? "TAKEN" : "OPEN";
  const meaning = { ENDED: "ended", TAKEN: "waiting", OPEN: "wrong" } as const;
  return <StatusChip meaning={meaning[state]} label={t(`gapState.${state}`)} status={state} testId="gap-state" />;
}

/** A discrepancy in a list: both sides' words beside each other, what is in question, its age and owner. */
export function useDiscrepancyColumns({
  withDay,
}: {
  readonly withDay: boolean;
}): ReadonlyArray<Column<DiscrepancyRowFragment>> {
  const { t, named, at } = useDeskWords();
  const now = useMinute();
  const dayWords = useDayWords();
  const day: Column<DiscrepancyRowFragment> = {
    key: "day",
    label: t("close.day"),
    fit: "whole",
    cell: (row) => <Link to={`/admin/close/${row.day}`}>{dayWords(row.day)}</Link>,
    text: (row) => row.day,
  };
  return [
    {
      key: "kind",
      label: t("gap.kind"),
      cell: (row) => (
        <>
          <Link to={`/admin/close/queue/${row.id}`} data-testid="gap-link">
            {named(`gapKind.${row.kind}`, row.kind)}
          </Link>
          <br />
          <small>{aboutOf(row)}</small>
        </>
      ),
      text: (row) => `${named(`gapKind.${row.kind}`, row.kind)} ${aboutOf(row)}`,
    },
    ...(withDay ? [day] : []),
    { key: "state", label: t("close.state"), cell: (row) => <GapChip gap={row} /> },
    ...useSideColumns(),
    {
      key: "age",
      label: t("gap.age"),
      fit: "moment",
      cell: (row) => <Age since={row.openedAt} until={row.resolvedAt} now={now} />,
      text: (row) => at(row.openedAt),
    },
    {
      key: "owner",
      label: t("gap.owner"),
      cell: (row) => row.owner?.name ?? "–",
      text: (row) => row.owner?.name ?? "",
    },
  ];
}

/** What both sides say, and what is between them. */
function useSideColumns(): ReadonlyArray<Column<DiscrepancyRowFragment>> {
  const { t } = useDeskWords();
  return [
    { key: "ours", label: t("gap.ours"), cell: (row) => <Side text={row.ours} />, text: (row) => row.ours ?? "" },
    {
      key: "theirs",
      label: t("gap.theirs"),
      cell: (row) => <Side text={row.theirs} />,
      text: (row) => row.theirs ?? "",
    },
    {
      key: "amount",
      label: t("gap.amount"),
      number: true,
      cell: (row) => <strong>{money(row.amount)}</strong>,
      text: (row) => String(row.amount),
    },
  ];
}

/** What people have in hand of it: our own id of a transaction says nobody anything. */
export const aboutOf = ({ subject, payment }: Pick<DiscrepancyRowFragment, "subject" | "payment">): string =>
  subject.startsWith("transaction:") ? (payment?.number ?? subject) : subject;

function Side({ text }: { readonly text: string | null | undefined }) {
  const { t } = useDeskWords();
  return <span className={styles.side}>{text ? sideWords(text) : t("gap.nothing")}</span>;
}
