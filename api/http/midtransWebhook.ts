import type { RequestHandler } from "express";
import type { App } from "../../domain/app.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { killPoint } from "../../domain/kernel/killPoint.ts";
import { receiveNotification } from "../../domain/payment/receiveNotification.ts";
import { notificationsTotal } from "../../platform/metrics.ts";
import { addressOf } from "./address.ts";
import { sendRefusal } from "./answerErrors.ts";

// Midtrans repeats a 503 four times over some two hours, a 500 only once (its "HTTP notifications" page): an outage of
// ours, and even a bug, must never look like a 500.
const ANSWER_WHEN_NOT_STORED = 503;

/**
 * Takes Midtrans's notifications: answers 200 once the body is stored, or was before. A malformed or badly signed one
 * is 400: counted, not stored. A correctly signed one is never refused, whatever else its address has sent.
 *
 * @param limitBad counts a bad body of an address; returns how long to wait, in seconds, once there were too many
 */
export function midtransWebhook(app: App, limitBad: (address: string) => Promise<number | null>): RequestHandler {
  return async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "";
    try {
      const outcome = await receiveNotification(app, body);
      killPoint("notification.stored");
      notificationsTotal.inc({ gateway: "midtrans", outcome });
      response.status(200).json({ outcome });
    } catch (error) {
      if (error instanceof Refusal && error.code === "INVALID_INPUT") {
        notificationsTotal.inc({ gateway: "midtrans", outcome: "refused" });
        const address = addressOf(request);
        app.log.warn(
          { address: app.sealer.lookup(address, "log.address"), fields: error.details["fields"] },
          "a notification was refused",
        );
        const retryAfter = await limitBad(address);
        return sendRefusal(
          response,
          retryAfter === null ? error : new Refusal("RATE_LIMITED", "Too many bad bodies", { retryAfter }),
        );
      }
      app.log.error({ err: error }, "a notification could not be stored");
      notificationsTotal.inc({ gateway: "midtrans", outcome: "unavailable" });
      response
        .status(ANSWER_WHEN_NOT_STORED)
        .setHeader("retry-after", "30")
        .json({ error: { code: "INTERNAL", retryable: true } });
    }
  };
}
