import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Failure } from "../ui/Failure.tsx";
import { count } from "../ui/format.ts";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { csvOf, saveFile } from "./csv.ts";
import type { Column } from "./DataTable.tsx";
import styles from "./ListTools.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import type { Connection } from "./useList.ts";

/** The largest page that the server gives. */
const PAGE = 100;
/** Rows of one file: as far as a list is counted, and a minute's work at most. */
const ROWS_MAX = 10_000;

interface ExportListProps<Data, Variables extends OperationVariables, Row> {
  /** What the file is called, without its ending. */
  readonly name: string;
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly filters: Omit<Variables, "first" | "after">;
  /** Those that are shown, in their order. */
  readonly columns: ReadonlyArray<Column<Row>>;
  connectionOf(data: Data): Connection<Row>;
}

/** The list as a file: the same filters, the same columns in the same words, every page of it. */
export function ExportList<Data, Variables extends OperationVariables, Row>(
  props: ExportListProps<Data, Variables, Row>,
) {
  const { t } = useDeskWords();
  const say = useToast();
  const client = useApolloClient();
  const [read, setRead] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const columns = props.columns.filter(({ text }) => text);
  const readAll = async () => {
    const rows: Row[] = [];
    let after: string | null = null;
    do {
      const { data } = await client.query({
        query: props.document as TypedDocumentNode<Data, OperationVariables>,
        variables: { ...props.filters, first: PAGE, after },
        // The screen keeps its pages as they are.
        fetchPolicy: "no-cache",
      });
      const page: Connection<Row> = props.connectionOf(data as Data);
      rows.push(...page.edges.map(({ node }) => node));
      setRead(rows.length);
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    } while (after !== null && rows.length < ROWS_MAX);
    return { rows, isCut: after !== null };
  };
  const run = async () => {
    setError(null);
    setRead(0);
    try {
      const { rows, isCut } = await readAll();
      const lines = rows.map((row) => columns.map((column) => column.text?.(row) ?? ""));
      saveFile(`${props.name}.csv`, "text/csv;charset=utf-8", csvOf([columns.map(({ label }) => label), ...lines]));
      say(t(isCut ? "list.exportCut" : "list.exported", { count: count(rows.length) }));
    } catch (problem) {
      setError(problem);
    }
    setRead(null);
  };
  return (
    <div className={styles.tools}>
      <Button
        size="sm"
        variant="light"
        leftSection={<DocumentIcon size={16} />}
        disabled={read !== null}
        onClick={() => void run()}
        data-testid="export"
      >
        {read === null ? t("list.export") : t("list.exporting", { count: count(read) })}
      </Button>
      {error !== null && <Failure error={error} />}
    </div>
  );
}
