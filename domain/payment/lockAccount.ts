import type { Tx } from "../../platform/db.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { LinkedAccountId, UserId } from "../kernel/ids.ts";
import type { LinkedAccountState } from "./linkedAccount.states.ts";

/** What the secrets of a linked account are sealed under. */
export const ACCOUNT_TOKEN_CONTEXT = "linked_accounts.token";
export const ACCOUNT_LINKS_CONTEXT = "linked_accounts.links";

export interface AccountRow {
  readonly id: LinkedAccountId;
  readonly userId: UserId;
  readonly state: LinkedAccountState;
  /** null: the gateway has not answered. */
  readonly gatewayAccountId: string | null;
  readonly tokenSealed: string | null;
  readonly createdAt: Date;
}

const COLUMNS = "id, user_id, state, gateway_account_id, token_sealed, created_at";

/** An account as it stands, unlocked: for a look before an outside call. */
export async function readAccount(sql: Sql, id: LinkedAccountId): Promise<AccountRow | null> {
  const [row] = await sql<AccountRow>(`select ${COLUMNS} from linked_accounts where id = $1`, [id]);
  return row ?? null;
}

/** Locks an account. It comes before the subscriptions that are charged to it. */
export async function lockAccount(tx: Tx, id: LinkedAccountId): Promise<AccountRow> {
  const [row] = await tx.sql<AccountRow>(`select ${COLUMNS} from linked_accounts where id = $1 for update`, [id]);
  if (!row) throw new Error(`linked account ${id} is gone`);
  return row;
}
