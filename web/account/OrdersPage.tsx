import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useSearchParams } from "react-router";
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
import { isPayable, type OrderStatus, orderMeaning } from "../ui/status.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import { OrderFilters } from "./OrderFilters.tsx";
import styles from "./OrdersPage.module.css";
import { isBackwards, type OrderChoice, orderFilter, readChoice } from "./orderFilters.ts";
import { SignedInOnly } from "./SignedInOnly.tsx";

const PAGE = 10;
/** What waits for an answer of these very minutes: the gateway's or the courier's. */
const MOVES_SOON: ReadonlySet<OrderStatus> = new Set<OrderStatus>(["PENDING_PAYMENT", "CANCEL_REQUESTED"]);
/** Pictures on a card before it says "and more". */
const MAX_PICTURES = 3;

/** The caller's orders, newest first, as the address filters them. */
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
  const [params, setParams] = useSearchParams();
  const choice = readChoice(params);
  const choose = (part: Partial<Record<keyof OrderChoice, string>>) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(part)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <>
      <OrderFilters choice={choice} onChoose={choose} />
      {!isBackwards(choice) && <Found choice={choice} onClear={() => setParams({}, { replace: true })} />}
    </>
  );
}

interface FoundProps {
  readonly choice: OrderChoice;
  onClear(): void;
}

function Found({ choice, onClear }: FoundProps) {
  const { t } = useBuyingWords();
  const filter = orderFilter(choice);
  const isFiltered = Object.keys(filter).length > 0;
  const { data, previousData, loading, error, fetchMore, refetch } = useQuery(OrdersDocument, {
    variables: { first: PAGE, ...(isFiltered && { filter }) },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
    // A look at the first page leaves the others where they are.
    refetchWritePolicy: "merge",
  });
  // What was found before stands until the answer comes, and not in the place of one that doesn't.
  const orders = (data ?? (error ? undefined : previousData))?.orders;
  useWatch(orders?.edges.some(({ node }) => MOVES_SOON.has(node.status)) ?? false, () => refetch());
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
  const isStale = loading && !data;
  if (orders.edges.length === 0 && !isStale) return <NoOrders onClear={isFiltered ? onClear : null} />;
  return (
    <div className={cards.stack} aria-busy={isStale}>
      {isFiltered && (
        <p className={styles.found} role="status" data-testid="orders-found">
          {isStale ? t("common.loading") : t("orders.found", { count: orders.totalCount })}
          <Button variant="subtle" size="sm" onClick={onClear} data-testid="clear-filters">
            {t("orders.clear")}
          </Button>
        </p>
      )}
      <div className={`${cards.stack} ${styles.list}`} data-stale={isStale || undefined}>
        {orders.edges.map(({ node }) => (
          <OrderCard key={node.id} order={node} />
        ))}
      </div>
      {orders.pageInfo.hasNextPage && !isStale && (
        <LoadMore load={() => fetchMore({ variables: { after: orders.pageInfo.endCursor } })} />
      )}
    </div>
  );
}

/** Null: nothing is filtered, so there are none at all. */
function NoOrders({ onClear }: { readonly onClear: (() => void) | null }) {
  const { t } = useBuyingWords();
  if (onClear) {
    return (
      <Empty
        icon={<ReceiptIcon size={32} />}
        title={t("orders.noneTitle")}
        text={t("orders.noneText")}
        action={
          <Button variant="light" onClick={onClear} data-testid="clear-filters">
            {t("orders.clear")}
          </Button>
        }
      />
    );
  }
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

function OrderCard({ order }: { readonly order: OrderCardFragment }) {
  const { t, at } = useBuyingWords();
  const first = order.items[0];
  const rest = order.items.length - 1;
  const payable = order.status === "PENDING_PAYMENT" && isPayable(order.payment.status);
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
