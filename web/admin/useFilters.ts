import { useSearchParams } from "react-router";

/** The filters of a list, kept in the address so that a view can be shared and come back to. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ""])) as Record<Name, string>;
  const setAll = (wanted: Partial<Record<Name, string>>) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries<string | undefined>(wanted)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return {
    values,
    setAll,
    set: (name: Name, value: string) => setAll({ [name]: value } as Partial<Record<Name, string>>),
    /** Null where none is set. */
    clear: names.some((name) => values[name] !== "") ? () => setParams({}, { replace: true }) : null,
  };
}
