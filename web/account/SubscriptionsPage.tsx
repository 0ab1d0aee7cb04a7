import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { SubscriptionsDocument } from "../graphql/generated/buying/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { RefreshIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import { SignedInOnly } from "./SignedInOnly.tsx";
import { isUnsettled, SubscriptionCard } from "./SubscriptionCard.tsx";

const PAGE = 10;

/** What the caller pays for by the month: how it stands, when the next month is charged, and the way to end it. */
export function SubscriptionsPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("subscriptions.title")} narrow>
        <SubscriptionList />
      </Page>
    </SignedInOnly>
  );
}

function SubscriptionList() {
  const { t, spoken } = useBuyingWords();
  const { data, loading, error, fetchMore, refetch } = useQuery(SubscriptionsDocument, {
    variables: { first: PAGE, language: spoken },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
    // A look at the first page leaves the others where they are.
    refetchWritePolicy: "merge",
  });
  const list = data?.subscriptions;
  useWatch(list?.edges.some(({ node }) => isUnsettled(node.state)) ?? false, refetch);
  if (!list && loading) {
    return (
      <Loading>
        <div className={cards.stack}>
          <Bone height={200} />
          <Bone height={200} />
        </div>
      </Loading>
    );
  }
  if (!list) return <Failure error={error} onRetry={() => void refetch()} />;
  if (list.edges.length === 0) {
    return (
      <Empty
        icon={<RefreshIcon size={32} />}
        title={t("subscriptions.emptyTitle")}
        text={t("subscriptions.emptyText")}
        action={
          <Button component={Link} to="/packages">
            {t("subscriptions.browse")}
          </Button>
        }
      />
    );
  }
  return (
    <div className={cards.stack}>
      {list.edges.map(({ node }) => (
        <SubscriptionCard key={node.id} subscription={node} />
      ))}
      {list.pageInfo.hasNextPage && (
        <LoadMore load={() => fetchMore({ variables: { after: list.pageInfo.endCursor } })} />
      )}
    </div>
  );
}
