import type { CardPart, CardToken, Transaction, TransactionStatus } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import type { CardCharge } from "./chargeRequest.ts";
import { LATE_MS, type Verdict, verdictOf } from "./testCards.ts";
import { type Basis, changeStatus, type Opening, openTransaction } from "./transactions.ts";
import type { Wire } from "./wire.ts";

/** How long a buyer may take on his bank's page, in ms (midtrans.md 3.3). */
const PROOF_MS = 10 * 60_000;

/** Rupiah that one bank point is worth. */
const POINT_VALUE = 1_000;

/** Balance of a card with points before it redeems any, in rupiah. */
const POINT_BALANCE = 500_000;

/** Who pays by which card and what the shop asked about it; all but the card comes from a charge or a page. */
export type CardOrder = Omit<CardCharge, "token"> & {
  card: Pick<CardToken, "masked_card" | "card_type" | "outcome" | "three_ds" | "eci">;
  user_id: string | null;
};

function instrumentOf(order: CardOrder): Wire {
  const redeemed = order.point_redeem_amount;
  return {
    masked_card: order.card.masked_card,
    card_type: order.card.card_type,
    bank: order.bank,
    ...(order.installment_term === undefined ? {} : { installment_term: String(order.installment_term) }),
    ...(redeemed === undefined
      ? {}
      : {
          point_redeem_amount: redeemed,
          point_redeem_quantity: Math.ceil(redeemed / POINT_VALUE),
          point_balance_amount: `${POINT_BALANCE - redeemed}.00`,
        }),
  };
}

function partOf(order: CardOrder, verdict: Verdict | null): CardPart {
  const { outcome, eci, three_ds } = order.card;
  return {
    outcome,
    type: order.type,
    eci: order.authenticates ? eci : "07",
    three_ds: order.authenticates ? three_ds : "none",
    channel_response: verdict?.response ?? null,
    approval_code: null,
    saves: order.saves,
    user_id: order.user_id,
    wrong_codes: 0,
  };
}

/** A pre-authorisation reserves where a usual charge takes. */
const statusOf = (type: CardPart["type"], verdict: Verdict): TransactionStatus =>
  verdict.status === "capture" && type === "authorize" ? "authorize" : verdict.status;

/**
 * Opens a card transaction: decided at once, or waiting for the buyer's proof on his bank's page where the shop asked
 * for 3DS. A late bank leaves it waiting for a minute.
 */
export function openCard(
  sandbox: Sandbox,
  basis: Basis,
  order: CardOrder,
  opening: Pick<Opening, "by" | "notify" | "more">,
): Transaction {
  const proves = order.authenticates && order.card.three_ds !== "none";
  const now = momentOf(sandbox, basis.born);
  // Without proof there is nothing to fail: the bank looks at the money alone.
  const outcome = order.card.outcome === "unproven" && !proves ? "accept" : order.card.outcome;
  const verdict = proves ? null : verdictOf(outcome, basis.request.gross_amount);
  const late = outcome === "late";
  const waits = proves || late;
  const status = verdict === null || late ? "pending" : statusOf(order.type, verdict);
  return openTransaction(sandbox, basis, "credit_card", {
    ...opening,
    onDesktop: false,
    status,
    ...(verdict === null || late ? {} : { fraud_status: verdict.fraud_status }),
    more: {
      ...opening.more,
      instrument: instrumentOf(order),
      card: partOf(order, verdict),
      expires_at: waits ? now + PROOF_MS : null,
      ...(late && verdict !== null ? { decides_at: now + LATE_MS, decides: statusOf(order.type, verdict) } : {}),
    },
  });
}

/** Lets the bank decide after the buyer's proof, or after its failure. Answers the transaction as it is then. */
export function decideCard(sandbox: Sandbox, transaction: Transaction, proven: boolean): Transaction {
  const { card } = transaction;
  if (!card || transaction.status !== "pending" || typeof transaction.decides_at === "number") return transaction;
  const verdict = verdictOf(proven ? card.outcome : "unproven", transaction.gross_amount);
  const decided = { ...transaction, card: { ...card, channel_response: verdict.response } };
  const status = statusOf(card.type, verdict);
  if (proven && card.outcome === "late") {
    const at = momentOf(sandbox, transaction.born) + LATE_MS;
    // The same status again, so that the alarm of the late decision is set.
    return changeStatus(sandbox, { ...decided, decides_at: at, decides: status }, "pending", {
      by: "buyer",
      notify: false,
    });
  }
  return changeStatus(sandbox, decided, status, { by: "bank", notify: true, fraud_status: verdict.fraud_status });
}

/** The words of a card's charge answer (midtrans.md 3.4). */
export function cardMessage({ status, card, fraud_status: fraud, instrument }: Transaction): string {
  if (status !== "deny") return "Success, Credit Card transaction is successful";
  if (fraud === "deny") return "Denied by fraud detection system";
  const { code, message } = card?.channel_response ?? { code: "05", message: "Do not honour" };
  return `Deny by Bank [${String(instrument["bank"]).toUpperCase()}] with code [${code}] and message [${message}]`;
}
