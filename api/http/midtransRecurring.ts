import type { RequestHandler } from "express";
import type { App } from "../../domain/app.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { receiveRecurringNews } from "../../domain/payment/receiveRecurringNews.ts";
import { notificationsTotal } from "../../platform/metrics.ts";
import { addressOf } from "./address.ts";
import { sendRefusal } from "./answerErrors.ts";

/**
 * Takes Midtrans's recurring notifications, which nobody signs: answers 200 once a job that asks Midtrans is committed,
 * and also where there is nothing of ours to ask about. Malformed ones are 400; an outage of ours is a 503, after which
 * Midtrans repeats it.
 *
 * @param limit counts a body of an address; returns how long to wait, in seconds, once there were too many
 */
export function midtransRecurring(app: App, limit: (address: string) => Promise<number | null>): RequestHandler {
  const count = (outcome: string) => notificationsTotal.inc({ gateway: "midtrans-recurring", outcome });
  return async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "";
    try {
      const retryAfter = await limit(addressOf(request));
      if (retryAfter !== null) {
        count("limited");
        return sendRefusal(response, new Refusal("RATE_LIMITED", "Too many messages", { retryAfter }));
      }
      const outcome = await receiveRecurringNews(app, body);
      count(outcome);
      response.status(200).json({ outcome });
    } catch (error) {
      if (error instanceof Refusal && error.code === "INVALID_INPUT") {
        count("refused");
        return sendRefusal(response, error);
      }
      app.log.error({ err: error }, "a recurring notification could not be stored");
      count("unavailable");
      response
        .status(503)
        .setHeader("retry-after", "30")
        .json({ error: { code: "INTERNAL", retryable: true } });
    }
  };
}
