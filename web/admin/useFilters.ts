import { useSearchParams } from "react-router";

/** The filters of a list, kept in the address so that a view can be shared and come back to. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ""])) as Record<Name, string>;
  return {
    values,
    set(name: Name, value: string) {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value) next.set(name, value);
          else next.delete(name);
          return next;
        },
        { replace: true, preventScrollReset: true },
      );
    },
    /** Null where none is set. */
    clear: names.some((name) => values[name] !== "") ? () => setParams({}, { replace: true }) : null,
  };
}
