import type { OrderDetailFragment } from "../graphql/generated/buying/graphql.ts";
import { CopyLine } from "../shop/pay/CopyLine.tsx";
import cards from "../ui/Card.module.css";
import { TruckIcon } from "../ui/icons/icons.tsx";
import { ParcelTimeline } from "../ui/ParcelTimeline.tsx";
import { expectedArrival, isDayOver, parcelMeaning, parcelState } from "../ui/parcel.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useNow } from "../ui/useNow.ts";
import { useParcelWords } from "../ui/useParcelWords.ts";
import styles from "./Parcel.module.css";

interface ParcelProps {
  readonly order: OrderDetailFragment;
}

/** The parcel of an order: courier and waybill, when it is expected, and its way. */
export function Parcel({ order }: ParcelProps) {
  const { t } = useBuyingWords();
  const words = useParcelWords();
  const { shipping, shipment } = order;
  const state = shipment ? parcelState(shipment) : null;
  return (
    <section className={`${cards.card} ${styles.parcel}`} data-testid="parcel">
      <h2>
        <TruckIcon /> {t("order.parcel")}
        {state && (
          <span className={styles.state}>
            <StatusChip
              meaning={parcelMeaning[state]}
              label={words.t(`parcelState.${state}`)}
              status={state}
              testId="parcel-state"
            />
          </span>
        )}
      </h2>
      <p>
        <strong>
          {shipping.courier.toUpperCase()} {shipping.service}
        </strong>{" "}
        <span className={cards.soft}>{shipping.description}</span>
      </p>
      <Expected order={order} />
      {shipment?.airwayBill ? (
        <dl>
          <CopyLine what={words.t("parcel.waybill")} shown={shipment.airwayBill} testId="waybill" />
        </dl>
      ) : (
        !isOver(order) && <p className={cards.soft}>{t("order.waybillLater")}</p>
      )}
      {shipment && <ParcelTimeline events={shipment.events} askedAt={shipment.createdAt} />}
      {shipment?.lastCheckedAt && (
        <p className={styles.small}>{words.t("parcel.checked", { when: words.at(shipment.lastCheckedAt) })}</p>
      )}
    </section>
  );
}

/** Nothing of it will come any more. */
const isOver = ({ status, shipment }: OrderDetailFragment): boolean =>
  status === "CANCELLED" || status === "RETURNED" || shipment?.status === "LOST" || shipment?.status === "RETURNED";

/** When it is expected, as quoted; nothing of it once it has arrived, or will not. */
function Expected({ order }: ParcelProps) {
  const { t, on } = useParcelWords();
  const now = useNow(false);
  const { shipping, shipment, status } = order;
  const isComing = status === "PAID" || status === "PROCESSING" || status === "SHIPPED";
  if (!isComing || (shipment && ["RETURNING", "DELIVERED", "RETURNED", "LOST"].includes(shipment.status))) return null;
  const fetchedAt = shipment?.events.find(({ event }) => event === "moving")?.at ?? null;
  const arrival = expectedArrival(shipping.etd, fetchedAt);
  const text = () => {
    if (!arrival) return t("parcel.noEstimate");
    if (arrival.by && isDayOver(arrival.by, now)) return t("parcel.late", { when: on(arrival.by) });
    if (arrival.isSameDay) return t("parcel.sameDay");
    return arrival.by
      ? t("parcel.daysBy", { days: arrival.days, when: on(arrival.by) })
      : t("parcel.days", { days: arrival.days });
  };
  return (
    <p className={cards.soft} data-testid="expected">
      {text()}
    </p>
  );
}
