import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { ColumnChoice, type useColumnChoice } from "./ColumnChoice.tsx";
import { ExportList } from "./ExportList.tsx";
import styles from "./ListTools.module.css";
import { SavedViews } from "./SavedViews.tsx";
import type { Connection } from "./useList.ts";

interface ListToolsProps<Data, Variables extends OperationVariables, Row> {
  /** Under which its columns, its views and its file go. */
  readonly name: string;
  readonly choice: ReturnType<typeof useColumnChoice<Row>>;
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly filters: Omit<Variables, "first" | "after">;
  connectionOf(data: Data): Connection<Row>;
}

/** What can be done with a list: its columns chosen, its filters kept under a name, all of it saved as a file. */
export function ListTools<Data, Variables extends OperationVariables, Row>({
  name,
  choice,
  ...list
}: ListToolsProps<Data, Variables, Row>) {
  return (
    <div className={styles.tools}>
      <ColumnChoice choice={choice} />
      <SavedViews list={name} />
      <ExportList name={name} columns={choice.shown} {...list} />
    </div>
  );
}
