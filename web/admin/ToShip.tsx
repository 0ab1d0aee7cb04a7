import { Link } from "react-router";
import { OrdersToShipDocument, type OrdersToShipQuery } from "../graphql/generated/admin/graphql.ts";
import { money, placeName } from "../ui/format.ts";
import { BookMany } from "./BookMany.tsx";
import { caseAge } from "./caseAge.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import { NothingHere } from "./NothingHere.tsx";
import { PickBox } from "./PickBox.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMinute } from "./useMinute.ts";
import { type Selection, useSelection } from "./useSelection.ts";

type Row = OrdersToShipQuery["ordersToShip"]["edges"][number]["node"];

/** Paid orders that wait for a courier, the longest waiting first, and their booking. */
export function ToShip() {
  const { t } = useDeskWords();
  const list = useList(OrdersToShipDocument, {}, (data) => data.ordersToShip);
  const selection = useSelection(list.connection?.edges.map(({ node }) => node) ?? []);
  // What somebody marks stays where it is.
  useListWatch(list, selection.rows.length === 0);
  const columns = useColumns(selection);
  return (
    <>
      {list.connection && <BookMany selection={selection} />}
      {list.connection?.edges.length === 0 ? (
        <NothingHere list="toShip" onRetry={list.retry} />
      ) : (
        <DataTable label={t("ship.tab.toShip")} columns={columns} list={list} />
      )}
    </>
  );
}

function useColumns(selection: Selection<Row>): ReadonlyArray<Column<Row>> {
  const { t, at } = useDeskWords();
  const now = useMinute();
  return [
    {
      key: "pick",
      label: t("ship.pick"),
      cell: (row) => (
        <PickBox
          number={row.number}
          checked={selection.has(row.id)}
          onChange={(checked) => selection.set(row.id, checked)}
        />
      ),
    },
    {
      key: "order",
      label: t("ship.order"),
      cell: (row) => (
        <>
          <Link to={`/admin/orders/${row.id}`}>{row.number}</Link>
          <br />
          <small>{row.store.name}</small>
        </>
      ),
    },
    {
      key: "age",
      label: t("ship.waiting"),
      fit: "moment",
      cell: (row) => {
        if (!row.payment.paidAt) return "–";
        const { unit, count } = caseAge(row.payment.paidAt, now);
        return (
          <>
            {t(`cases.${unit}`, { count })}
            <br />
            <small>{t("ship.paidAt", { when: at(row.payment.paidAt) })}</small>
          </>
        );
      },
    },
    ...useWhatColumns(),
  ];
}

function useWhatColumns(): ReadonlyArray<Column<Row>> {
  const { t } = useDeskWords();
  return [
    {
      key: "service",
      label: t("ship.service"),
      cell: (row) => (
        <>
          {row.shipping.courier.toUpperCase()} {row.shipping.service}
          <br />
          <small>{row.shipping.etd}</small>
        </>
      ),
    },
    {
      key: "to",
      label: t("ship.to"),
      cell: ({ shippingAddress: { recipient, destination } }) => (
        <>
          {recipient}
          <br />
          <small>{placeName(`${destination.city}, ${destination.province}`)}</small>
        </>
      ),
    },
    {
      key: "goods",
      label: t("admin.goods"),
      cell: (row) => row.items.map((item) => `${item.quantity} × ${item.productName}`).join(", "),
    },
    { key: "shipping", label: t("summary.shipping"), number: true, cell: (row) => money(row.shippingCost) },
  ];
}
