import { GatewayUnavailable } from "../../domain/kernel/errors.ts";
import { SECOND_MS } from "../../domain/kernel/time.ts";
import type { AlertGateway } from "../../domain/notice/noticeGateway.ts";
import { httpCall, NoAnswer } from "../../platform/http.ts";

const GATEWAY = "alert webhook";
const TIMEOUT_MS = 10 * SECOND_MS; // it only has to store one small message

/** Posts alerts as JSON to an address that the shop's people watch. Any 2xx means that it was taken. */
export function createAlertWebhook(url: string): AlertGateway {
  return {
    async post(alert) {
      const headers = { "content-type": "application/json" };
      try {
        const { status } = await httpCall({
          method: "POST",
          url,
          headers,
          body: JSON.stringify(alert),
          timeoutMs: TIMEOUT_MS,
        });
        if (status < 200 || status > 299)
          throw new GatewayUnavailable(GATEWAY, `the alert webhook answered ${status}`, "none");
      } catch (error) {
        if (error instanceof NoAnswer)
          throw new GatewayUnavailable(GATEWAY, error.message, "unknown", { cause: error });
        throw error;
      }
    },
  };
}
