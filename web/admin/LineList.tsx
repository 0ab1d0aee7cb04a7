import { count } from "../ui/format.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { type AnyWordKey, useDeskWords } from "./useDeskWords.ts";
import { type List, useListWatch } from "./useList.ts";

type KindOf<Key> = Key extends `lineState.${infer State}` ? State : never;
type LineState = KindOf<AnyWordKey>;

interface LineListProps<State extends LineState, Row> {
  readonly list: List<Row>;
  readonly meanings: Readonly<Record<State, Meaning>>;
  /** The one that is shown alone; null: every one. */
  readonly state: State | null;
  onState(state: State | null): void;
  /** What a line says besides its number and its state. */
  readonly columns: ReadonlyArray<Column<Row>>;
}

/** The lines of an imported file, and what became of each as far as the worker is. */
export function LineList<State extends LineState, Row extends { id: string; line: number; state: State }>({
  list,
  meanings,
  state,
  onState,
  columns,
}: LineListProps<State, Row>) {
  const { t } = useDeskWords();
  useListWatch(list);
  const states = Object.keys(meanings) as State[];
  const first: ReadonlyArray<Column<Row>> = [
    { key: "line", label: t("import.line"), number: true, cell: (row) => count(row.line) },
    {
      key: "state",
      label: t("close.state"),
      cell: (row) => (
        <StatusChip meaning={meanings[row.state]} label={t(`lineState.${row.state}`)} status={row.state} />
      ),
    },
  ];
  return (
    <div>
      <FilterBar onClear={state ? () => onState(null) : null}>
        <ChoiceFilter
          label={t("close.state")}
          any={t("gap.all")}
          value={state ?? ""}
          options={states.map((value) => ({ value, label: t(`lineState.${value}`) }))}
          onChange={(value) => onState(states.find((known) => known === value) ?? null)}
        />
      </FilterBar>
      <DataTable
        label={t("import.lines")}
        columns={[...first, ...columns]}
        list={list}
        onClear={state ? () => onState(null) : null}
      />
    </div>
  );
}
