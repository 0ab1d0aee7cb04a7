import { useLazyQuery, useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import {
  BookingRatesDocument,
  type BookingRatesQuery,
  CreateShipmentDocument,
  type StaffOrderFragment,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { TruckIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { NO_WISH, PickupFields } from "./PickupFields.tsx";
import choice from "./ResolveCase.module.css";
import { ShipFailure } from "./ShipFailure.tsx";
import styles from "./Shipping.module.css";
import { isPickupPossible, type PickupWish, wished } from "./shipping.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

type Offer = BookingRatesQuery["bookingRates"][number];

/** Books the courier of one paid order: the customer's service, or another that staff chooses by its price now. */
export function BookOne({ order }: { readonly order: StaffOrderFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const now = useMinute();
  const [wish, setWish] = useState<PickupWish>(NO_WISH);
  const [offer, setOffer] = useState<Offer | null>(null);
  const [book, { loading, error }] = useMutation(CreateShipmentDocument, NEWS);
  const submit = async () => {
    // The customer's own service is named by leaving it out.
    const other = offer && !offer.isChosen ? { courier: offer.courier, service: offer.service } : {};
    // A refusal stands in `error`.
    const answer = await book({ variables: { orderId: order.id, ...other, ...wished(wish) } }).catch(() => null);
    if (answer?.data) say(t("ship.bookedNow"));
  };
  return (
    <>
      <PickupFields wish={wish} onChange={setWish} />
      <Offers orderId={order.id} offer={offer} onChange={setOffer} />
      {error && <ShipFailure error={error} />}
      <div className={cards.actions}>
        <Button
          leftSection={<TruckIcon size={18} />}
          loading={loading}
          disabled={!isPickupPossible(wish, now)}
          onClick={() => void submit()}
          data-testid="book-one"
        >
          {t("ship.bookOne")}
        </Button>
      </div>
    </>
  );
}

interface OffersProps {
  readonly orderId: string;
  readonly offer: Offer | null;
  onChange(offer: Offer): void;
}

function Offers({ orderId, offer, onChange }: OffersProps) {
  const { t } = useDeskWords();
  const [ask, { data, loading, error }] = useLazyQuery(BookingRatesDocument, { fetchPolicy: "network-only" });
  if (!data) {
    return (
      <>
        {error && <ShipFailure error={error} />}
        <div className={cards.actions}>
          <Button
            variant="default"
            size="sm"
            loading={loading}
            // A refusal stands in `error`.
            onClick={() => void ask({ variables: { orderId } }).catch(() => null)}
            data-testid="ask-offers"
          >
            {t("ship.others")}
          </Button>
        </div>
      </>
    );
  }
  const key = ({ courier, service }: Offer) => `${courier} ${service}`;
  const marked = offer ?? data.bookingRates.find(({ isChosen }) => isChosen) ?? null;
  return (
    <fieldset className={choice["actions"]} data-testid="offers">
      <legend>{t("ship.others")}</legend>
      <p className={styles.how}>{t(data.bookingRates.length > 0 ? "ship.othersHow" : "ship.noOffers")}</p>
      {data.bookingRates.map((one) => (
        <label key={key(one)} className={choice["action"]}>
          <input
            type="radio"
            name="offer"
            checked={marked !== null && key(marked) === key(one)}
            onChange={() => onChange(one)}
            data-testid="offer"
          />
          <OfferText offer={one} />
        </label>
      ))}
    </fieldset>
  );
}

function OfferText({ offer }: { readonly offer: Offer }) {
  const { t } = useDeskWords();
  const { difference } = offer;
  const amount = money(Math.abs(difference));
  const result = () => {
    if (difference === 0) return t("ship.evenOut");
    return t(difference > 0 ? "ship.lossOf" : "ship.gainOf", { amount });
  };
  return (
    <span>
      {offer.courier.toUpperCase()} {offer.service}
      {offer.isChosen && ` (${t("ship.customersChoice")})`}
      <small>
        {[t("ship.atCost", { cost: money(offer.cost - offer.cashback) }), result(), offer.etd]
          .filter(Boolean)
          .join(" · ")}
      </small>
    </span>
  );
}
