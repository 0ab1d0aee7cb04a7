import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { type OrderDetailFragment, OrderDocument } from "../graphql/generated/buying/graphql.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { ProductPicture } from "../shop/ProductPicture.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money, placeName } from "../ui/format.ts";
import { BagIcon, CardIcon, ClockIcon, DocumentIcon, PinIcon, TruckIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { isOpen, orderMeaning } from "../ui/status.ts";
import { Timeline } from "../ui/Timeline.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import { CancelOrder } from "./CancelOrder.tsx";
import { OrderInstrument } from "./OrderInstrument.tsx";
import styles from "./OrderPage.module.css";
import { SignedInOnly } from "./SignedInOnly.tsx";

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
  useWatch(order?.status === "PENDING_PAYMENT" || order?.status === "CANCEL_REQUESTED", refetch);
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
  return (
    <div className={cards.columns}>
      <div className={cards.stack}>
        <NextStep order={order} />
        {order.status === "PENDING_PAYMENT" && <OrderInstrument order={order} />}
        <Goods order={order} />
        <Parcel order={order} />
        <History order={order} />
      </div>
      <div className={`${cards.stack} ${cards.sticky}`}>
        <MoneyBox order={order} />
        <AddressBox order={order} />
        <CancelOrder order={order} />
      </div>
    </div>
  );
}

function NextStep({ order }: { readonly order: OrderDetailFragment }) {
  const { t, at } = useBuyingWords();
  const payable = order.status === "PENDING_PAYMENT" && isOpen(order.payment.status);
  return (
    <section className={styles.step} data-meaning={orderMeaning[order.status]} aria-live="polite">
      <div>
        <h2>{t(`orderStep.${order.status}`)}</h2>
        <p>
          {payable && order.payment.expiresAt
            ? t("order.payBefore", { when: at(order.payment.expiresAt) })
            : t(`orderStepText.${order.status}`)}
        </p>
      </div>
      {payable && (
        <Button component={Link} to={`/payments/${order.payment.id}`} data-testid="continue-payment">
          {t("order.continue")}
        </Button>
      )}
    </section>
  );
}

function Goods({ order }: { readonly order: OrderDetailFragment }) {
  const { t } = useBuyingWords();
  return (
    <section className={cards.card}>
      <h2>
        <BagIcon /> {t("order.goodsFrom", { store: order.store.name })}
      </h2>
      <ul className={styles.items}>
        {order.items.map((item) => (
          <li key={item.id}>
            <span className={styles.picture}>
              <ProductPicture name={item.productName} url={item.product.imageUrl} />
            </span>
            <div>
              <Link to={`/products/${item.product.slug}`}>{item.productName}</Link>
              <p className={cards.soft}>
                {item.quantity} × {money(item.unitPrice)}
              </p>
            </div>
            <strong className="tabular">{money(item.total)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Parcel({ order }: { readonly order: OrderDetailFragment }) {
  const { t } = useBuyingWords();
  const { shipping } = order;
  return (
    <section className={cards.card}>
      <h2>
        <TruckIcon /> {t("order.parcel")}
      </h2>
      <p>
        <strong>
          {shipping.courier.toUpperCase()} {shipping.service}
        </strong>{" "}
        <span className={cards.soft}>{shipping.description}</span>
      </p>
      <p className={cards.soft}>{t("order.waybillLater")}</p>
    </section>
  );
}

function History({ order }: { readonly order: OrderDetailFragment }) {
  const { t, named, at } = useBuyingWords();
  const latestFirst = [...order.history].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <section className={cards.card}>
      <h2>
        <ClockIcon /> {t("order.history")}
      </h2>
      <Timeline
        label={t("order.history")}
        entries={latestFirst.map((change) => ({
          key: `${change.at}-${change.to}`,
          title: t(`orderStep.${change.to}`),
          when: at(change.at),
          who: t(`source.${change.source}`),
          note: change.reason ? named(`reason.${change.reason}`, change.reason) : null,
        }))}
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
