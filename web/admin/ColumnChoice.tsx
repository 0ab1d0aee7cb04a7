import { Button } from "@mantine/core";
import type { Column } from "./DataTable.tsx";
import { Fold } from "./Fold.tsx";
import styles from "./ListTools.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useStored } from "./useStored.ts";

/** Which of a list's columns are shown; remembered on this device under the list's name. */
export function useColumnChoice<Row>(
  name: string,
  columns: ReadonlyArray<Column<Row>>,
  initiallyHidden: readonly string[] = [],
) {
  const [hidden, setHidden] = useStored(`columns.${name}`, initiallyHidden);
  const isShown = ({ key }: { readonly key: string }) => !hidden.includes(key);
  return {
    columns,
    shown: columns.filter(isShown),
    isShown,
    isWhole: columns.every(isShown),
    set: (key: string, shown: boolean) => setHidden(shown ? hidden.filter((other) => other !== key) : [...hidden, key]),
    showAll: () => setHidden([]),
  };
}
type Choice<Row> = ReturnType<typeof useColumnChoice<Row>>;

/** Boxes for the columns; the last that is left can't be taken away. */
export function ColumnChoice<Row>({ choice }: { readonly choice: Choice<Row> }) {
  const { t } = useDeskWords();
  return (
    <Fold label={t("list.columns")} testId="columns">
      {choice.columns.map((column) => {
        const isShown = choice.isShown(column);
        return (
          <label key={column.key} className={styles.box}>
            <input
              type="checkbox"
              checked={isShown}
              disabled={isShown && choice.shown.length === 1}
              onChange={(event) => choice.set(column.key, event.currentTarget.checked)}
              data-testid={`column-${column.key}`}
            />
            {column.label}
          </label>
        );
      })}
      {!choice.isWhole && (
        <Button size="compact-sm" variant="subtle" onClick={choice.showAll}>
          {t("list.columnsAll")}
        </Button>
      )}
    </Fold>
  );
}
