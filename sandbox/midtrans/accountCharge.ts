import type { Transaction } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import type { WalletCharge } from "./chargeRequest.ts";
import { type Basis, type Opening, openTransaction } from "./transactions.ts";

/**
 * Charges a linked account: settled at once, waiting with the app's addresses where a PIN is wanted, or denied; with
 * pre_auth the money is reserved (midtrans.md 7.5). Undefined where account or token cannot be charged. A recurring
 * charge is never asked for a PIN.
 */
export function chargeAccount(
  sandbox: Sandbox,
  basis: Basis,
  wallet: WalletCharge,
  how: Pick<Opening, "by" | "notify" | "more">,
): Transaction | undefined {
  const { account, option: token, pre_auth, recurring } = wallet;
  const option = account?.options.find((candidate) => candidate.token === token);
  if (account?.status !== "ENABLED" || !option) return undefined;
  const amount = basis.request.gross_amount;
  const short = option.balance < amount || !option.active;
  const asksPin = account.behaviour === "pin" && !recurring;
  const status =
    short || account.behaviour === "deny" ? "deny" : asksPin ? "pending" : pre_auth ? "authorize" : "settlement";
  const response = short
    ? { code: "203", message: "Insufficient balance" }
    : { code: "900", message: "Temporarily unavailable" };
  if (status === "settlement" || status === "authorize") {
    const options = account.options.map((row) => (row === option ? { ...row, balance: row.balance - amount } : row));
    sandbox.store.accounts.put({ ...account, options });
  }
  return openTransaction(sandbox, basis, "gopay", {
    ...how,
    onDesktop: false,
    status,
    more: {
      ...how.more,
      ...(pre_auth ? { pre_auth: true } : {}),
      ...(status === "deny" ? { channel_response: response } : {}),
      instrument: { payment_option_type: option.name },
    },
  });
}
