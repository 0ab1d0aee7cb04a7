import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { ShippingCountsDocument, type ShippingCountsQuery } from "../graphql/generated/admin/graphql.ts";
import { count } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { Parcels } from "./Parcels.tsx";
import styles from "./Shipping.module.css";
import { ToShip } from "./ToShip.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";

const LISTS = ["toShip", "TO_HAND_OVER", "IN_TRANSIT", "TROUBLED", "ALL"] as const;
export type ShippingList = (typeof LISTS)[number];
const isList = (text: string): text is ShippingList => LISTS.some((list) => list === text);

const countOf: Readonly<Record<ShippingList, (data: ShippingCountsQuery) => number | null>> = {
  toShip: (data) => data.toShip.totalCount,
  TO_HAND_OVER: (data) => data.toHandOver.totalCount,
  IN_TRANSIT: (data) => data.inTransit.totalCount,
  TROUBLED: (data) => data.troubled.totalCount,
  ALL: () => null,
};

/** Parcels from the desk: what is to be sent, what is on its way, and what somebody must look after. */
export function ShippingPage() {
  const { t } = useDeskWords();
  const { values } = useFilters(["list"]);
  const list = isList(values.list) ? values.list : "toShip";
  return (
    <Page title={t("ship.title")}>
      <Tabs current={list} />
      {list === "toShip" ? <ToShip /> : <Parcels key={list} list={list} />}
    </Page>
  );
}

function Tabs({ current }: { readonly current: ShippingList }) {
  const { t } = useDeskWords();
  // Kept out of the cache: a count that is asked for again would put its list without rows in the place of the rows.
  const { data, refetch } = useQuery(ShippingCountsDocument, { fetchPolicy: "no-cache" });
  // The counts of before stand where there is no answer; the list beside them says so.
  useWatch(true, () => refetch(), current);
  return (
    <nav className={styles.tabs} aria-label={t("ship.tabs")}>
      {LISTS.map((list) => {
        const many = data ? countOf[list](data) : null;
        return (
          <Link
            key={list}
            to={list === "toShip" ? "/admin/shipping" : `/admin/shipping?list=${list}`}
            aria-current={list === current ? "page" : undefined}
            data-testid={`tab-${list}`}
          >
            {t(`ship.tab.${list}`)}
            {many !== null && (
              <span className="tabular" data-loud={(list === "TROUBLED" && many > 0) || undefined}>
                {count(many)}
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
