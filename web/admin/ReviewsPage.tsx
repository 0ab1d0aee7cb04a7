import { Link } from "react-router";
import { AdminReviewsDocument, type DeskReviewFragment, type ReviewState } from "../graphql/generated/admin/graphql.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { ArchiveReview } from "./ArchiveReview.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, FilterBar, TextFilter } from "./Filters.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

const MEANINGS: Readonly<Record<ReviewState, Meaning>> = { SHOWN: "good", TAKEN_BACK: "ended", TAKEN_DOWN: "wrong" };
const STATES = Object.keys(MEANINGS) as ReviewState[];
const STARS = ["5", "4", "3", "2", "1"];
/** A long review is read when its row is opened. */
const SHOWN_CHARS = 90;

const stateOf = ({ isArchived, isActive }: DeskReviewFragment): ReviewState => {
  if (isArchived) return "TAKEN_DOWN";
  return isActive ? "SHOWN" : "TAKEN_BACK";
};

/** Every review, also those that are not shown any more; none is ever deleted here. */
export function ReviewsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["q", "state", "rating", "product"]);
  const { q, state, rating, product } = filters.values;
  const asked = {
    search: q || null,
    state: STATES.find((known) => known === state) ?? null,
    rating: STARS.includes(rating) ? Number(rating) : null,
    productId: product || null,
  };
  const list = useList(AdminReviewsDocument, asked, (data) => data.adminReviews);
  useListWatch(list);
  const named = list.connection?.edges[0]?.node.product;
  return (
    <Page title={t("deskReviews.title")}>
      <FilterBar onClear={filters.clear}>
        <TextFilter
          label={t("admin.search")}
          hint={t("deskReviews.search")}
          value={q}
          onChange={(value) => filters.set("q", value)}
        />
        <ChoiceFilter
          label={t("deskReviews.state")}
          any={t("deskReviews.anyState")}
          value={state}
          options={STATES.map((value) => ({ value, label: t(`reviewState.${value}`) }))}
          onChange={(value) => filters.set("state", value)}
        />
        <ChoiceFilter
          label={t("deskReviews.rating")}
          any={t("deskReviews.anyRating")}
          value={rating}
          options={STARS.map((value) => ({ value, label: t("deskReviews.stars", { count: value }) }))}
          onChange={(value) => filters.set("rating", value)}
        />
        {product && named?.id === product && <p>{t("deskReviews.onlyProduct", { name: named.name })}</p>}
      </FilterBar>
      <DataTable
        label={t("deskReviews.title")}
        columns={useColumns()}
        list={list}
        onClear={filters.clear}
        detail={(review) => <ArchiveReview review={review} />}
      />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<DeskReviewFragment>> {
  const { t, at } = useDeskWords();
  return [
    {
      key: "product",
      label: t("deskReviews.product"),
      cell: ({ product }) => (
        <Link to={`/admin/reviews?product=${product.id}`} title={t("deskReviews.ofProduct")}>
          {product.name}
        </Link>
      ),
    },
    {
      key: "stars",
      label: t("deskReviews.rating"),
      fit: "whole",
      cell: ({ rating }) =>
        rating ? (
          <span role="img" aria-label={t("deskReviews.stars", { count: rating })}>
            {"★".repeat(rating)}
          </span>
        ) : (
          <small>{t("deskReviews.noStars")}</small>
        ),
    },
    {
      key: "comment",
      label: t("deskReviews.comment"),
      cell: ({ comment }) => (comment.length > SHOWN_CHARS ? `${comment.slice(0, SHOWN_CHARS)}…` : comment),
    },
    { key: "author", label: t("deskReviews.author"), cell: (row) => row.author },
    {
      key: "state",
      label: t("deskReviews.state"),
      cell: (row) => {
        const state = stateOf(row);
        return (
          <StatusChip
            meaning={MEANINGS[state]}
            label={t(`reviewState.${state}`)}
            status={state}
            testId="review-state"
          />
        );
      },
    },
    { key: "written", label: t("deskReviews.written"), fit: "moment", cell: (row) => at(row.createdAt) },
  ];
}
