/** Takes mails. Never called inside a transaction. */
export interface MailGateway {
  /**
   * @throws GatewayUnavailable with outcome "none" when the server certainly did not take the mail, "unknown" when it
   * may have
   */
  send(mail: { readonly id: string; to: string; subject: string; text: string; html: string }): Promise<void>;
}

/** Takes alerts as JSON. Never called inside a transaction. */
export interface AlertGateway {
  /** @throws GatewayUnavailable when they were not taken */
  post(alert: object): Promise<void>;
}
