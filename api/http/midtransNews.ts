import type { RequestHandler } from "express";
import type { App } from "../../domain/app.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { receiveAccountNews } from "../../domain/payment/receiveAccountNews.ts";
import { receiveRecurringNews } from "../../domain/payment/receiveRecurringNews.ts";
import { notificationsTotal } from "../../platform/metrics.ts";
import { addressOf } from "./address.ts";
import { sendRefusal } from "./answerErrors.ts";

/** Counts a body of an address; returns how long to wait, in seconds, once there were too many. */
type CountBody = (address: string) => Promise<number | null>;

/**
 * Takes news of which nothing is believed: answers 200 once it is stored that Midtrans is to be asked, and also where
 * there is nothing of ours to ask about. Malformed ones are 400; an outage of ours is a 503, after which Midtrans
 * repeats it.
 */
function newsHandler(
  app: App,
  gateway: "midtrans-recurring" | "midtrans-account",
  receive: (body: string) => Promise<"stored" | "unknown">,
  limit: CountBody,
): RequestHandler {
  const count = (outcome: string) => notificationsTotal.inc({ gateway, outcome });
  return async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "";
    try {
      const retryAfter = await limit(addressOf(request));
      if (retryAfter !== null) {
        count("limited");
        return sendRefusal(response, new Refusal("RATE_LIMITED", "Too many messages", { retryAfter }));
      }
      const outcome = await receive(body);
      count(outcome);
      response.status(200).json({ outcome });
    } catch (error) {
      if (error instanceof Refusal && error.code === "INVALID_INPUT") {
        count("refused");
        return sendRefusal(response, error);
      }
      app.log.error({ err: error, gateway }, "news could not be stored");
      count("unavailable");
      response
        .status(503)
        .setHeader("retry-after", "30")
        .json({ error: { code: "INTERNAL", retryable: true } });
    }
  };
}

/** Midtrans's recurring notifications, which nobody signs. */
export const midtransRecurring = (app: App, limit: CountBody): RequestHandler =>
  newsHandler(app, "midtrans-recurring", (body) => receiveRecurringNews(app, body), limit);

/** Midtrans's news of linked accounts. They are signed over less than they say, so the signature is not looked at. */
export const midtransPayAccount = (app: App, limit: CountBody): RequestHandler =>
  newsHandler(app, "midtrans-account", (body) => receiveAccountNews(app, body), limit);
