import { describe, expect, test } from "vitest";
import {
  ENROLLMENT_EVENTS,
  ENROLLMENT_STATUSES,
  type EnrollmentEvent,
  type EnrollmentStatus,
  enrollmentStates,
} from "../../../domain/enrollment/enrollment.states.ts";

// Written by hand, apart from the code: of one who is enrolled, and of one who is not. = nothing changes; x never.
const TABLE: Readonly<Record<EnrollmentEvent, readonly [string, string]>> = {
  granted: ["=", "ENROLLED"],
  grantRevoked: ["=", "="],
  lastGrantRevoked: ["NOT_ENROLLED", "="],
  progressHigher: ["=", "x"],
  progressEqual: ["=", "x"],
  progressLower: ["x", "x"],
};

const cells = ENROLLMENT_EVENTS.flatMap((event) =>
  TABLE[event].map((cell, i) => ({ event, from: ENROLLMENT_STATUSES[i] as EnrollmentStatus, cell })),
);

describe("the life of an enrolment", () => {
  test.each(cells)("$from and $event: $cell", ({ event, from, cell }) => {
    const next = cell === "=" || cell === "x" ? from : cell;
    const kind = cell === "=" ? "same" : cell === "x" ? "never" : "moved";
    expect(enrollmentStates.verdict(from, event)).toEqual({ next, kind, opensCase: false });
  });
});
