import { GatewayUnavailable } from "../kernel/errors.ts";

/** The server is there and does not take this very mail: others may go out. */
export class MailRefused extends GatewayUnavailable {}

/** Takes mails. Never called inside a transaction. */
export interface MailGateway {
  /**
   * @throws GatewayUnavailable with outcome "none" when the server certainly did not take the mail, because of this
   * mail (MailRefused) or any, and with "unknown" when it may have
   */
  send(mail: { readonly id: string; to: string; subject: string; text: string; html: string }): Promise<void>;
}

/** Takes alerts as JSON. Never called inside a transaction. */
export interface AlertGateway {
  /** @throws GatewayUnavailable when they were not taken */
  post(alert: object): Promise<void>;
}
