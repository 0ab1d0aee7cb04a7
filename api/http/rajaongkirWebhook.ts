import type { RequestHandler } from "express";
import type { App } from "../../domain/app.ts";
import { type CourierHint, receiveCourierNews } from "../../domain/fulfilment/receiveCourierNews.ts";
import { invalidInput, Refusal } from "../../domain/kernel/errors.ts";
import { notificationsTotal } from "../../platform/metrics.ts";
import { addressOf } from "./address.ts";
import { sendRefusal } from "./answerErrors.ts";

/** A booking's number has 17 or 20 characters, a waybill's some 25. */
const NUMBER = /^[\w./-]{1,64}$/;

/**
 * What a callback names: `{"order_no":"KOM...","cnote":"<waybill or empty>","status":"..."}`. Source: Komerce's page
 * "Webhook" of the delivery API. Its status is not read: what is true is asked for.
 *
 * @throws Refusal INVALID_INPUT for any other form
 */
function readHint(body: unknown): CourierHint {
  const wrong = invalidInput({ body: 'JSON as {"order_no": "KOM...", "cnote": "...", "status": "..."}' });
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.isBuffer(body) ? body.toString("utf8") : "");
  } catch {
    throw wrong;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw wrong;
  const { order_no: bookingNo, cnote, status } = parsed as Record<string, unknown>;
  if (typeof bookingNo !== "string" || !NUMBER.test(bookingNo) || typeof status !== "string") throw wrong;
  if (cnote === undefined || cnote === null || cnote === "") return { bookingNo, airwayBill: null };
  if (typeof cnote !== "string" || !NUMBER.test(cnote)) throw wrong;
  return { bookingNo, airwayBill: cnote };
}

/**
 * Takes the courier company's callbacks about parcels, by PUT and by POST: its pages tell of both. They are not signed:
 * a body only makes us ask. Answers 200 alike for parcels of ours and for others, so that nobody can try which exist;
 * malformed ones are 400, an outage of ours is a 503, after which the company may send it again.
 *
 * @param limit counts a body of an address; returns how long to wait, in seconds, once there were too many
 */
export function rajaongkirWebhook(app: App, limit: (address: string) => Promise<number | null>): RequestHandler {
  const count = (outcome: string) => notificationsTotal.inc({ gateway: "komerce", outcome });
  return async (request, response) => {
    try {
      const hint = readHint(request.body);
      const retryAfter = await limit(addressOf(request));
      if (retryAfter !== null) {
        count("limited");
        return sendRefusal(response, new Refusal("RATE_LIMITED", "Too many messages", { retryAfter }));
      }
      count((await receiveCourierNews(app, hint)).toLowerCase());
      response.status(200).json({ outcome: "received" });
    } catch (error) {
      if (error instanceof Refusal) {
        count("refused");
        return sendRefusal(response, error);
      }
      app.log.error({ err: error }, "a courier's callback could not be taken");
      count("unavailable");
      response
        .status(503)
        .setHeader("retry-after", "30")
        .json({ error: { code: "INTERNAL", retryable: true } });
    }
  };
}
