import { Button } from "@mantine/core";
import { Link } from "react-router";
import { SignedInOnly } from "../account/SignedInOnly.tsx";
import type { CoursePaymentFragment } from "../graphql/generated/buying/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { BookIcon, ClockIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { CourseCard } from "./CourseCard.tsx";
import styles from "./CoursesPage.module.css";
import { offerOf } from "./offer.ts";
import { type Standing, standingOf, underWay } from "./owning.ts";
import { useLearner } from "./useLearner.ts";

/** What the caller learns: how far he is in each course, and what of his purchases is not open yet. */
export function CoursesPage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page
        title={t("courses.title")}
        narrow
        aside={
          <Button component={Link} to="/packages" variant="light" size="sm">
            {t("courses.browse")}
          </Button>
        }
      >
        <Mine />
      </Page>
    </SignedInOnly>
  );
}

function Mine() {
  const { t } = useBuyingWords();
  const learner = useLearner(true);
  if (learner.loading) {
    return (
      <Loading>
        <div className={cards.stack}>
          <Bone height={190} />
          <Bone height={190} />
        </div>
      </Loading>
    );
  }
  if (learner.error) return <Failure error={learner.error} onRetry={() => void learner.refetch()} />;
  const open = underWay(learner.payments);
  if (open.length === 0 && learner.enrollments.length === 0) {
    return (
      <Empty
        icon={<BookIcon size={32} />}
        title={t("courses.emptyTitle")}
        text={t("courses.emptyText")}
        action={
          <Button component={Link} to="/packages">
            {t("courses.browse")}
          </Button>
        }
      />
    );
  }
  return (
    <div className={cards.stack}>
      {open.length > 0 && <UnderWay payments={open} />}
      {learner.enrollments.map((enrollment) => (
        <CourseCard key={enrollment.id} enrollment={enrollment} />
      ))}
    </div>
  );
}

const shown = {
  unpaid: { meaning: "waiting", word: "learn.unpaid" },
  checking: { meaning: "waiting", word: "learn.waits" },
  rejected: { meaning: "wrong", word: "paymentStatus.REJECTED" },
} as const satisfies Readonly<Record<Standing, object>>;

function UnderWay({ payments }: { readonly payments: readonly CoursePaymentFragment[] }) {
  const { t, at } = useBuyingWords();
  return (
    <section className={cards.card} data-testid="courses-under-way">
      <h2>
        <ClockIcon /> {t("courses.open")}
      </h2>
      <ul className={styles.open}>
        {payments.map((payment) => {
          const { meaning, word } = shown[standingOf(payment) ?? "checking"];
          return (
            <li key={payment.id}>
              <div>
                <h3>
                  <Link to={`/payments/${payment.id}`}>{payment.package?.name}</Link>
                </h3>
                <p className={cards.soft}>
                  {payment.course && `${payment.course.title} · `}
                  {money(payment.amount)} · {at(payment.createdAt)}
                </p>
                {payment.status === "REJECTED" && (
                  <p className={styles.rejected}>
                    {t("learn.rejected", { why: payment.rejectReason ?? t("learn.noReason") })}{" "}
                    <Link to={offerOf(payment, "proof")}>{t("bought.newProof")}</Link>
                  </p>
                )}
              </div>
              <StatusChip meaning={meaning} label={t(word)} status={payment.status} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
