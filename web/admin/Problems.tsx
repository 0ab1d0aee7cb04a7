import type { ImportedFileFragment } from "../graphql/generated/admin/graphql.ts";
import { count } from "../ui/format.ts";
import table from "./DataTable.module.css";
import { useDeskWords } from "./useDeskWords.ts";

/** One thing that is wrong with a file; line 0 is the file itself. */
export type FileProblem = ImportedFileFragment["problems"][number];

/** What is wrong with a file, line by line; what stands in a line is never shown: it may be somebody's name. */
export function Problems({ problems }: { readonly problems: readonly FileProblem[] }) {
  const { t, named } = useDeskWords();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={table.scroll} aria-label={t("import.problems")} tabIndex={0}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col" data-number>
              {t("import.line")}
            </th>
            <th scope="col">{t("import.problem")}</th>
            <th scope="col">{t("import.field")}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map((problem) => (
            <tr key={`${problem.line} ${problem.code} ${problem.detail}`} data-testid="problem">
              <td data-number>{problem.line === 0 ? t("import.wholeFile") : count(problem.line)}</td>
              <td>{named(`fileProblem.${problem.code}`, problem.code)}</td>
              <td>
                <code>{problem.detail}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
