import { Link } from "react-router";
import {
  type ImportedFileFragment,
  type SettlementFileState,
  SettlementFilesDocument,
} from "../graphql/generated/admin/graphql.ts";
import { count, money } from "../ui/format.ts";
import { BackIcon } from "../ui/icons/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { BankLines } from "./BankLines.tsx";
import styles from "./Close.module.css";
import { type Column, DataTable } from "./DataTable.tsx";
import { FileLines } from "./FileLines.tsx";
import { ImportFile } from "./ImportFile.tsx";
import order from "./OrderPage.module.css";
import { Problems } from "./Problems.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";

const MEANINGS: Readonly<Record<SettlementFileState, Meaning>> = { MATCHING: "way", DONE: "good", REFUSED: "wrong" };

/** Files of the gateway and of the bank: taken in whole or not at all, then matched line by line. */
export function ImportPage() {
  const { t } = useDeskWords();
  const list = useList(SettlementFilesDocument, {}, (data) => data.settlementFiles);
  const isMatching = list.connection?.edges.some(({ node }) => node.state === "MATCHING") ?? false;
  useListWatch(list, isMatching);
  return (
    <Page title={t("import.title")}>
      <Link to="/admin/close" className={order.back}>
        <BackIcon size={18} /> {t("close.title")}
      </Link>
      <ImportFile onImported={list.retry} />
      <DataTable
        label={t("import.files")}
        columns={useColumns()}
        list={list}
        nothing={{ title: t("import.none"), text: t("import.noneText") }}
        detail={(file) => (file.state === "REFUSED" ? <Problems problems={file.problems} /> : <Lines file={file} />)}
      />
    </Page>
  );
}

function Lines({ file }: { readonly file: ImportedFileFragment }) {
  return file.kind === "BANK" ? <BankLines fileId={file.id} /> : <FileLines fileId={file.id} />;
}

function useColumns(): ReadonlyArray<Column<ImportedFileFragment>> {
  const { t, at } = useDeskWords();
  const dayWords = useDayWords();
  return [
    {
      key: "name",
      label: t("import.file"),
      cell: (row) => (
        <>
          <strong>{row.name}</strong>
          <br />
          <small>{t(`fileKind.${row.kind}`)}</small>
        </>
      ),
    },
    { key: "state", label: t("close.state"), cell: (row) => <FileState file={row} /> },
    { key: "rows", label: t("import.rows"), number: true, cell: (row) => count(row.rows) },
    { key: "known", label: t("import.known"), number: true, cell: (row) => count(row.known) },
    { key: "matched", label: t("import.matched"), number: true, cell: (row) => count(row.matched) },
    { key: "net", label: t("import.net"), number: true, cell: (row) => money(row.net) },
    {
      key: "days",
      label: t("import.days"),
      cell: ({ firstDay, lastDay }) => {
        if (!firstDay || !lastDay) return "–";
        return firstDay === lastDay ? dayWords(firstDay) : `${dayWords(firstDay)} – ${dayWords(lastDay)}`;
      },
    },
    {
      key: "imported",
      label: t("import.by"),
      fit: "moment",
      cell: (row) => (
        <>
          {row.importedBy?.name}
          <br />
          <small>{at(row.importedAt)}</small>
        </>
      ),
    },
  ];
}

function FileState({ file }: { readonly file: ImportedFileFragment }) {
  const { t } = useDeskWords();
  const fresh = file.rows - file.known;
  return (
    <>
      <StatusChip
        meaning={MEANINGS[file.state]}
        label={t(`fileState.${file.state}`)}
        status={file.state}
        testId="file-state"
      />
      {file.state === "MATCHING" && (
        <progress
          className={styles.bar}
          value={file.done}
          max={Math.max(fresh, 1)}
          aria-label={t("import.progress", { done: count(file.done), all: count(fresh) })}
        />
      )}
    </>
  );
}
