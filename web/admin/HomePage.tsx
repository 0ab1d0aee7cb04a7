import { useQuery } from "@apollo/client/react";
import { AlertsDocument } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { CheckIcon } from "../ui/icons/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { useWatch } from "../ui/useWatch.ts";
import { AlertCard } from "./AlertsPage.tsx";
import { BehindTheDesk } from "./BehindTheDesk.tsx";
import styles from "./HomePage.module.css";
import { HomeTiles } from "./HomeTiles.tsx";
import { useDeskWords } from "./useDeskWords.ts";

/** Alerts that the front page shows before it leads to their list. */
const SHOWN = 5;

/** What needs a person now: the counts that lead to their lists, then the open alerts. */
export function HomePage() {
  const { t } = useDeskWords();
  const { data, loading, error, refetch } = useQuery(AlertsDocument, {
    variables: { open: true, first: SHOWN },
    fetchPolicy: "no-cache",
  });
  useWatch(true, () => refetch());
  const open = data?.alerts;
  return (
    <Page title={t("admin.home")}>
      <HomeTiles />
      <section className={cards.stack}>
        <h2>{t("admin.openAlerts")}</h2>
        {error && !open ? <Failure error={error} onRetry={() => void refetch()} /> : null}
        {!open && loading && <Bone height={90} />}
        {open?.edges.length === 0 && (
          <p className={styles.calm}>
            <CheckIcon /> {t("admin.noAlerts")}
          </p>
        )}
        {open?.edges.map(({ node }) => (
          <AlertCard key={node.id} alert={node} />
        ))}
        <BehindTheDesk />
      </section>
    </Page>
  );
}
