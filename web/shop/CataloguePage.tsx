import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type Ref, useEffect, useMemo } from "react";
import { useSearchParams } from "react-router";
import { ProductsDocument, StoresDocument } from "../graphql/generated/shop/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { CheckIcon, SearchIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { useArrival } from "../ui/useArrival.ts";
import { useWords } from "../ui/words.tsx";
import styles from "./CataloguePage.module.css";
import { ProductCard } from "./ProductCard.tsx";

/** A page of cards: fills four rows of four or twelve of two. */
const PAGE = 24;
/** Cards that a first screen shows; their pictures come without waiting. */
const FIRST_SCREEN = 8;

interface Choice {
  readonly q: string;
  readonly stock: boolean;
  readonly store: string;
}

/** The catalogue: what the address asks for (q, stock, store), as cards, page after page. */
export function CataloguePage() {
  const { t } = useWords();
  const heading = useArrival();
  const [params, setParams] = useSearchParams();
  const choice: Choice = {
    q: params.get("q") ?? "",
    stock: params.get("stock") === "1",
    store: params.get("store") ?? "",
  };
  const choose = (change: Partial<Record<"q" | "stock" | "store", string>>) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(change)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const plain = !choice.q && !choice.stock && !choice.store;
  useEffect(() => {
    document.title = choice.q ? `${choice.q} · Lunas` : t("catalogue.documentTitle");
  }, [choice.q, t]);
  return (
    <div className={styles.page}>
      {plain ? (
        <Welcome heading={heading} />
      ) : (
        <h1 ref={heading} tabIndex={-1} className={styles.heading}>
          {choice.q ? t("catalogue.found", { q: choice.q }) : t("catalogue.all")}
        </h1>
      )}
      <ProductList choice={choice} onChoose={choose} />
    </div>
  );
}

function Welcome({ heading }: { readonly heading: Ref<HTMLHeadingElement> }) {
  const { t } = useWords();
  return (
    <section className={styles.welcome}>
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {t("catalogue.welcome")}
        </h1>
        <p>{t("catalogue.welcomeText")}</p>
      </div>
      <svg className={styles.drawing} viewBox="0 0 220 150" aria-hidden="true" focusable="false">
        <circle cx="112" cy="78" r="66" fill="#552044" />
        <path d="M66 66h92l8 66a6 6 0 0 1-6 6H64a6 6 0 0 1-6-6z" fill="#f6c45a" />
        <path d="M88 78V54a24 24 0 0 1 48 0v24" fill="none" stroke="#fdf3dc" strokeWidth="7" strokeLinecap="round" />
        <path
          d="M90 104l16 16 30-34"
          fill="none"
          stroke="#6a2a55"
          strokeWidth="9"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <path d="M24 60c16-10 28-4 30 12-16 4-28-2-30-12z" fill="#7fb08a" />
        <path d="M196 40c-16-8-27-1-27 14 15 4 26-3 27-14z" fill="#7fb08a" />
        <circle cx="186" cy="112" r="7" fill="#e1bcd5" />
        <circle cx="36" cy="112" r="5" fill="#f6c45a" />
      </svg>
    </section>
  );
}

interface ProductListProps {
  readonly choice: Choice;
  onChoose(change: Partial<Record<"q" | "stock" | "store", string>>): void;
}

function ProductList({ choice, onChoose }: ProductListProps) {
  const { t } = useWords();
  const filter = useMemo(
    () => ({
      ...(choice.q && { search: choice.q }),
      ...(choice.store && { storeId: choice.store }),
      ...(choice.stock && { inStock: true }),
    }),
    [choice.q, choice.store, choice.stock],
  );
  const { data, previousData, loading, error, fetchMore, refetch } = useQuery(ProductsDocument, {
    variables: { filter, first: PAGE },
    context: { wait: "none" },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  // What was found before stands until the answer comes, and not in the place of one that doesn't.
  const shown = (data ?? (error ? undefined : previousData))?.products;
  return (
    <>
      <Filters choice={choice} onChoose={onChoose} />
      {error && !shown ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!shown && loading && <CardBones />}
      {shown && shown.edges.length === 0 && !loading && (
        <Empty
          icon={<SearchIcon size={32} />}
          title={t("catalogue.emptyTitle")}
          text={t("catalogue.emptyText")}
          action={
            <Button variant="light" onClick={() => onChoose({ q: "", stock: "", store: "" })}>
              {t("catalogue.showAll")}
            </Button>
          }
        />
      )}
      {shown && (
        <div className={styles.grid} data-stale={(loading && !data) || undefined} aria-busy={loading}>
          {shown.edges.map(({ node }, index) => (
            <ProductCard key={node.id} product={node} eager={index < FIRST_SCREEN} />
          ))}
        </div>
      )}
      {shown?.pageInfo.hasNextPage && (
        <div className={styles.more}>
          <LoadMore load={() => fetchMore({ variables: { after: shown.pageInfo.endCursor } })} />
        </div>
      )}
    </>
  );
}

function Filters({ choice, onChoose }: ProductListProps) {
  const { t } = useWords();
  // Without the stores the catalogue is whole all the same: a failure here is not worth a word.
  const { data } = useQuery(StoresDocument, { context: { wait: "none" } });
  return (
    <fieldset className={styles.filters}>
      <legend className={styles.heard}>{t("catalogue.filters")}</legend>
      <button
        type="button"
        aria-pressed={choice.stock}
        data-testid="in-stock-filter"
        onClick={() => onChoose({ stock: choice.stock ? "" : "1" })}
      >
        {choice.stock && <CheckIcon size={16} />}
        {t("catalogue.inStock")}
      </button>
      {data?.stores.map((store) => (
        <button
          key={store.id}
          type="button"
          aria-pressed={choice.store === store.id}
          data-testid="store-filter"
          onClick={() => onChoose({ store: choice.store === store.id ? "" : store.id })}
        >
          {choice.store === store.id && <CheckIcon size={16} />}
          {store.name}
        </button>
      ))}
    </fieldset>
  );
}

function CardBones() {
  return (
    <Loading>
      <div className={styles.grid}>
        {Array.from({ length: FIRST_SCREEN }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: these never change places
          <div key={index} className={styles.bone}>
            <Bone height="auto" />
            <Bone width="80%" />
            <Bone width="45%" height={20} />
          </div>
        ))}
      </div>
    </Loading>
  );
}
