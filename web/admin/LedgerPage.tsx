import { useQuery } from "@apollo/client/react";
import { Fragment } from "react";
import { LedgerBalancesDocument, type LedgerBalancesQuery } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import styles from "./Close.module.css";
import table from "./DataTable.module.css";
import { DayRange } from "./DayRange.tsx";
import { EquationVerdict } from "./EquationVerdict.tsx";
import { FilterBar } from "./Filters.tsx";
import { FIGURES } from "./figures.ts";
import { LedgerTabs } from "./LedgerTabs.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useMethodNames } from "./useMethodNames.ts";

type Balance = LedgerBalancesQuery["ledgerBalances"][number];

/** What each account comes to at the end of a day, or in a span of days; together they are nothing. */
export function LedgerPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["from", "to"]);
  const { from, to } = filters.values;
  const { data, previousData, loading, error, refetch } = useQuery(LedgerBalancesDocument, {
    variables: { from: from || null, day: to || null },
    ...FIGURES,
  });
  const balances = (data ?? previousData)?.ledgerBalances;
  return (
    <Page title={t("ledger.title")}>
      <LedgerTabs current="balances" />
      <FilterBar onClear={filters.clear}>
        <DayRange from={from} to={to} onChange={(first, last) => filters.setAll({ from: first, to: last })} />
      </FilterBar>
      <p className={`${cards.soft} ${styles.about}`}>{t(from ? "ledger.inSpan" : "ledger.atEnd")}</p>
      {error && !balances ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!balances && loading && (
        <Loading>
          <Bone height={420} />
        </Loading>
      )}
      {balances && <Balances balances={balances} />}
    </Page>
  );
}

function Balances({ balances }: { readonly balances: readonly Balance[] }) {
  const { t } = useDeskWords();
  const gap = balances.reduce((sum, { amount }) => sum + amount, 0);
  const debits = balances.reduce((sum, { amount }) => sum + Math.max(amount, 0), 0);
  return (
    <div className={cards.stack}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={table.scroll} aria-label={t("ledger.balances")} tabIndex={0}>
        <table className={`${table.table} ${styles.equation}`} data-testid="balances">
          <thead>
            <tr>
              <th scope="col">{t("ledger.account")}</th>
              <th scope="col">{t("ledger.kind")}</th>
              <th scope="col" data-number>
                {t("ledger.debit")}
              </th>
              <th scope="col" data-number>
                {t("ledger.credit")}
              </th>
            </tr>
          </thead>
          <tbody>
            {balances.map((balance) => (
              <Fragment key={balance.account}>
                <Row balance={balance} />
                {balance.parts.map((part) => (
                  <PartRow key={`${part.store?.id ?? ""} ${part.method ?? ""}`} part={part} />
                ))}
              </Fragment>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t("close.allMethods")}
              </th>
              <td data-number>{money(debits)}</td>
              <td data-number>{money(debits - gap)}</td>
            </tr>
          </tfoot>
        </table>
      </section>
      <EquationVerdict
        isProven={gap === 0}
        text={gap === 0 ? t("ledger.balanced") : t("ledger.unbalanced", { amount: money(gap) })}
      />
    </div>
  );
}

const debit = (amount: number) => (amount > 0 ? money(amount) : "");
const credit = (amount: number) => (amount < 0 ? money(-amount) : "");

function Row({ balance }: { readonly balance: Balance }) {
  const { t, named } = useDeskWords();
  const { account, kind, amount, name } = balance;
  return (
    <tr data-testid="balance" data-account={account}>
      <th scope="row">{named(`account.${account}`, name)}</th>
      <td>{t(`accountKind.${kind}`)}</td>
      <td data-number>{debit(amount)}</td>
      <td data-number>{credit(amount)}</td>
    </tr>
  );
}

function PartRow({ part }: { readonly part: Balance["parts"][number] }) {
  const nameOf = useMethodNames();
  return (
    <tr className={styles.part}>
      <td colSpan={2}>{[part.store?.name, part.method && nameOf(part.method)].filter(Boolean).join(" · ")}</td>
      <td data-number>{debit(part.amount)}</td>
      <td data-number>{credit(part.amount)}</td>
    </tr>
  );
}
