import type { App } from "../domain/app.ts";
import { markAbandonedCarts } from "../domain/catalog/markAbandonedCarts.ts";
import { purgeUploads } from "../domain/enrollment/purgeUploads.ts";
import { trackShipments } from "../domain/fulfilment/trackShipments.ts";
import { closeSpareTries } from "../domain/payment/closeSpareTries.ts";
import { sweepPaymentWindows } from "../domain/payment/endPaymentWindow.ts";
import { keepSavedCards } from "../domain/payment/keepSavedCards.ts";
import { pollAccounts } from "../domain/payment/pollAccounts.ts";
import { pollPayments } from "../domain/payment/pollPayments.ts";
import { pollSubscriptions } from "../domain/payment/pollSubscriptions.ts";
import { reviewPaid } from "../domain/payment/reviewPaid.ts";
import { sweepChallenges } from "../domain/payment/sweepChallenges.ts";
import { sweepNotifications } from "../domain/payment/sweepNotifications.ts";
import { sweepUnknownTries } from "../domain/payment/sweepUnknownTries.ts";
import { closeDays } from "../domain/reconciliation/closeDays.ts";
import { matchSettlements } from "../domain/reconciliation/matchSettlements.ts";
import { sweepRefunds } from "../domain/refund/sendRefund.ts";
import { purgeOld } from "../domain/report/purgeOld.ts";
import { type Loop, startLoop } from "./loop.ts";

interface Scheduled {
  readonly name: string;
  /** Pause between two rounds, ms. */
  readonly everyMs: number;
  readonly run: (app: App) => Promise<unknown>;
}

/**
 * What runs when. Each may run in several workers at once: rows are claimed, and a job that is written twice is one
 * job.
 */
export const SCHEDULE: readonly Scheduled[] = [
  { name: "pollPayments", everyMs: 1_000, run: pollPayments },
  { name: "sweepNotifications", everyMs: 30_000, run: sweepNotifications },
  { name: "sweepPaymentWindows", everyMs: 30_000, run: sweepPaymentWindows },
  { name: "sweepUnknownTries", everyMs: 60_000, run: sweepUnknownTries },
  { name: "closeSpareTries", everyMs: 30_000, run: closeSpareTries },
  { name: "sweepChallenges", everyMs: 60_000, run: sweepChallenges },
  { name: "reviewPaid", everyMs: 30_000, run: reviewPaid },
  { name: "pollSubscriptions", everyMs: 5_000, run: pollSubscriptions },
  { name: "pollAccounts", everyMs: 2_000, run: pollAccounts },
  { name: "keepSavedCards", everyMs: 5_000, run: keepSavedCards },
  { name: "trackShipments", everyMs: 1_000, run: trackShipments },
  { name: "sweepRefunds", everyMs: 2_000, run: sweepRefunds },
  { name: "closeDays", everyMs: 1_000, run: closeDays },
  { name: "matchSettlements", everyMs: 2_000, run: matchSettlements },
  { name: "markAbandonedCarts", everyMs: 30_000, run: markAbandonedCarts },
  { name: "purgeOld", everyMs: 600_000, run: purgeOld },
  { name: "purgeUploads", everyMs: 60_000, run: purgeUploads },
];

/** Starts all of it; stop() waits for the rounds that run. */
export function startSchedule(app: App): Loop {
  const loops = SCHEDULE.map(({ name, everyMs, run }) => startLoop(app.log, name, everyMs, () => run(app)));
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
