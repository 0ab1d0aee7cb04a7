import { useQuery } from "@apollo/client/react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { HomeCountsDocument, type HomeCountsQuery, HomeSalesDocument } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import { Failure } from "../ui/Failure.tsx";
import { count, money } from "../ui/format.ts";
import { NextIcon } from "../ui/icons/icons.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { FIGURES } from "./figures.ts";
import styles from "./HomePage.module.css";
import { dayAfter, jakartaDay } from "./jakartaDay.ts";
import { type AnyWordKey, useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

interface CountTile {
  readonly of: Exclude<keyof HomeCountsQuery, "__typename">;
  readonly to: string;
  readonly word: AnyWordKey;
  /** Anything above nothing deserves a look. */
  readonly warn?: true;
}

const COUNT_TILES: readonly CountTile[] = [
  { of: "alerts", to: "/admin/alerts", word: "admin.openAlerts", warn: true },
  { of: "moneyCases", to: "/admin/cases", word: "cases.title", warn: true },
  { of: "discrepancies", to: "/admin/close/queue", word: "homeTile.gaps", warn: true },
  { of: "paymentsToApprove", to: "/admin/proofs", word: "homeTile.proofs", warn: true },
  { of: "approve", to: "/admin/refunds?queue=approve", word: "refunds.tile.approve", warn: true },
  { of: "settle", to: "/admin/refunds?queue=settle", word: "refunds.tile.settle", warn: true },
  { of: "failed", to: "/admin/refunds?queue=failed", word: "refunds.tile.failed", warn: true },
  { of: "ledgerAdjustments", to: "/admin/ledger/adjustments", word: "homeTile.adjustments", warn: true },
  { of: "fraudVerdicts", to: "/admin/fraud", word: "homeTile.fraud", warn: true },
  { of: "parked", to: "/admin/notifications?state=PARKED", word: "admin.parked", warn: true },
  { of: "troubled", to: "/admin/shipping?list=TROUBLED", word: "ship.homeTroubled", warn: true },
  { of: "toShip", to: "/admin/shipping", word: "ship.homeToShip" },
  { of: "unpaid", to: "/admin/orders?status=PENDING_PAYMENT", word: "admin.unpaidOrders" },
];

/** What waits, as counts that lead to their lists, and what was sold; as it is now. */
export function HomeTiles() {
  const { t } = useDeskWords();
  // Kept out of the cache: a count that is asked for again would put its list without rows in the place of the rows.
  const { data, error, refetch } = useQuery(HomeCountsDocument, { fetchPolicy: "no-cache" });
  useWatch(true, () => refetch());
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <div className={styles.tiles}>
      {COUNT_TILES.map(({ of, to, word, warn }) => {
        const many = data?.[of].totalCount;
        return (
          <Tile key={of} to={to} label={t(word)} warn={warn === true && many !== undefined && many > 0}>
            {many === undefined ? null : count(many)}
          </Tile>
        );
      })}
      <SalesTiles />
    </div>
  );
}

function SalesTiles() {
  const { t } = useDeskWords();
  const today = jakartaDay(useMinute());
  const { data, error } = useQuery(HomeSalesDocument, {
    variables: { today, yesterday: dayAfter(today, -1) },
    ...FIGURES,
  });
  if (error && !data) return null;
  const sum = (stores: readonly { readonly sales: number }[]) => stores.reduce((all, { sales }) => all + sales, 0);
  return (
    <>
      <Tile to="/admin/carts" label={t("homeTile.carts")}>
        {data && count(data.cartDays.reduce((all, { abandoned }) => all + abandoned, 0))}
      </Tile>
      <Tile
        to={`/admin/statements?day=${today}`}
        label={t("homeTile.today")}
        beside={data && t("homeTile.yesterday", { amount: money(sum(data.yesterday)) })}
        isMoney
      >
        {data && money(sum(data.today))}
      </Tile>
    </>
  );
}

interface TileProps {
  readonly to: string;
  readonly label: string;
  /** Nothing while it is not known. */
  readonly children: ReactNode;
  readonly beside?: string | undefined;
  readonly isMoney?: boolean;
  readonly warn?: boolean;
}

function Tile({ to, label, children, beside, isMoney, warn }: TileProps) {
  const { t } = useDeskWords();
  return (
    <Link to={to} className={styles.tile} data-warn={warn || undefined} data-money={isMoney || undefined}>
      <span>{label}</span>
      <strong className="tabular">{children ?? <Bone width={60} height={36} />}</strong>
      {beside && <span className={styles.beside}>{beside}</span>}
      <small>
        {t("admin.lookUp")} <NextIcon size={14} />
      </small>
    </Link>
  );
}
