import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { CreateShipmentsDocument, ShippingCountsDocument } from "../graphql/generated/admin/graphql.ts";
import { failureOf } from "../ui/failure.ts";
import { type BookingRow, bookRows, type PickupWish, type RequestFailure, waiting, wished } from "./shipping.ts";

/** A refusal that says what is wrong with the request itself; anything else leaves open what became of it. */
const REFUSALS: ReadonlySet<string> = new Set(["INVALID_INPUT", "FORBIDDEN", "UNAUTHENTICATED"]);

function readFailure(error: unknown): RequestFailure {
  const { code, details } = failureOf(error);
  return { code, details, isRefusal: REFUSALS.has(code) };
}

/** Books the couriers of many orders, and keeps what became of each until somebody has seen it. */
export function useBulkBooking() {
  const client = useApolloClient();
  const [rows, setRows] = useState<readonly BookingRow[]>([]);
  const [running, setRunning] = useState(false);
  const run = async (from: readonly BookingRow[], wish: PickupWish) => {
    setRows(from);
    setRunning(true);
    const send = async (orderIds: readonly string[]) => {
      const variables = { orderIds: [...orderIds], ...wished(wish) };
      const { data } = await client.mutate({ mutation: CreateShipmentsDocument, variables });
      return data?.createShipments ?? [];
    };
    await bookRows(from, send, readFailure, setRows);
    setRunning(false);
    // Where the line is gone the lists stay as they were; the outcome above them says so.
    await client.refetchQueries({ include: ["OrdersToShip", ShippingCountsDocument] }).catch(() => null);
  };
  return {
    rows,
    running,
    start: (orders: readonly { readonly id: string; readonly number: string }[], wish: PickupWish) =>
      run(orders.map(waiting), wish),
    again: (wish: PickupWish) => run(rows, wish),
    close: () => setRows([]),
  };
}
export type BulkBooking = ReturnType<typeof useBulkBooking>;
