import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import cards from "../ui/Card.module.css";
import { TruckIcon } from "../ui/icons/icons.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { PickAll } from "./PickBox.tsx";
import { NO_WISH, PickupFields } from "./PickupFields.tsx";
import styles from "./Shipping.module.css";
import { type BookingRow, isPickupPossible, type PickupWish, unfinished } from "./shipping.ts";
import { type BulkBooking, useBulkBooking } from "./useBulkBooking.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";
import type { Selection } from "./useSelection.ts";
import { useShippingRefusal } from "./useShippingRefusal.ts";

interface Numbered {
  readonly id: string;
  readonly number: string;
}

/** Books couriers for the marked orders: when and by what, how far it is, and what became of each. */
export function BookMany<Row extends Numbered>({ selection }: { readonly selection: Selection<Row> }) {
  const { t } = useDeskWords();
  const now = useMinute();
  const booking = useBulkBooking();
  const [wish, setWish] = useState<PickupWish>(NO_WISH);
  const count = selection.rows.length;
  const start = () => {
    void booking.start(selection.rows, wish);
    selection.clear();
  };
  return (
    <>
      {booking.rows.length > 0 && <Results booking={booking} wish={wish} />}
      <section className={`${cards.card} ${styles.bulk}`} aria-label={t("ship.bookTitle")}>
        <PickAll selection={selection} />
        <PickupFields wish={wish} onChange={setWish} />
        <div className={cards.actions}>
          <Button
            leftSection={<TruckIcon size={18} />}
            disabled={count === 0 || !isPickupPossible(wish, now)}
            loading={booking.running}
            onClick={start}
            data-testid="book-selected"
          >
            {t("ship.book", { count })}
          </Button>
        </div>
        <p className={styles.how}>{t("ship.bookHow")}</p>
      </section>
    </>
  );
}

const isBooked = ({ outcome }: BookingRow) => outcome === "BOOKED" || outcome === "ALREADY_BOOKED";

function Results({ booking, wish }: { readonly booking: BulkBooking; readonly wish: PickupWish }) {
  const { t } = useDeskWords();
  const { rows, running } = booking;
  const rest = unfinished(rows).length;
  const refused = rows.filter(({ outcome }) => outcome === "REFUSED").length;
  const done = rows.length - rest;
  return (
    <section className={`${cards.card} ${styles.bulk}`} aria-label={t("ship.results")} data-testid="results">
      <h2>{t("ship.results")}</h2>
      <progress className={styles.bar} aria-label={t("ship.results")} value={done} max={rows.length} />
      <p role="status" data-testid="progress">
        {t("ship.progress", { done, all: rows.length })}
        {!running && ` · ${t("ship.resultsDone", { booked: rows.filter(isBooked).length, refused })}`}
      </p>
      <ul className={styles.outcomes}>
        {rows.map((row) => (
          <Outcome key={row.orderId} row={row} />
        ))}
      </ul>
      {!running && (
        <div className={cards.actions}>
          {rest > 0 && (
            <Button onClick={() => void booking.again(wish)} data-testid="book-rest">
              {t("ship.again", { count: rest })}
            </Button>
          )}
          <Button variant="default" onClick={booking.close} data-testid="close-results">
            {t("ship.closeResults")}
          </Button>
        </div>
      )}
    </section>
  );
}

const MEANINGS = {
  WAITING: "waiting",
  BOOKED: "good",
  ALREADY_BOOKED: "ended",
  REFUSED: "wrong",
  UNSENT: "waiting",
} as const;

function Outcome({ row }: { readonly row: BookingRow }) {
  const { t } = useDeskWords();
  const wordsFor = useShippingRefusal();
  const { outcome, code, details } = row;
  const text = outcome === "REFUSED" ? wordsFor(code, details) : t(`ship.outcome.${outcome}`);
  return (
    <li data-testid="outcome" data-outcome={outcome} data-code={code || undefined}>
      <Link to={`/admin/orders/${row.orderId}`}>{row.number}</Link>
      <StatusChip meaning={MEANINGS[outcome]} label={t(`ship.short.${outcome}`)} />
      <span>{text}</span>
    </li>
  );
}
