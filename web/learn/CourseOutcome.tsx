import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { CoursePurchaseDocument, type PaymentStateFragment } from "../graphql/generated/buying/graphql.ts";
import { Board } from "../shop/Board.tsx";
import { Bone } from "../ui/Bone.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { isSettled } from "../ui/status.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import { offerOf } from "./offer.ts";
import type { CoursePurchase } from "./useCoursePurchase.ts";

/** What became of a payment for courses: waiting for staff, opened, not believed, or over. It follows staff's word. */
export function CourseOutcome({ payment }: { readonly payment: PaymentStateFragment }) {
  const { data, error, refetch } = useQuery(CoursePurchaseDocument, {
    variables: { id: payment.id },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const purchase = data?.payment;
  const { status } = payment;
  // The page's own look at the payment brings a new status, and not what came with it: the reason, the courses.
  const [seen, setSeen] = useState(status);
  const look = () => refetch().then(() => setSeen(status));
  // biome-ignore lint/correctness/useExhaustiveDependencies: at once when the status changes, then by the watch
  useEffect(() => {
    if (seen !== status) look().catch(() => undefined);
  }, [status]);
  useWatch(seen !== status || (purchase?.status === "PAID" && purchase.type !== null), look);
  if (error && !purchase) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!purchase) {
    return (
      <Loading>
        <Bone height={300} />
      </Loading>
    );
  }
  return purchase.type ? <Bought purchase={purchase} /> : <Month payment={payment} />;
}

function Bought({ purchase }: { readonly purchase: CoursePurchase }) {
  const open = purchase.enrollments.filter(({ status }) => status === "ENROLLED");
  if (purchase.status === "PAID") return <Waiting purchase={purchase} />;
  if (purchase.status === "REJECTED") return <Rejected purchase={purchase} />;
  if (open.length > 0) return <Opened titles={open.map(({ course }) => course.title)} />;
  return <Over purchase={purchase} />;
}

function Waiting({ purchase }: { readonly purchase: CoursePurchase }) {
  const { t } = useBuyingWords();
  const isProof = purchase.channel === "MANUAL_TRANSFER";
  const opensByItself = purchase.package?.approval === "AUTO";
  const kind = isProof ? "proofWaiting" : opensByItself ? "opening" : "paidWaiting";
  return (
    <Board
      meaning="waiting"
      title={t(`bought.${kind}`)}
      text={t(`bought.${kind}Text`, { amount: money(purchase.amount) })}
    >
      <Button component={Link} to="/courses" variant="light">
        {t("learn.mine")}
      </Button>
      {purchase.proofUrl && (
        <Button
          component="a"
          href={purchase.proofUrl}
          target="_blank"
          rel="noreferrer"
          variant="subtle"
          leftSection={<DocumentIcon size={18} />}
          data-testid="sent-proof"
        >
          {t("proof.seeSent")}
        </Button>
      )}
    </Board>
  );
}

function Opened({ titles }: { readonly titles: readonly string[] }) {
  const { t } = useBuyingWords();
  return (
    <Board meaning="good" title={t("bought.approved")} text={t("bought.approvedText", { courses: titles.join(", ") })}>
      <Button component={Link} to="/courses" data-testid="go-learn">
        {t("learn.goLearn")}
      </Button>
    </Board>
  );
}

function Rejected({ purchase }: { readonly purchase: CoursePurchase }) {
  const { t } = useBuyingWords();
  return (
    <Board
      meaning="wrong"
      title={t("bought.rejected")}
      text={t("bought.rejectedText", { why: purchase.rejectReason ?? t("learn.noReason") })}
    >
      <Button component={Link} to={offerOf(purchase, "proof")} data-testid="new-proof">
        {t("bought.newProof")}
      </Button>
    </Board>
  );
}

/** Nothing of it is open: it was never paid, or its money went back. */
function Over({ purchase }: { readonly purchase: CoursePurchase }) {
  const { t } = useBuyingWords();
  const wentBack = isSettled(purchase.status) || purchase.status === "CHARGEBACK";
  const kind = wentBack ? "refunded" : "ended";
  return (
    <Board meaning="ended" title={t(`bought.${kind}`)} text={t(`bought.${kind}Text`)}>
      <Button component={Link} to={offerOf(purchase, null)}>
        {t("bought.again")}
      </Button>
      <Button component={Link} to="/courses" variant="light">
        {t("learn.mine")}
      </Button>
    </Board>
  );
}

/** A month of a subscription, which has its own page. */
function Month({ payment }: { readonly payment: PaymentStateFragment }) {
  const { t, at } = useBuyingWords();
  const isPaid = isSettled(payment.status);
  const end = payment.status === "EXPIRED" ? "expired" : payment.status === "CANCELLED" ? "cancelled" : "failed";
  const title = isPaid ? t("outcome.paid") : t(`outcome.${end}`);
  const text = isPaid
    ? t("outcome.paidCourseText", { amount: money(payment.amount), when: at(payment.paidAt) })
    : t(`outcome.${end}CourseText`);
  const meaning = isPaid ? "good" : end === "failed" ? "wrong" : "ended";
  return (
    <Board meaning={meaning} title={title} text={text}>
      <Button component={Link} to="/account/subscriptions" variant="light">
        {t("subscriptions.title")}
      </Button>
    </Board>
  );
}
