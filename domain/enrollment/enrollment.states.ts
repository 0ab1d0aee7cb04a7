import { stateTable } from "../kernel/stateTable.ts";

export const ENROLLMENT_STATUSES = ["ENROLLED", "NOT_ENROLLED"] as const;
export type EnrollmentStatus = (typeof ENROLLMENT_STATUSES)[number];

/**
 * What can happen to an enrolment. `granted`: a payment gives it. `grantRevoked`: one of several payments was taken
 * back. `lastGrantRevoked`: the only one was.
 */
export const ENROLLMENT_EVENTS = [
  "granted",
  "grantRevoked",
  "lastGrantRevoked",
  "progressHigher",
  "progressEqual",
  "progressLower",
] as const;
export type EnrollmentEvent = (typeof ENROLLMENT_EVENTS)[number];

/** The life of an enrolment, every state and event. What was learnt is kept in both. */
export const enrollmentStates = stateTable(ENROLLMENT_STATUSES, ENROLLMENT_EVENTS, {
  ENROLLED: {
    granted: "same",
    grantRevoked: "same",
    lastGrantRevoked: "NOT_ENROLLED",
    progressHigher: "same",
    progressEqual: "same",
    progressLower: "never",
  },
  NOT_ENROLLED: {
    granted: "ENROLLED",
    grantRevoked: "same",
    lastGrantRevoked: "same",
    progressHigher: "never",
    progressEqual: "never",
    progressLower: "never",
  },
});
