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
import { ownedCourses } from "./owning.ts";
import styles from "./PackagesPage.module.css";
import { packageKind } from "./packageKind.ts";
import { useLearner } from "./useLearner.ts";

type Package = PackagesQuery["packages"][number];

/** What a learner can take: each package with its courses and prices. */
export function PackagesPage() {
  const { t } = useBuyingWords();
  const { data, loading, error, refetch } = useQuery(PackagesDocument, { context: { wait: "none" } });
  // What somebody owns is a help here; without it the packages are whole all the same.
  const learner = useLearner();
  const owned = ownedCourses(learner.enrollments);
  return (
    <Page
      title={t("packages.title")}
      aside={
        learner.signedIn && (
          <Button component={Link} to="/courses" variant="light" size="sm" data-testid="my-courses">
            {t("learn.mine")}
          </Button>
        )
      }
    >
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
          <PackageCard key={one.id} one={one} owned={owned} />
        ))}
      </div>
    </Page>
  );
}

interface PackageCardProps {
  readonly one: Package;
  readonly owned: ReadonlySet<string>;
}

function PackageCard({ one, owned }: PackageCardProps) {
  const { t } = useBuyingWords();
  const mine = one.courses.filter(({ id }) => owned.has(id)).length;
  return (
    <article className={`${cards.card} ${styles.card}`} data-testid="package-card">
      <p className={styles.kinds}>
        <span className={styles.kind}>{t(packageKind(one), { count: one.courses.length })}</span>
        {mine > 0 && (
          <span className={styles.owned} data-testid="package-owned">
            {mine === one.courses.length
              ? t("learn.owned")
              : t("learn.ownedSome", { count: mine, all: one.courses.length })}
          </span>
        )}
      </p>
      <h2>
        <Link to={`/packages/${one.id}`}>{one.name}</Link>
      </h2>
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
      <div className={cards.actions}>
        <Button component={Link} to={`/packages/${one.id}`} data-testid="see-package">
          {t("learn.see")}
        </Button>
        {one.monthlyPrice && (
          <Button component={Link} to={`/packages/${one.id}/subscribe`} variant="light" data-testid="subscribe-link">
            {t("packages.subscribe")}
          </Button>
        )}
      </div>
      <p className={styles.approval}>{t(`approval.${one.approval}`)}</p>
    </article>
  );
}
