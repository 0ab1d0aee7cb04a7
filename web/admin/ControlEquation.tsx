import type { CloseMethodsFragment, CloseRunFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import styles from "./Close.module.css";
import { type Equation, gapOfEquation, PARTS, sumOfMethods } from "./closeState.ts";
import table from "./DataTable.module.css";
import { DownloadReport } from "./DownloadReport.tsx";
import { EquationVerdict } from "./EquationVerdict.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useMethodNames } from "./useMethodNames.ts";

/** A day's sales and what became of them, by method; that both sides are the same is computed here once more. */
export function ControlEquation({ run }: { readonly run: CloseRunFragment & CloseMethodsFragment }) {
  const { t } = useDeskWords();
  const nameOf = useMethodNames();
  const sums = sumOfMethods(run.methods);
  const gap = gapOfEquation(sums);
  const adjusted = run.methods.reduce((sum, method) => sum + method.adjusted, 0);
  return (
    <section className={`${cards.card} ${cards.stack}`} aria-label={t("close.equation")} data-testid="equation">
      <h2>{t("close.equation")}</h2>
      <p className={cards.soft}>{t("close.equationHow")}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={table.scroll} aria-label={t("close.equation")} tabIndex={0}>
        <table className={`${table.table} ${styles.equation}`}>
          <thead>
            <tr>
              <th scope="col">{t("close.method")}</th>
              <th scope="col" data-number>
                {t("close.sales")}
              </th>
              {PARTS.map((part) => (
                <th key={part} scope="col" data-number>
                  {t(`close.${part}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {run.methods.map((method) => (
              <Line key={method.method} name={nameOf(method.method)} sums={method} />
            ))}
          </tbody>
          <tfoot>
            <Line name={t("close.allMethods")} sums={sums} />
          </tfoot>
        </table>
      </section>
      {run.methods.length === 0 && <p className={cards.soft}>{t("close.nothingSold")}</p>}
      <EquationVerdict
        isProven={gap === 0}
        text={gap === 0 ? t("close.proven", { amount: money(sums.sales) }) : t("close.broken", { amount: money(gap) })}
      />
      {adjusted !== 0 && <p className={cards.soft}>{t("close.adjusted", { amount: money(adjusted) })}</p>}
      <DownloadReport day={run.day} />
    </section>
  );
}

function Line({ name, sums }: { readonly name: string; readonly sums: Equation }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-number>{money(sums.sales)}</td>
      {PARTS.map((part) => (
        <td key={part} data-number data-wrong={(part === "inDoubt" && sums.inDoubt !== 0) || undefined}>
          {money(sums[part])}
        </td>
      ))}
    </tr>
  );
}
