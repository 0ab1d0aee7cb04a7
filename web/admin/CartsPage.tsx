import { useQuery } from "@apollo/client/react";
import { CartDaysDocument, type CartDaysQuery } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { count } from "../ui/format.ts";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import styles from "./Close.module.css";
import { CART_FIGURES, cartTotals } from "./cartFigures.ts";
import table from "./DataTable.module.css";
import { DayRange } from "./DayRange.tsx";
import { FilterBar } from "./Filters.tsx";
import { FIGURES } from "./figures.ts";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";

type Days = CartDaysQuery["cartDays"];

/** Carts that were begun, left and come back to, by day; the last 30 days unless others are chosen. */
export function CartsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["from", "to"]);
  const { from, to } = filters.values;
  const { data, previousData, loading, error, refetch } = useQuery(CartDaysDocument, {
    variables: { from: from || null, to: to || null },
    ...FIGURES,
  });
  const days = (data ?? previousData)?.cartDays;
  return (
    <Page title={t("carts.title")}>
      <p className={`${cards.soft} ${styles.about}`}>{t("carts.about")}</p>
      <FilterBar onClear={filters.clear}>
        <DayRange from={from} to={to} onChange={(first, last) => filters.setAll({ from: first, to: last })} />
      </FilterBar>
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!days && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {days && <CartTable days={days} />}
    </Page>
  );
}

function CartTable({ days }: { readonly days: Days }) {
  const { t } = useDeskWords();
  const dayWords = useDayWords();
  const totals = cartTotals(days);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={table.scroll} aria-label={t("carts.title")} tabIndex={0}>
      <table className={`${table.table} ${styles.equation}`} data-testid="cart-days">
        <thead>
          <tr>
            <th scope="col">{t("close.day")}</th>
            {CART_FIGURES.map((figure) => (
              <th key={figure} scope="col" data-number>
                {t(`carts.${figure}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{dayWords(day.day)}</th>
              {CART_FIGURES.map((figure) => (
                <td key={figure} data-number>
                  {count(day[figure])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t("carts.all")}</th>
            {CART_FIGURES.map((figure) => (
              <td key={figure} data-number data-testid={`carts-${figure}`}>
                {count(totals[figure])}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
