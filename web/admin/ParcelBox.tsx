import { Link } from "react-router";
import type { StaffOrderFragment, StaffParcelFragment } from "../graphql/generated/admin/graphql.ts";
import { CopyLine } from "../shop/pay/CopyLine.tsx";
import cards from "../ui/Card.module.css";
import { CardRow } from "../ui/CardRow.tsx";
import { money, weight } from "../ui/format.ts";
import { TruckIcon, WarningIcon } from "../ui/icons/icons.tsx";
import { ParcelTimeline } from "../ui/ParcelTimeline.tsx";
import { parcelMeaning, parcelState } from "../ui/parcel.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { BookOne } from "./BookOne.tsx";
import { CheckParcel } from "./CheckParcel.tsx";
import { ConfirmBooking } from "./ConfirmBooking.tsx";
import { LabelsOf } from "./PrintLabels.tsx";
import { RearrangePickup } from "./RearrangePickup.tsx";
import styles from "./Shipping.module.css";
import { troubleOf } from "./shipping.ts";
import { useDeskWords } from "./useDeskWords.ts";

interface OrderProps {
  readonly order: StaffOrderFragment;
}

/** The parcel of an order: how it is, what it costs, what the courier said, and what staff can do about it. */
export function ParcelBox({ order }: OrderProps) {
  const { t } = useDeskWords();
  const { shipment, shipping } = order;
  const state = shipment ? parcelState(shipment) : null;
  return (
    <section className={`${cards.card} ${styles.box}`} aria-label={t("ship.title")} data-testid="parcel">
      <h2 className={styles.head}>
        <TruckIcon /> {t("ship.title")}
        {state && (
          <StatusChip
            meaning={state === "UNKNOWN" ? "wrong" : parcelMeaning[state]}
            label={t(`parcelState.${state}`)}
            status={state}
            testId="parcel-state"
          />
        )}
      </h2>
      <p>
        <strong>
          {(shipment ?? shipping).courier.toUpperCase()} {(shipment ?? shipping).service}
        </strong>{" "}
        <span className={cards.soft}>{[shipping.description, shipping.etd].filter(Boolean).join(" · ")}</span>
      </p>
      {shipment && <Facts parcel={shipment} />}
      {shipment && <Trouble parcel={shipment} />}
      <Actions order={order} />
      {shipment && shipment.status !== "CANCELLED" && (
        <ParcelTimeline events={shipment.events} askedAt={shipment.createdAt} />
      )}
    </section>
  );
}

function Facts({ parcel }: { readonly parcel: StaffParcelFragment }) {
  const { t, at } = useDeskWords();
  const { booking, airwayBill, externalStatus, lastCheckedAt } = parcel;
  return (
    <>
      {airwayBill && (
        <dl>
          <CopyLine what={t("parcel.waybill")} shown={airwayBill} testId="waybill" />
        </dl>
      )}
      <dl className={cards.rows}>
        {booking?.bookingNo && (
          <CardRow label={t("ship.bookingNo")}>
            <code>{booking.bookingNo}</code>
          </CardRow>
        )}
        {booking && (
          <CardRow label={t("ship.pickup")}>
            {at(booking.pickupAt)} · {booking.vehicle}
          </CardRow>
        )}
        {booking && <CardRow label={t("ship.weight")}>{weight(booking.weightGrams)}</CardRow>}
        {externalStatus && <CardRow label={t("ship.lastWord")}>{externalStatus}</CardRow>}
      </dl>
      {booking && <Costs booking={booking} />}
      {booking && (
        <p className={styles.how} data-testid="checks">
          {lastCheckedAt && `${t("parcel.checked", { when: at(lastCheckedAt) })} `}
          {booking.nextCheckAt ? `${t("ship.nextCheck", { when: at(booking.nextCheckAt) })}.` : t("ship.noCheck")}
        </p>
      )}
    </>
  );
}

/** What the customer paid against what the courier takes. */
function Costs({ booking }: { readonly booking: NonNullable<StaffParcelFragment["booking"]> }) {
  const { t } = useDeskWords();
  const { quotedCost, cost, cashback, difference } = booking;
  const isKnown = cost !== null && cost !== undefined;
  const isLoss = (difference ?? 0) > 0;
  return (
    <>
      <dl className={cards.rows} data-testid="costs">
        <CardRow label={t("ship.quoted")}>{money(quotedCost)}</CardRow>
        {isKnown && <CardRow label={t("ship.cost")}>{money(cost)}</CardRow>}
        {isKnown && cashback ? <CardRow label={t("ship.cashback")}>{money(-cashback)}</CardRow> : null}
        {isKnown && (
          <div className={`${cards.row} ${styles.sum}`} data-loss={isLoss || undefined}>
            <dt>{t(isLoss ? "ship.loss" : "ship.gain")}</dt>
            <dd>{money(Math.abs(difference ?? 0))}</dd>
          </div>
        )}
      </dl>
      {!isKnown && <p className={styles.how}>{t("ship.costLater")}</p>}
    </>
  );
}

function Trouble({ parcel }: { readonly parcel: StaffParcelFragment }) {
  const { t } = useDeskWords();
  const { booking, status } = parcel;
  const trouble = troubleOf(parcel);
  return (
    <>
      {trouble && trouble !== "UNKNOWN" && (
        <p className={styles.refused} data-testid="trouble" data-trouble={trouble}>
          <WarningIcon size={18} />
          {trouble === "PICKUP" && booking
            ? t("ship.pickupWhy", { count: booking.pickupTries, why: booking.pickupWhy ?? "" })
            : t(`trouble.${trouble}`)}
        </p>
      )}
      {status === "CANCELLED" && booking?.endedWhy && (
        <p className={cards.soft}>{t("ship.endedWhy", { why: booking.endedWhy })}</p>
      )}
      {booking?.caseId && (
        <p>
          <Link to={`/admin/cases/${booking.caseId}`} data-testid="parcel-case">
            {t("ship.openCase")}
          </Link>
        </p>
      )}
    </>
  );
}

/** What can be done now; what can't be done says why. */
function Actions({ order }: OrderProps) {
  const { t } = useDeskWords();
  const { shipment, status } = order;
  if (!shipment || shipment.status === "CANCELLED") {
    if (status === "PAID") return <BookOne order={order} />;
    return <p className={cards.soft}>{t(status === "PENDING_PAYMENT" ? "ship.notPaid" : "ship.none")}</p>;
  }
  if (shipment.status === "UNKNOWN") return <ConfirmBooking parcel={shipment} />;
  return (
    <>
      {shipment.status === "BOOKED" && shipment.booking?.pickupWhy && <RearrangePickup orderId={order.id} />}
      {shipment.status === "PACKED" && <LabelsOf orderIds={[order.id]} label={t("ship.label")} />}
      <CheckParcel parcel={shipment} />
    </>
  );
}
