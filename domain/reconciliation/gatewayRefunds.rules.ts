import type { TransactionId } from "../kernel/ids.ts";
import type { GatewayRefund, PaymentReport } from "../payment/paymentGateway.ts";
import { refundIdOf } from "../refund/refund.rules.ts";

/** A refund as our rows have it. Whole rupiah. */
export interface KnownRefund {
  readonly id: string;
  readonly transactionId: TransactionId;
  readonly amount: number;
  readonly status: string;
  readonly cause: string;
  /** null: the gateway has not told of it. */
  readonly gatewayRefundId: string | null;
  /** A bank's transfer, of which the gateway knows nothing. */
  readonly isByHand: boolean;
}

/** Why one refund of the gateway's list is not ours, null where it is. */
function judgeListed(ours: readonly KnownRefund[], refund: GatewayRefund): string | null {
  const own = ours.find(({ id }) => id === refundIdOf(refund.key));
  const row = own ?? ours.find(({ gatewayRefundId }) => gatewayRefundId === refund.id);
  if (!row) {
    // An answer without a list brought its sum in one row.
    const isSummed = ours.some(({ cause, gatewayRefundId }) => cause === "GATEWAY" && gatewayRefundId === null);
    return isSummed ? null : `refund ${refund.key ?? refund.id} of ${refund.amount} there, unknown here`;
  }
  if (row.isByHand) return `refund ${refund.key} was paid by hand here, and is done there`;
  if (row.status !== "SUCCEEDED") return `refund ${refund.key} is done there, ${row.status} here`;
  return row === own && row.amount !== refund.amount
    ? `refund ${refund.key} of ${refund.amount} there, of ${row.amount} here`
    : null;
}

/**
 * Where the gateway's list of a transaction's refunds and our rows disagree, one by one; nothing where its answer has
 * no list.
 */
export function refundDifferences(ours: readonly KnownRefund[], report: PaymentReport): string[] {
  const { refunds } = report;
  if (!refunds) return [];
  const wrong = refunds.flatMap((refund) => judgeListed(ours, refund) ?? []);
  const missing = ours.filter(
    ({ status, isByHand, gatewayRefundId }) =>
      status === "SUCCEEDED" &&
      !isByHand &&
      gatewayRefundId !== null &&
      !refunds.some(({ id }) => id === gatewayRefundId),
  );
  return [...wrong, ...missing.map(({ id, amount }) => `refund ${id} of ${amount} is done here, unknown there`)];
}
