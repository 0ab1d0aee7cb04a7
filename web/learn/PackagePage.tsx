import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { PackageDocument, type PackageQuery } from "../graphql/generated/buying/graphql.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { BackIcon, BookIcon, CheckIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { BuyBox } from "./BuyBox.tsx";
import { ownedCourses } from "./owning.ts";
import styles from "./PackagePage.module.css";
import { packageKind } from "./packageKind.ts";
import { useLearner } from "./useLearner.ts";

export type SoldPackage = NonNullable<PackageQuery["package"]>;

/** One package: its courses and what of them one owns, its prices, and buying it. */
export function PackagePage() {
  const { t } = useBuyingWords();
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(PackageDocument, {
    variables: { id },
    context: { wait: "none" },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const sold = data?.package;
  if (data && !sold && !loading) return <LostPage />;
  return (
    <Page
      title={sold?.name ?? t("packages.title")}
      aside={
        <Link to="/packages" className={styles.back}>
          <BackIcon size={16} /> {t("learn.otherPackages")}
        </Link>
      }
    >
      {error && !sold ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!sold && loading && (
        <Loading>
          <div className={cards.columns}>
            <Bone height={300} />
            <Bone height={360} />
          </div>
        </Loading>
      )}
      {sold && <View sold={sold} />}
    </Page>
  );
}

function View({ sold }: { readonly sold: SoldPackage }) {
  const { t } = useBuyingWords();
  const learner = useLearner(true);
  const owned = ownedCourses(learner.enrollments);
  return (
    <div className={cards.columns}>
      <section className={cards.card}>
        <h2>
          <BookIcon /> {t(packageKind(sold), { count: sold.courses.length })}
        </h2>
        <ul className={styles.courses} aria-label={t("learn.inside")}>
          {sold.courses.map((course) => (
            <li key={course.id} data-owned={owned.has(course.id) || undefined}>
              {owned.has(course.id) ? <CheckIcon /> : <BookIcon />}
              <div>
                <strong>{course.title}</strong>
                <p className={cards.soft}>{course.description}</p>
                {owned.has(course.id) && <span className={styles.owned}>{t("learn.owned")}</span>}
              </div>
            </li>
          ))}
        </ul>
      </section>
      <div className={cards.sticky}>
        {learner.loading ? (
          <Loading>
            <Bone height={360} />
          </Loading>
        ) : (
          <BuyBox key={sold.id} sold={sold} learner={learner} />
        )}
      </div>
    </div>
  );
}
