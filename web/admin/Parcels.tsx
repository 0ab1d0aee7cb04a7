import { Link } from "react-router";
import { ShipmentsDocument, type ShipmentsQuery } from "../graphql/generated/admin/graphql.ts";
import { parcelMeaning, parcelState } from "../ui/parcel.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { Age } from "./Age.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { NothingHere } from "./NothingHere.tsx";
import { PickBox } from "./PickBox.tsx";
import { PrintLabels } from "./PrintLabels.tsx";
import styles from "./Shipping.module.css";
import type { ShippingList } from "./ShippingPage.tsx";
import { type Trouble, troubleOf } from "./shipping.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMinute } from "./useMinute.ts";
import { type Selection, useSelection } from "./useSelection.ts";

type Row = ShipmentsQuery["shipments"]["edges"][number]["node"];

interface ParcelsProps {
  readonly list: Exclude<ShippingList, "toShip">;
}

/** Parcels of one list with their age and the courier's last word; those with a waybill number can be marked. */
export function Parcels({ list: which }: ParcelsProps) {
  const { t } = useDeskWords();
  const list = useList(ShipmentsDocument, { list: which }, (data) => data.shipments);
  const labelled = (list.connection?.edges ?? []).map(({ node }) => node).filter(hasLabel);
  const selection = useSelection(labelled);
  // What somebody marks stays where it is.
  useListWatch(list, selection.rows.length === 0);
  const columns = useColumns(which, selection);
  if (list.connection?.edges.length === 0) return <NothingHere list={which} onRetry={list.retry} />;
  return (
    <>
      {labelled.length > 0 && <PrintLabels selection={selection} />}
      <DataTable label={t(`ship.tab.${which}`)} columns={columns} list={list} />
    </>
  );
}

/** A label is of use until the courier has the parcel. */
const hasLabel = ({ airwayBill, status }: Row): boolean => airwayBill !== null && status === "PACKED";

function useColumns(which: ParcelsProps["list"], selection: Selection<Row>): ReadonlyArray<Column<Row>> {
  const { t } = useDeskWords();
  const pick: Column<Row> = {
    key: "pick",
    label: t("ship.pick"),
    cell: (row) =>
      hasLabel(row) && (
        <PickBox
          number={row.order.number}
          checked={selection.has(row.id)}
          onChange={(checked) => selection.set(row.id, checked)}
        />
      ),
  };
  const about = useAboutColumns();
  const pickup = usePickupColumn();
  const word = useWordColumns();
  return [...(selection.isPossible ? [pick] : []), ...about, ...(which === "TO_HAND_OVER" ? [pickup] : []), ...word];
}

function useAboutColumns(): ReadonlyArray<Column<Row>> {
  const { t } = useDeskWords();
  return [
    {
      key: "order",
      label: t("ship.order"),
      cell: ({ order }) => (
        <>
          <Link to={`/admin/orders/${order.id}`}>{order.number}</Link>
          <br />
          <small>{order.store.name}</small>
        </>
      ),
    },
    { key: "parcel", label: t("ship.parcel"), cell: (row) => <About row={row} /> },
    {
      key: "service",
      label: t("ship.service"),
      cell: (row) => (
        <>
          {row.courier.toUpperCase()} {row.service}
          <br />
          {row.airwayBill && <code className={styles.code}>{row.airwayBill}</code>}
        </>
      ),
    },
  ];
}

/** Troubles that a parcel's state says already. */
const SAID: ReadonlySet<Trouble> = new Set<Trouble>(["PROBLEM", "RETURNING", "LOST"]);

/** How a parcel is, why somebody must look, and where that is decided. */
function About({ row }: { readonly row: Row }) {
  const { t } = useDeskWords();
  const state = parcelState(row);
  const trouble = troubleOf(row);
  const why = trouble === "PICKUP" ? row.booking?.pickupWhy : null;
  return (
    <div className={styles.about}>
      <StatusChip
        meaning={state === "UNKNOWN" ? "wrong" : parcelMeaning[state]}
        label={t(`parcelState.${state}`)}
        status={state}
      />
      {trouble && !SAID.has(trouble) && <span>{t(`trouble.${trouble}`)}</span>}
      {why && <small>{why}</small>}
      {row.booking?.caseId && <Link to={`/admin/cases/${row.booking.caseId}`}>{t("ship.openCase")}</Link>}
    </div>
  );
}

function usePickupColumn(): Column<Row> {
  const { t, at } = useDeskWords();
  return {
    key: "pickup",
    label: t("ship.pickup"),
    fit: "moment",
    cell: ({ booking }) =>
      booking && (
        <>
          {at(booking.pickupAt)}
          <br />
          <small>{booking.vehicle}</small>
        </>
      ),
  };
}

function useWordColumns(): ReadonlyArray<Column<Row>> {
  const { t, at } = useDeskWords();
  const now = useMinute();
  return [
    {
      key: "word",
      label: t("ship.lastWord"),
      fit: "moment",
      cell: (row) => (
        <>
          {row.externalStatus ?? "–"}
          <br />
          {row.lastCheckedAt && <small>{t("ship.checked", { when: at(row.lastCheckedAt) })}</small>}
        </>
      ),
    },
    {
      key: "age",
      label: t("ship.age"),
      fit: "moment",
      cell: (row) => <Age since={row.createdAt} now={now} />,
    },
  ];
}
