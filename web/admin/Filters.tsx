import { Button, TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { CrossIcon, SearchIcon } from "../ui/icons/icons.tsx";
import { useDebounced } from "../ui/useDebounced.ts";
import field from "./Field.module.css";
import styles from "./Filters.module.css";
import { useDeskWords } from "./useDeskWords.ts";

const REST_MS = 300;

/** A row of filters above a list. */
export function FilterBar({
  children,
  onClear,
}: {
  readonly children: ReactNode;
  readonly onClear: (() => void) | null;
}) {
  const { t } = useDeskWords();
  return (
    <search className={styles.bar}>
      {children}
      {onClear && (
        <Button variant="subtle" leftSection={<CrossIcon size={16} />} onClick={onClear}>
          {t("admin.clearFilters")}
        </Button>
      )}
    </search>
  );
}

interface TextFilterProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  onChange(value: string): void;
}

/** Search over what people have in hand, asked when the typing rests. */
export function TextFilter({ label, hint, value, onChange }: TextFilterProps) {
  const [text, setText] = useState(value);
  const said = useRef(value);
  const rested = useDebounced(text.trim(), REST_MS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed may change the list
  useEffect(() => {
    if (rested === value || rested !== text.trim()) return;
    said.current = rested;
    onChange(rested);
  }, [rested]);
  // Cleared, or another view come to.
  useEffect(() => {
    if (value === said.current) return;
    said.current = value;
    setText(value);
  }, [value]);
  return (
    <TextInput
      className={styles.text}
      label={label}
      placeholder={hint}
      size="sm"
      leftSection={<SearchIcon size={18} />}
      value={text}
      maxLength={100}
      onChange={(event) => setText(event.currentTarget.value)}
      data-testid="admin-search"
    />
  );
}

interface ChoiceFilterProps {
  readonly label: string;
  readonly any: string;
  readonly value: string;
  readonly options: ReadonlyArray<{ readonly value: string; readonly label: string }>;
  onChange(value: string): void;
}

/** One of several, by the browser's own list. */
export function ChoiceFilter({ label, any, value, options, onChange }: ChoiceFilterProps) {
  const id = useId();
  return (
    <div className={`${field.field} ${field.small}`}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{any}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface DayFilterProps {
  readonly label: string;
  readonly value: string;
  onChange(value: string): void;
}

/** A day in WIB. */
export function DayFilter({ label, value, onChange }: DayFilterProps) {
  const id = useId();
  return (
    <div className={`${field.field} ${field.small}`}>
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </div>
  );
}
