import { invalidInput } from "../kernel/errors.ts";
import { isId } from "../kernel/ids.ts";
import { ACCOUNTS, type Account, faultOf, type Posting } from "./ledger.rules.ts";

/** What a person wants to put right in the books. */
export interface AdjustmentInput {
  readonly postings: readonly {
    readonly account: Account;
    readonly storeId?: string | null | undefined;
    readonly method?: string | null | undefined;
    /** Whole rupiah: debit above 0, credit below. */
    readonly amount: number;
  }[];
  readonly reason: string;
  /** The discrepancy that it settles; left out: none. */
  readonly discrepancyId?: string | null | undefined;
  readonly idempotencyKey: string;
}

/** The lines as they are kept until somebody approves them. */
export type AskedPosting = Required<Posting>;

const REASON_CHARS_MAX = 500; // a few sentences, for who approves it and who reads the books later
const METHOD = /^[A-Z][A-Z_]{1,39}$/;

/** @returns the reason as it is kept @throws Refusal INVALID_INPUT */
export function readReason(text: string): string {
  const reason = text.trim();
  if (reason === "" || reason.length > REASON_CHARS_MAX)
    throw invalidInput({ "input.reason": `1 to ${REASON_CHARS_MAX} characters` });
  return reason;
}

/**
 * The lines of an adjustment: they balance, and what Midtrans owes is told by its method.
 *
 * @throws Refusal INVALID_INPUT
 */
export function readPostings({ postings }: Pick<AdjustmentInput, "postings">): AskedPosting[] {
  const fault = faultOf(postings.map(({ account, amount }) => ({ account, amount })));
  if (fault) throw invalidInput({ "input.postings": fault });
  return postings.map(({ account, storeId = null, method = null, amount }, i) => {
    const at = `input.postings.${i}`;
    if (!ACCOUNTS.includes(account)) throw invalidInput({ [`${at}.account`]: "an account of the ledger" });
    if (storeId !== null && !isId(storeId)) throw invalidInput({ [`${at}.storeId`]: "the id of a store" });
    if ((account === "RECEIVABLE") !== (method !== null) || (method !== null && !METHOD.test(method)))
      throw invalidInput({ [`${at}.method`]: "a payment method, for RECEIVABLE and no other account" });
    return { account, storeId, method, amount };
  });
}
