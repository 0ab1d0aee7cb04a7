import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { PackagesDocument, type PackagesQuery } from "../graphql/generated/shop/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { BookIcon, CheckIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./PackagesPage.module.css";

type Package = PackagesQuery["packages"][number];

/** What a learner can take: each package with its courses and prices. */
export function PackagesPage() {
  const { t } = useBuyingWords();
  const { data, loading, error, refetch } = useQuery(PackagesDocument, { context: { wait: "none" } });
  return (
    <Page title={t("packages.title")}>
      <p className={styles.lead}>{t("packages.text")}</p>
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!data && loading && (
        <Loading>
          <div className={styles.grid}>
            <Bone height={260} />
            <Bone height={260} />
            <Bone height={260} />
          </div>
        </Loading>
      )}
      {data?.packages.length === 0 && (
        <Empty
          icon={<BookIcon size={32} />}
          title={t("packages.emptyTitle")}
          text={t("packages.emptyText")}
          action={
            <Button component={Link} to="/">
              {t("common.toShop")}
            </Button>
          }
        />
      )}
      <div className={styles.grid}>
        {data?.packages.map((one) => (
          <PackageCard key={one.id} one={one} />
        ))}
      </div>
    </Page>
  );
}

const kindOf = (one: Package) => {
  if (one.isBundle) return "packages.bundle";
  return one.courses.length === 1 ? "packages.single" : "packages.oneOf";
};

function PackageCard({ one }: { readonly one: Package }) {
  const { t } = useBuyingWords();
  return (
    <article className={`${cards.card} ${styles.card}`} data-testid="package-card">
      <p className={styles.kind}>{t(kindOf(one), { count: one.courses.length })}</p>
      <h2>{one.name}</h2>
      <ul className={styles.courses}>
        {one.courses.map((course) => (
          <li key={course.id}>
            <CheckIcon size={18} />
            <div>
              <strong>{course.title}</strong>
              <p className={cards.soft}>{course.description}</p>
            </div>
          </li>
        ))}
      </ul>
      <dl className={styles.prices}>
        {one.prices.map((price) => (
          <div key={price.type}>
            <dt>{t(`priceFor.${price.type}`)}</dt>
            <dd>{money(price.price)}</dd>
          </div>
        ))}
        {one.monthlyPrice && (
          <div>
            <dt>{t("packages.monthly")}</dt>
            <dd>{money(one.monthlyPrice)}</dd>
          </div>
        )}
      </dl>
      {one.monthlyPrice && (
        <Button component={Link} to={`/packages/${one.id}/subscribe`} variant="light" data-testid="subscribe-link">
          {t("packages.subscribe")}
        </Button>
      )}
      <p className={styles.approval}>{t(`approval.${one.approval}`)}</p>
    </article>
  );
}
