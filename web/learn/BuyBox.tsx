import { Button } from "@mantine/core";
import { Link } from "react-router";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { BuyForm } from "./BuyForm.tsx";
import { ownedCourses } from "./owning.ts";
import styles from "./PackagePage.module.css";
import type { SoldPackage } from "./PackagePage.tsx";
import type { Learner } from "./useLearner.ts";

interface BuyBoxProps {
  readonly sold: SoldPackage;
  readonly learner: Learner;
}

/** Buying a package, or why there is nothing to buy. */
export function BuyBox({ sold, learner }: BuyBoxProps) {
  const { t } = useBuyingWords();
  const owned = ownedCourses(learner.enrollments);
  const left = sold.courses.filter(({ id }) => !owned.has(id));
  return (
    <section className={`${cards.card} ${cards.stack}`} aria-label={t("learn.price")} data-testid="buy-box">
      {learner.error ? <Failure error={learner.error} onRetry={() => void learner.refetch()} /> : null}
      {!learner.signedIn && <ForVisitors sold={sold} />}
      {learner.signedIn && left.length === 0 && <AllOwned />}
      {learner.signedIn && left.length > 0 && sold.isBundle && left.length < sold.courses.length && <SomeOwned />}
      {learner.signedIn && left.length > 0 && (!sold.isBundle || left.length === sold.courses.length) && (
        <BuyForm sold={sold} learner={learner} owned={owned} />
      )}
      {sold.monthlyPrice && left.length > 0 && (
        <p className={styles.monthly}>
          <Link to={`/packages/${sold.id}/subscribe`}>
            {t("learn.orMonthly", { amount: money(sold.monthlyPrice) })}
          </Link>
        </p>
      )}
    </section>
  );
}

function ForVisitors({ sold }: Pick<BuyBoxProps, "sold">) {
  const { t } = useBuyingWords();
  return (
    <>
      <h2>{t("learn.price")}</h2>
      <dl className={cards.rows}>
        {sold.prices.map(({ type, price }) => (
          <div key={type} className={cards.row}>
            <dt>{t(`priceFor.${type}`)}</dt>
            <dd>
              <strong>{money(price)}</strong>
            </dd>
          </div>
        ))}
      </dl>
      <Button component={Link} to={`/login?next=/packages/${sold.id}`} size="lg" fullWidth data-testid="sign-in-to-buy">
        {t("learn.signIn")}
      </Button>
    </>
  );
}

function AllOwned() {
  const { t } = useBuyingWords();
  return (
    <div className={styles.note} data-meaning="good" data-testid="all-owned">
      <p>{t("learn.allOwned")}</p>
      <Button component={Link} to="/courses">
        {t("learn.goLearn")}
      </Button>
    </div>
  );
}

function SomeOwned() {
  const { t } = useBuyingWords();
  return (
    <div className={styles.note} data-meaning="waiting" data-testid="some-owned">
      <p>{t("learn.someOwned")}</p>
      <Button component={Link} to="/packages" variant="default">
        {t("learn.otherPackages")}
      </Button>
    </div>
  );
}
