import { expect, test } from "vitest";
import { BLOCK_KINDS, FRAUD_DECISIONS, FRAUD_VERDICTS } from "../../../domain/payment/fraud.rules.ts";
import { KEY_STATES, SETUP_WARNINGS } from "../../../domain/report/gatewaySetup.rules.ts";
import { signAge } from "../../../web/admin/signAge.ts";
import { gatewayId } from "../../../web/ui/words/gateway.id.ts";

test("every warning, answer, verdict, decision and kind of block has its words", () => {
  const wanted = [
    ...SETUP_WARNINGS.map((word) => `warning.${word}`),
    ...KEY_STATES.map((word) => `key.${word}`),
    ...FRAUD_VERDICTS.map((word) => `verdict.${word}`),
    ...FRAUD_DECISIONS.map((word) => `decision.${word}`),
    ...BLOCK_KINDS.flatMap((word) => [`kind.${word}`, `reason.BLOCKED_${word}`]),
  ];
  expect(wanted.filter((key) => !(key in gatewayId))).toEqual([]);
});

test.each([
  [0, "seconds", 0],
  [119, "seconds", 119],
  [120, "minutes", 2],
  [7_199, "minutes", 119],
  [7_200, "hours", 2],
  [172_799, "hours", 47],
  [172_800, "days", 2],
] as const)("%d seconds ago is told in %s", (seconds, unit, count) => {
  expect(signAge(seconds)).toEqual({ unit, count });
});
