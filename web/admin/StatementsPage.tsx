import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { StoreStatementsDocument, type StoreStatementsQuery } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { count, money } from "../ui/format.ts";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import styles from "./Close.module.css";
import table from "./DataTable.module.css";
import { EquationVerdict } from "./EquationVerdict.tsx";
import { DayFilter, FilterBar } from "./Filters.tsx";
import { FIGURES } from "./figures.ts";
import { jakartaDay } from "./jakartaDay.ts";
import { gapOfStatement, STATEMENT_PARTS, type StatementSums, sumOfStatements } from "./statementSums.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useDownload } from "./useDownload.ts";
import { useFilters } from "./useFilters.ts";
import { useMinute } from "./useMinute.ts";

type Costs = StoreStatementsQuery["shippingCosts"];
type Statements = StoreStatementsQuery["storeStatements"];

/** What each store's day came to; together they are what the ledger has of it. Payouts to stores stay outside. */
export function StatementsPage() {
  const { t } = useDeskWords();
  const { values, set } = useFilters(["day"]);
  const today = jakartaDay(useMinute());
  const day = values.day || today;
  const { data, previousData, loading, error, refetch } = useQuery(StoreStatementsDocument, {
    variables: { day },
    ...FIGURES,
  });
  const shown = data ?? previousData;
  const statements = shown?.storeStatements;
  return (
    <Page title={t("statement.title")}>
      <p className={`${cards.soft} ${styles.about}`}>{t("statement.about")}</p>
      <FilterBar onClear={null}>
        <DayFilter label={t("close.day")} value={day} onChange={(value) => set("day", value)} />
      </FilterBar>
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!statements && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {statements && <Stores statements={statements} day={day} />}
      {shown && shown.shippingCosts.length > 0 && <ShippingCosts costs={shown.shippingCosts} />}
    </Page>
  );
}

function Stores({ statements, day }: { readonly statements: Statements; readonly day: string }) {
  const { t } = useDeskWords();
  const { download, loading, error } = useDownload();
  const save = (which: string) => void download(`/api/statements/${which}/${day}.csv`, `statement-${which}-${day}.csv`);
  const sums = sumOfStatements(statements);
  const gap = statements.reduce((sum, each) => sum + Math.abs(gapOfStatement(each)), 0);
  return (
    <div className={cards.stack}>
      {error !== null && <Failure error={error} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={table.scroll} aria-label={t("statement.title")} tabIndex={0}>
        <table className={`${table.table} ${styles.equation}`} data-testid="statements">
          <Head />
          <tbody>
            {statements.map((each) => (
              <Line key={each.storeId ?? ""} name={each.storeName ?? t("statement.noStore")} sums={each}>
                {each.storeId && (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    disabled={loading}
                    onClick={() => save(each.storeId ?? "")}
                  >
                    CSV
                  </Button>
                )}
              </Line>
            ))}
          </tbody>
          <tfoot>
            <Line name={t("close.allMethods")} sums={sums} />
          </tfoot>
        </table>
      </section>
      <EquationVerdict
        isProven={gap === 0}
        text={
          gap === 0 ? t("statement.proven", { amount: money(sums.net) }) : t("statement.broken", { amount: money(gap) })
        }
      />
      <div className={cards.actions}>
        <Button
          size="sm"
          variant="light"
          leftSection={<DocumentIcon size={16} />}
          disabled={loading}
          onClick={() => save("all")}
          data-testid="statements-csv"
        >
          {t("list.export")}
        </Button>
        <Button component={Link} size="sm" variant="default" to={`/admin/ledger?from=${day}&to=${day}`}>
          {t("close.toLedger")}
        </Button>
      </div>
    </div>
  );
}

function Head() {
  const { t } = useDeskWords();
  return (
    <thead>
      <tr>
        <th scope="col">{t("admin.store")}</th>
        {STATEMENT_PARTS.map((part) => (
          <th key={part} scope="col" data-number>
            {t(`statement.${part}`)}
          </th>
        ))}
        <th scope="col">{t("statement.file")}</th>
      </tr>
    </thead>
  );
}

interface LineProps {
  readonly name: string;
  readonly sums: StatementSums;
  readonly children?: ReactNode;
}

function Line({ name, sums, children }: LineProps) {
  return (
    <tr data-testid="statement">
      <th scope="row">{name}</th>
      {STATEMENT_PARTS.map((part) => (
        <td key={part} data-number>
          {money(sums[part])}
        </td>
      ))}
      <td>{children}</td>
    </tr>
  );
}

const COSTS = ["parcels", "quoted", "cost", "cashback", "difference"] as const;

/** What customers paid for parcels that were booked that day, and what the couriers took. */
function ShippingCosts({ costs }: { readonly costs: Costs }) {
  const { t } = useDeskWords();
  return (
    <section className={styles.below}>
      <h2 className={styles.heading}>{t("courierCost.title")}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={table.scroll} aria-label={t("courierCost.title")} tabIndex={0}>
        <table className={`${table.table} ${styles.equation}`}>
          <thead>
            <tr>
              <th scope="col">{t("admin.store")}</th>
              {COSTS.map((part) => (
                <th key={part} scope="col" data-number>
                  {t(`courierCost.${part}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {costs.map((each) => (
              <tr key={each.storeId}>
                <th scope="row">{each.storeName}</th>
                {COSTS.map((part) => (
                  <td key={part} data-number data-wrong={(part === "difference" && each.difference > 0) || undefined}>
                    {part === "parcels" ? count(each.parcels) : money(each[part])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
