import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { type OrderCardFragment, OrdersDocument } from "../graphql/generated/buying/graphql.ts";
import { ProductPicture } from "../shop/ProductPicture.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { ReceiptIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { isOpen, orderMeaning } from "../ui/status.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./OrdersPage.module.css";
import { SignedInOnly } from "./SignedInOnly.tsx";

const PAGE = 10;
/** Pictures on a card before it says "and more". */
const MAX_PICTURES = 3;

/** The caller's orders, newest first. */
export function OrdersPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("orders.title")} narrow>
        <OrderList />
      </Page>
    </SignedInOnly>
  );
}

function OrderList() {
  const { t } = useBuyingWords();
  const { data, loading, error, fetchMore, refetch } = useQuery(OrdersDocument, {
    variables: { first: PAGE },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const orders = data?.orders;
  if (!orders && loading) {
    return (
      <Loading>
        <div className={cards.stack}>
          <Bone height={150} />
          <Bone height={150} />
          <Bone height={150} />
        </div>
      </Loading>
    );
  }
  if (!orders) return <Failure error={error} onRetry={() => void refetch()} />;
  if (orders.edges.length === 0) {
    return (
      <Empty
        icon={<ReceiptIcon size={32} />}
        title={t("orders.emptyTitle")}
        text={t("orders.emptyText")}
        action={
          <Button component={Link} to="/">
            {t("cart.browse")}
          </Button>
        }
      />
    );
  }
  return (
    <div className={cards.stack}>
      {orders.edges.map(({ node }) => (
        <OrderCard key={node.id} order={node} />
      ))}
      {orders.pageInfo.hasNextPage && (
        <LoadMore load={() => fetchMore({ variables: { after: orders.pageInfo.endCursor } })} />
      )}
    </div>
  );
}

function OrderCard({ order }: { readonly order: OrderCardFragment }) {
  const { t, at } = useBuyingWords();
  const first = order.items[0];
  const rest = order.items.length - 1;
  const payable = order.status === "PENDING_PAYMENT" && isOpen(order.payment.status);
  return (
    <article className={`${cards.card} ${styles.card}`} data-testid="order-card">
      <header className={styles.head}>
        <div>
          <h2>
            <Link to={`/orders/${order.id}`}>{order.store.name}</Link>
          </h2>
          <p className={styles.meta}>
            {order.number} · {at(order.createdAt)}
          </p>
        </div>
        <StatusChip meaning={orderMeaning[order.status]} label={t(`status.${order.status}`)} status={order.status} />
      </header>
      <div className={styles.goods}>
        {order.items.slice(0, MAX_PICTURES).map((item) => (
          <span key={item.id} className={styles.picture}>
            <ProductPicture name={item.productName} url={item.product.imageUrl} />
          </span>
        ))}
        <p>
          {first?.productName}
          {rest > 0 && <span className={cards.soft}> {t("orders.andMore", { count: rest })}</span>}
        </p>
      </div>
      <footer className={styles.foot}>
        <p>
          <span className={cards.soft}>{t("summary.total")}</span>{" "}
          <strong className="tabular">{money(order.total)}</strong>
        </p>
        {payable && (
          <Button component={Link} to={`/payments/${order.payment.id}`} size="sm" className={styles.above}>
            {t("order.continue")}
          </Button>
        )}
      </footer>
    </article>
  );
}
