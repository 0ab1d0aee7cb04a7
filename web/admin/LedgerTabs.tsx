import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { LedgerAdjustmentsDocument } from "../graphql/generated/admin/graphql.ts";
import { count } from "../ui/format.ts";
import { useWatch } from "../ui/useWatch.ts";
import styles from "./Shipping.module.css";
import { useDeskWords } from "./useDeskWords.ts";

const TABS = {
  balances: "/admin/ledger",
  entries: "/admin/ledger/entries",
  adjustments: "/admin/ledger/adjustments",
} as const;
type Tab = keyof typeof TABS;

/** The ways through the ledger; adjustments that wait for a second person are counted. */
export function LedgerTabs({ current }: { readonly current: Tab }) {
  const { t } = useDeskWords();
  const { data, refetch } = useQuery(LedgerAdjustmentsDocument, {
    variables: { open: true, first: 1 },
    fetchPolicy: "no-cache",
  });
  useWatch(true, () => refetch());
  const waiting = data?.ledgerAdjustments.totalCount;
  return (
    <nav className={styles.tabs} aria-label={t("ledger.title")}>
      {(Object.keys(TABS) as Tab[]).map((tab) => (
        <Link key={tab} to={TABS[tab]} aria-current={tab === current ? "page" : undefined}>
          {t(`ledger.${tab}`)}
          {tab === "adjustments" && waiting !== undefined && (
            <span className="tabular" data-loud={waiting > 0 || undefined}>
              {count(waiting)}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
