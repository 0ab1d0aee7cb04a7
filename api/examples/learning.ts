import type { Example } from "./example.ts";

/** Courses, their payments and who approves them. */
export const learning: readonly Example[] = [
  {
    operation: "Query.packages",
    as: "anybody",
    keeps: { packageId: "0.id" },
  },
  { operation: "Query.package", as: "anybody", variables: { id: "$packageId" }, keeps: { courseId: "courses.0.id" } },
  {
    operation: "Mutation.setMember",
    as: "staff",
    variables: { userId: "$newUserId", isMember: true },
    says: "Members may buy at the price of type DIKE, which is refused to anybody else.",
  },
  { operation: "Query.adminUsers", as: "staff", variables: { search: "learner@lunas.test" } },
  { operation: "Query.paymentsToApprove", as: "staff", variables: { first: 10 } },
  {
    operation: "Query.transferAccounts",
    as: "anybody",
    says: "Where a transfer goes of which a proof is shown; set by TRANSFER_ACCOUNTS, and empty in the demo shop.",
  },
  {
    operation: "Mutation.createEnrollmentPayment",
    as: "learner",
    variables: {
      input: {
        packageId: "$packageId",
        courseId: "$courseId",
        type: "UMUM",
        method: "VA_BCA",
        idempotencyKey: "contoh-kursus-1",
      },
    },
    keeps: { paymentId: "id" },
    says: "By a transfer instead: `proofUrl`, the answer of `POST /api/uploads/proofs`.",
  },
  {
    operation: "Mutation.approvePayment",
    as: "service",
    after: "the learner pays",
    variables: { paymentId: "$paymentId" },
    says: "With its enrolments in one transaction, or nothing of it.",
  },
  {
    operation: "Mutation.rejectPayment",
    as: "staff",
    variables: { paymentId: "$paymentId", reason: "Bukti tidak terbaca" },
    refused: "ILLEGAL_TRANSITION",
    says: "A proof that does not show the money; the learner sends a new one.",
  },
  {
    operation: "Query.enrollments",
    as: "learner",
    variables: { first: 10 },
    keeps: { enrollmentId: "nodes.0.id" },
  },
  { operation: "Query.enrollmentStatus", as: "learner", variables: { courseId: "$courseId" } },
  {
    operation: "Mutation.updateEnrollmentProgress",
    as: "learner",
    variables: { enrollmentId: "$enrollmentId", progress: 40 },
    says: "Only grows; 100 finishes the course.",
  },
  { operation: "Query.enrollment", as: "learner", variables: { id: "$enrollmentId" } },
  { operation: "Query.adminEnrollments", as: "service", variables: { courseId: "$courseId", first: 10 } },
  {
    operation: "Mutation.createSubscription",
    as: "learner",
    variables: {
      input: {
        packageId: "$packageId",
        method: "GOPAY",
        linkedAccountId: "$paymentId",
        idempotencyKey: "contoh-langganan-1",
      },
    },
    refused: "NOT_FOUND",
    says: "By the month, charged to a saved card or a linked GoPay account of one's own.",
  },
  { operation: "Query.subscriptions", as: "learner", variables: { first: 10 } },
  {
    operation: "Mutation.cancelSubscription",
    as: "learner",
    variables: { subscriptionId: "$paymentId" },
    refused: "NOT_FOUND",
  },
];
