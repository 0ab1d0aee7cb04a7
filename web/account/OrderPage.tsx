import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { type OrderDetailFragment, OrderDocument } from "../graphql/generated/buying/graphql.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money, placeName } from "../ui/format.ts";
import { CardIcon, ClockIcon, DocumentIcon, PinIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { parcelMeaning, parcelState } from "../ui/parcel.ts";
import { StatusChip } from "../ui/StatusChip.tsx";
import { isPayable, type OrderStatus, orderMeaning } from "../ui/status.ts";
import { Timeline } from "../ui/Timeline.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useParcelWords } from "../ui/useParcelWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import { ArchiveOrder } from "./ArchiveOrder.tsx";
import { CancelOrder } from "./CancelOrder.tsx";
import { ConfirmReceipt } from "./ConfirmReceipt.tsx";
import { historyLine } from "./historyLine.ts";
import { OrderGoods } from "./OrderGoods.tsx";
import { OrderInstrument } from "./OrderInstrument.tsx";
import styles from "./OrderPage.module.css";
import { OrderRefunds } from "./OrderRefunds.tsx";
import { Parcel } from "./Parcel.tsx";
import { SignedInOnly } from "./SignedInOnly.tsx";

/** While somebody else's word may change it: the gateway's, the store's, the courier's. */
const MAY_CHANGE: ReadonlySet<OrderStatus> = new Set<OrderStatus>([
  "PENDING_PAYMENT",
  "PAID",
  "PROCESSING",
  "SHIPPED",
  "CANCEL_REQUESTED",
  "RETURNED",
]);

/** One order: what happened, the parcel, the goods, the money, and what can be done now. */
export function OrderPage() {
  return (
    <SignedInOnly>
      <Loaded />
    </SignedInOnly>
  );
}

function Loaded() {
  const { t } = useBuyingWords();
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(OrderDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const order = data?.order;
  const isWatched = order !== undefined && order !== null && MAY_CHANGE.has(order.status);
  // Other news make the looks quick again: more of them follow.
  const news = order ? `${order.status} ${order.payment.status} ${order.shipment?.status} ${order.shipment?.flag}` : "";
  useWatch(isWatched, refetch, news);
  if (data && !order && !loading) return <LostPage />;
  return (
    <Page
      title={order?.number ?? t("order.title")}
      aside={
        order && (
          <StatusChip
            meaning={orderMeaning[order.status]}
            label={t(`status.${order.status}`)}
            status={order.status}
            testId="order-status"
          />
        )
      }
    >
      {error && !order ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!order && loading && (
        <Loading>
          <div className={cards.columns}>
            <div className={cards.stack}>
              <Bone height={190} />
              <Bone height={220} />
            </div>
            <Bone height={280} />
          </div>
        </Loading>
      )}
      {order && <OrderView order={order} />}
    </Page>
  );
}

function OrderView({ order }: { readonly order: OrderDetailFragment }) {
  // Once it has come the goods matter, and what is said of them.
  const parcelLeads = order.shipment !== null && order.status !== "COMPLETED";
  return (
    <div className={cards.columns}>
      <div className={cards.stack}>
        <NextStep order={order} />
        <OrderRefunds order={order} />
        {order.status === "PENDING_PAYMENT" && <OrderInstrument order={order} />}
        {parcelLeads && <Parcel order={order} />}
        <OrderGoods order={order} />
        {!parcelLeads && <Parcel order={order} />}
        <History order={order} />
      </div>
      <div className={`${cards.stack} ${cards.sticky}`}>
        <MoneyBox order={order} />
        <AddressBox order={order} />
        <CancelOrder order={order} />
        <ArchiveOrder order={order} />
      </div>
    </div>
  );
}

/** What the parcel is doing says more than the order's own status, as long as the order lives by it. */
function useStepWords(order: OrderDetailFragment) {
  const { t, at } = useBuyingWords();
  const parcel = useParcelWords();
  const { status, shipment, payment } = order;
  if (shipment && shipment.status !== "CANCELLED" && (status === "PROCESSING" || status === "SHIPPED")) {
    const state = parcelState(shipment);
    return {
      meaning: parcelMeaning[state],
      title: parcel.t(`parcelState.${state}`),
      text: parcel.t(`parcelText.${state}`),
    };
  }
  if (status === "PENDING_PAYMENT" && payment.status === "CHALLENGED") {
    return { meaning: "waiting" as const, title: t("outcome.review"), text: t("outcome.reviewText") };
  }
  const payBefore = status === "PENDING_PAYMENT" && isPayable(payment.status) && payment.expiresAt;
  return {
    meaning: orderMeaning[status],
    title: t(`orderStep.${status}`),
    text: payBefore ? t("order.payBefore", { when: at(payBefore) }) : t(`orderStepText.${status}`),
  };
}

/** The customer can have it: it was handed to the courier, and he is not taking it back. */
const mayBeReceived = ({ status, shipment }: OrderDetailFragment): boolean =>
  status === "SHIPPED" && shipment?.status !== "RETURNING" && shipment?.status !== "RETURNED";

function NextStep({ order }: { readonly order: OrderDetailFragment }) {
  const { t } = useBuyingWords();
  const step = useStepWords(order);
  const payable = order.status === "PENDING_PAYMENT" && isPayable(order.payment.status);
  return (
    <section className={styles.step} data-meaning={step.meaning}>
      <div aria-live="polite" data-testid="next-step">
        <h2>{step.title}</h2>
        <p>{step.text}</p>
      </div>
      {payable && (
        <Button component={Link} to={`/payments/${order.payment.id}`} data-testid="continue-payment">
          {t("order.continue")}
        </Button>
      )}
      {mayBeReceived(order) && <ConfirmReceipt order={order} />}
    </section>
  );
}

function History({ order }: { readonly order: OrderDetailFragment }) {
  const { t, at } = useBuyingWords();
  const latestFirst = [...order.history].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <section className={cards.card}>
      <h2>
        <ClockIcon /> {t("order.history")}
      </h2>
      <Timeline
        label={t("order.history")}
        entries={latestFirst.map((change) => {
          const { title, source, note } = historyLine(change);
          return {
            key: `${change.at}-${change.to}`,
            title: t(title ?? `orderStep.${change.to}`),
            when: at(change.at),
            who: t(`source.${source}`),
            note: note && ("key" in note ? t(note.key) : note.words),
          };
        })}
      />
    </section>
  );
}

function MoneyBox({ order }: { readonly order: OrderDetailFragment }) {
  const { t, on } = useBuyingWords();
  return (
    <section className={cards.card}>
      <h2>
        <CardIcon /> {t("order.money")}
      </h2>
      <dl className={cards.rows}>
        <Row label={t("summary.goodsOnly")} value={order.subtotal} />
        <Row label={t("summary.shipping")} value={order.shippingCost} />
        {order.discount > 0 && <Row label={t("summary.discount")} value={-order.discount} />}
        <div className={`${cards.row} ${cards.total}`}>
          <dt>{t("summary.total")}</dt>
          <dd>{money(order.total)}</dd>
        </div>
        <Row label={t("summary.taxInside")} value={order.tax} />
      </dl>
      {order.invoice && (
        <Button
          component="a"
          href={order.invoice.url}
          target="_blank"
          rel="noreferrer"
          variant="light"
          fullWidth
          mt={16}
          leftSection={<DocumentIcon size={18} />}
          data-testid="invoice-link"
        >
          {t("order.invoice")}
        </Button>
      )}
      {order.invoice && (
        <p className={styles.small}>
          {t("order.invoiceOf", { number: order.invoice.number, when: on(order.invoice.issuedAt) })}
        </p>
      )}
    </section>
  );
}

function Row({ label, value }: { readonly label: string; readonly value: number }) {
  return (
    <div className={cards.row}>
      <dt>{label}</dt>
      <dd>{money(value)}</dd>
    </div>
  );
}

function AddressBox({ order }: { readonly order: OrderDetailFragment }) {
  const { t } = useBuyingWords();
  const { shippingAddress: address } = order;
  return (
    <section className={cards.card}>
      <h2>
        <PinIcon /> {t("order.sentTo")}
      </h2>
      <address className={styles.address}>
        <strong>{address.recipient}</strong> · {address.phone}
        <br />
        {address.line}
        <br />
        {placeName(address.destination.label)}
        {address.note && (
          <>
            <br />
            <span className={cards.soft}>{t("order.note", { note: address.note })}</span>
          </>
        )}
      </address>
    </section>
  );
}
