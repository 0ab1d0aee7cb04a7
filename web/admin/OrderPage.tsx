import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { AdminOrderDocument, type StaffOrderFragment } from "../graphql/generated/admin/graphql.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money, placeName } from "../ui/format.ts";
import { BackIcon, BagIcon, ClockIcon, PersonIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { orderMeaning } from "../ui/status.ts";
import { Timeline } from "../ui/Timeline.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { GiveBack } from "./GiveBack.tsx";
import { orderMoneyStrip } from "./moneyStrip.ts";
import styles from "./OrderPage.module.css";
import { ParcelBox } from "./ParcelBox.tsx";
import { PaymentActions } from "./PaymentActions.tsx";
import { MoneyStrip, Transactions } from "./PaymentParts.tsx";
import { PaymentRefunds } from "./PaymentRefunds.tsx";
import { StaffCancel } from "./StaffCancel.tsx";
import { useDeskWords } from "./useDeskWords.ts";

/** One order: what happened, how its money stands, and what staff can do. */
export function OrderPage() {
  const { t } = useDeskWords();
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(AdminOrderDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const order = data?.order;
  // Customers, workers, couriers and colleagues move it.
  useWatch(!!order, () => refetch(), order ? newsOf(order) : "");
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
      <Link to="/admin/orders" className={styles.back}>
        <BackIcon size={18} /> {t("admin.orders")}
      </Link>
      {error && !order ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!order && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {order && <OrderView order={order} />}
    </Page>
  );
}

/** Changes with whatever may have more follow. */
const newsOf = ({ updatedAt, payment, shipment }: StaffOrderFragment): string =>
  [updatedAt, payment.status, shipment?.status, shipment?.booking?.pickupWhy].join(" ");

function OrderView({ order }: { readonly order: StaffOrderFragment }) {
  return (
    <div className={cards.stack}>
      <MoneyStrip strip={orderMoneyStrip(order)} />
      <div className={cards.columns}>
        <div className={cards.stack}>
          <Transactions payment={order.payment} isLinked />
          <PaymentRefunds paymentId={order.payment.id} orderId={order.id} />
          <ParcelBox order={order} />
          <Goods order={order} />
          <Customer order={order} />
        </div>
        <div className={cards.stack}>
          <PaymentActions payment={order.payment} />
          <StaffCancel order={order} />
          <GiveBack paymentId={order.payment.id} orders={[order]} refundable={orderMoneyStrip(order).refundable} />
          <History order={order} />
        </div>
      </div>
    </div>
  );
}

function Goods({ order }: { readonly order: StaffOrderFragment }) {
  const { t } = useDeskWords();
  return (
    <section className={cards.card}>
      <h2>
        <BagIcon /> {t("admin.goods")} · {order.store.name}
      </h2>
      <dl className={cards.rows}>
        {order.items.map((item) => (
          <div key={item.id} className={cards.row}>
            <dt>
              {item.quantity} × {item.productName}
            </dt>
            <dd>{money(item.total)}</dd>
          </div>
        ))}
        <div className={cards.row}>
          <dt>{t("summary.shipping")}</dt>
          <dd>{money(order.shippingCost)}</dd>
        </div>
        <div className={`${cards.row} ${cards.total}`}>
          <dt>{t("summary.total")}</dt>
          <dd>{money(order.total)}</dd>
        </div>
        <div className={cards.row}>
          <dt>{t("summary.taxInside")}</dt>
          <dd>{money(order.tax)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Customer({ order }: { readonly order: StaffOrderFragment }) {
  const { t } = useDeskWords();
  const { user } = order.payment;
  const { shippingAddress: address } = order;
  return (
    <section className={cards.card}>
      <h2>
        <PersonIcon /> {t("admin.customerBox")}
      </h2>
      <p>
        <strong>{user.name}</strong> ·{" "}
        <Link to={`/admin/orders?q=${encodeURIComponent(user.email)}`}>{user.email}</Link>
        {user.phone && ` · ${user.phone}`}
      </p>
      <address className={styles.address}>
        {address.recipient} · {address.phone}
        <br />
        {address.line}
        <br />
        {placeName(address.destination.label)}
        {address.note && (
          <>
            <br />
            {t("order.note", { note: address.note })}
          </>
        )}
      </address>
    </section>
  );
}

function History({ order }: { readonly order: StaffOrderFragment }) {
  const { t, named, at } = useDeskWords();
  return (
    <section className={cards.card}>
      <h2>
        <ClockIcon /> {t("order.history")}
      </h2>
      <Timeline
        label={t("order.history")}
        entries={[...order.history]
          .sort((a, b) => b.at.localeCompare(a.at))
          .map((change) => ({
            key: `${change.at}-${change.to}`,
            title: `${change.from ? `${t(`status.${change.from}`)} → ` : ""}${t(`status.${change.to}`)}`,
            when: at(change.at),
            who: t(`deskSource.${change.source}`),
            note: [change.reason && named(`reason.${change.reason}`, change.reason), change.externalStatus]
              .filter(Boolean)
              .join(" · "),
          }))}
      />
    </section>
  );
}
