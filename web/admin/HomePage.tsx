import { useQuery } from "@apollo/client/react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import {
  AdminOrdersDocument,
  AlertsDocument,
  CartDaysDocument,
  CountDiscrepanciesDocument,
  CountPaymentsToApproveDocument,
  GatewayNotificationsDocument,
  MoneyCasesDocument,
  RefundQueuesDocument,
  ShippingCountsDocument,
} from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { count } from "../ui/format.ts";
import { CheckIcon, NextIcon } from "../ui/icons/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { AlertCard } from "./AlertsPage.tsx";
import { cartTotals } from "./cartFigures.ts";
import styles from "./HomePage.module.css";
import { useDeskWords } from "./useDeskWords.ts";

/** Alerts that the front page shows before it leads to their list. */
const SHOWN = 5;
/** A tile wants the count alone; the server has no smaller page. */
const COUNT_ONLY = 1;
/** What of the refunds waits for an admin. */
const TILED = ["approve", "settle", "failed"] as const;
const FRESH = { fetchPolicy: "cache-and-network" } as const;

/** What needs a person now: the counts that lead to their lists, then the open alerts. */
export function HomePage() {
  const { t } = useDeskWords();
  const alerts = useQuery(AlertsDocument, { variables: { open: true, first: SHOWN }, ...FRESH });
  const open = alerts.data?.alerts;
  return (
    <Page title={t("admin.home")}>
      <div className={styles.tiles}>
        <Tile to="/admin/alerts" label={t("admin.openAlerts")} value={open?.totalCount} warn />
        <MoneyTiles />
        <RefundTiles />
        <WorkTiles />
      </div>
      <section className={cards.stack}>
        <h2>{t("admin.openAlerts")}</h2>
        {alerts.error && !open ? <Failure error={alerts.error} onRetry={() => void alerts.refetch()} /> : null}
        {!open && alerts.loading && <Bone height={90} />}
        {open?.edges.length === 0 && (
          <p className={styles.calm}>
            <CheckIcon /> {t("admin.noAlerts")}
          </p>
        )}
        {open?.edges.map(({ node }) => (
          <AlertCard key={node.id} alert={node} />
        ))}
      </section>
    </Page>
  );
}

/** Money that somebody must decide about. */
function MoneyTiles() {
  const { t } = useDeskWords();
  const cases = useQuery(MoneyCasesDocument, { variables: { open: true, first: COUNT_ONLY }, ...FRESH });
  // Kept out of the cache: a count that is asked for again would put its list without rows in the place of the rows.
  const gaps = useQuery(CountDiscrepanciesDocument, { fetchPolicy: "no-cache" });
  const proofs = useQuery(CountPaymentsToApproveDocument, { fetchPolicy: "no-cache" });
  return (
    <>
      <Tile to="/admin/cases" label={t("cases.title")} value={cases.data?.moneyCases.totalCount} warn />
      <Tile to="/admin/close/queue" label={t("homeTile.gaps")} value={gaps.data?.discrepancies.totalCount} warn />
      <Tile to="/admin/proofs" label={t("homeTile.proofs")} value={proofs.data?.paymentsToApprove.totalCount} warn />
    </>
  );
}

/** What waits for the shop, the couriers and the customers. */
function WorkTiles() {
  const { t } = useDeskWords();
  const parked = useQuery(GatewayNotificationsDocument, {
    variables: { state: ["PARKED"], first: COUNT_ONLY },
    ...FRESH,
  });
  const unpaid = useQuery(AdminOrdersDocument, {
    variables: { filter: { status: ["PENDING_PAYMENT"] }, first: COUNT_ONLY },
    ...FRESH,
  });
  const parcels = useQuery(ShippingCountsDocument, { fetchPolicy: "no-cache" });
  const carts = useQuery(CartDaysDocument, { fetchPolicy: "no-cache" });
  return (
    <>
      <Tile
        to="/admin/notifications?state=PARKED"
        label={t("admin.parked")}
        value={parked.data?.gatewayNotifications.totalCount}
        warn
      />
      <Tile
        to="/admin/orders?status=PENDING_PAYMENT"
        label={t("admin.unpaidOrders")}
        value={unpaid.data?.adminOrders.totalCount}
      />
      <Tile
        to="/admin/carts"
        label={t("homeTile.carts")}
        value={carts.data && cartTotals(carts.data.cartDays).abandoned}
      />
      <Tile to="/admin/shipping" label={t("ship.homeToShip")} value={parcels.data?.toShip.totalCount} />
      <Tile
        to="/admin/shipping?list=TROUBLED"
        label={t("ship.homeTroubled")}
        value={parcels.data?.troubled.totalCount}
        warn
      />
    </>
  );
}

function RefundTiles() {
  const { t } = useDeskWords();
  const { data } = useQuery(RefundQueuesDocument, FRESH);
  return TILED.map((queue) => (
    <Tile
      key={queue}
      to={`/admin/refunds?queue=${queue}`}
      label={t(`refunds.tile.${queue}`)}
      value={data?.[queue].totalCount}
      warn
    />
  ));
}

interface TileProps {
  readonly to: string;
  readonly label: string;
  readonly value: number | undefined;
  /** Anything above nothing deserves a look. */
  readonly warn?: boolean;
}

function Tile({ to, label, value, warn }: TileProps) {
  const { t } = useDeskWords();
  const shown: ReactNode = value === undefined ? <Bone width={60} height={36} /> : count(value);
  return (
    <Link to={to} className={styles.tile} data-warn={(warn && (value ?? 0) > 0) || undefined}>
      <span>{label}</span>
      <strong className="tabular">{shown}</strong>
      <small>
        {t("admin.lookUp")} <NextIcon size={14} />
      </small>
    </Link>
  );
}
