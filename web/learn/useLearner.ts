import { useQuery } from "@apollo/client/react";
import { usePerson } from "../account/usePerson.ts";
import {
  type CoursePaymentFragment,
  CoursePaymentsDocument,
  type LearningFragment,
  MyCoursesDocument,
  type PaymentStatus,
} from "../graphql/generated/buying/graphql.ts";
import { useWatch } from "../ui/useWatch.ts";
import { standingOf, underWay } from "./owning.ts";

/** More courses than the shop has; the largest page that the server gives. */
const MAX_COURSES = 100;
/** The latest are enough: what is under way was begun not long ago. */
const LATEST_PAYMENTS = 50;

const TELLING: PaymentStatus[] = ["PENDING", "CHALLENGED", "PAID", "APPROVED", "REJECTED"];

export interface Learner {
  readonly signedIn: boolean;
  readonly isMember: boolean;
  readonly enrollments: readonly LearningFragment[];
  /** For courses, newest first. */
  readonly payments: readonly CoursePaymentFragment[];
  /** What somebody owns is not known yet. */
  readonly loading: boolean;
  readonly error: unknown;
  refetch(): Promise<unknown>;
}

/** What the caller owns and is buying, kept as it is while he `follows` it; nothing for a visitor. */
export function useLearner(follows = false): Learner {
  const { signedIn, person, loading: asksWho } = usePerson();
  const owns = useQuery(MyCoursesDocument, {
    variables: { first: MAX_COURSES },
    skip: !signedIn,
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const buys = useQuery(CoursePaymentsDocument, {
    variables: { first: LATEST_PAYMENTS, filter: { purpose: "ENROLLMENT", status: TELLING } },
    skip: !signedIn,
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const payments = signedIn ? (buys.data?.payments.edges.map(({ node }) => node) ?? []) : [];
  // In turn: a payment that is approved ends the watch, and what it opened must be of no earlier moment.
  const refetch = () => buys.refetch().then(() => owns.refetch());
  // What is paid and looked at opens by other people's word, or by itself.
  useWatch(follows && underWay(payments).some((payment) => standingOf(payment) !== "rejected"), refetch);
  const isKnown = owns.data !== undefined && buys.data !== undefined;
  return {
    signedIn,
    isMember: person?.isMember ?? false,
    enrollments: signedIn ? (owns.data?.enrollments.edges.map(({ node }) => node) ?? []) : [],
    payments,
    loading: asksWho || (signedIn && !isKnown && (owns.loading || buys.loading)),
    error: isKnown ? undefined : (owns.error ?? buys.error),
    refetch,
  };
}
