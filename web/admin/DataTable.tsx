import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Bone } from "../ui/Bone.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { count } from "../ui/format.ts";
import { SearchIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import styles from "./DataTable.module.css";
import { LOOK_MAX } from "./lookAgain.ts";
import { useDeskWords } from "./useDeskWords.ts";
import type { Connection, List } from "./useList.ts";

/** Where the server stops counting a staff list. */
const COUNT_CAP = 10_000;

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  readonly number?: boolean;
  /** whole: never broken into two lines; moment: a day and below it a time. */
  readonly fit?: "whole" | "moment";
  cell(row: Row): ReactNode;
  /** What stands in the cell, for an export; none where it holds a control. */
  text?(row: Row): string;
}

interface DataTableProps<Row extends { readonly id: string }> {
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly list: List<Row>;
  /** Given where filters may be why nothing is there. */
  readonly onClear?: (() => void) | null;
  /** What is said where nothing is there and no filter may be why. */
  readonly nothing?: { readonly title: string; readonly text: string };
  /** What opens under a row. */
  readonly detail?: (row: Row) => ReactNode;
}

/** A list of the back office: how many, the rows, and the next page by its cursor. */
export function DataTable<Row extends { readonly id: string }>(props: DataTableProps<Row>) {
  const { connection, loading, error, retry } = props.list;
  if (error && !connection) return <Failure error={error} onRetry={retry} />;
  if (!connection && loading) {
    return (
      <Loading>
        <div className={styles.bones}>
          <Bone height={44} />
          <Bone height={44} />
          <Bone height={44} />
          <Bone height={44} />
        </div>
      </Loading>
    );
  }
  if (!connection) return null;
  return (
    <>
      {/* What stands below is of before: of other filters, or of a while ago. */}
      {error ? <Failure error={error} onRetry={retry} /> : null}
      {connection.edges.length === 0 ? <Nothing {...props} /> : <Rows {...props} connection={connection} />}
    </>
  );
}

function Nothing<Row extends { readonly id: string }>(props: DataTableProps<Row>) {
  const { t } = useDeskWords();
  return (
    <Empty
      icon={<SearchIcon size={32} />}
      title={props.onClear ? t("admin.empty") : (props.nothing?.title ?? t("admin.nothing"))}
      text={props.onClear ? t("admin.emptyText") : (props.nothing?.text ?? t("admin.nothingText"))}
      action={
        <Button variant="light" onClick={props.onClear ?? props.list.retry}>
          {props.onClear ? t("admin.clearFilters") : t("common.retry")}
        </Button>
      }
    />
  );
}

function Rows<Row extends { readonly id: string }>(props: DataTableProps<Row> & { connection: Connection<Row> }) {
  const { t } = useDeskWords();
  const { connection, columns, label, detail, list } = props;
  const capped = connection.totalCount >= COUNT_CAP;
  return (
    <>
      <p className={styles.count} role="status">
        {t(capped ? "admin.countCapped" : "admin.count", { count: count(connection.totalCount) })}
      </p>
      {connection.edges.length > LOOK_MAX && (
        <p className={styles.count}>
          {t("admin.tooLong")}{" "}
          <Button size="compact-sm" variant="subtle" onClick={list.retry} data-testid="from-the-top">
            {t("admin.fromTheTop")}
          </Button>
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.scroll} aria-label={label} tabIndex={0}>
        <table className={styles.table} aria-busy={list.loading}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" data-number={column.number || undefined}>
                  {column.label}
                </th>
              ))}
              {detail && (
                <th scope="col">
                  <span className={styles.heard}>{t("admin.open")}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {connection.edges.map(({ node }) => (
              <TableRow key={node.id} row={node} columns={columns} detail={detail} />
            ))}
          </tbody>
        </table>
      </section>
      {connection.pageInfo.hasNextPage && (
        <div className={styles.more}>
          <LoadMore load={() => list.fetchMore(connection.pageInfo.endCursor ?? "")} />
        </div>
      )}
    </>
  );
}

type TableRowProps<Row extends { readonly id: string }> = Pick<DataTableProps<Row>, "columns" | "detail"> & {
  readonly row: Row;
};

function TableRow<Row extends { readonly id: string }>({ row, columns, detail }: TableRowProps<Row>) {
  const { t } = useDeskWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <tr data-testid="row">
        {columns.map((column) => (
          <td key={column.key} data-number={column.number || undefined} data-fit={column.fit}>
            {column.cell(row)}
          </td>
        ))}
        {detail && (
          <td>
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              data-testid="open-row"
            >
              {open ? t("admin.closeRow") : t("admin.open")}
            </Button>
          </td>
        )}
      </tr>
      {detail && open && (
        <tr className={styles.detail}>
          <td colSpan={columns.length + 1}>{detail(row)}</td>
        </tr>
      )}
    </>
  );
}
