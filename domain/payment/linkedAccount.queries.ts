import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type LinkedAccountId } from "../kernel/ids.ts";
import type { LinkRefusal } from "./accountGateway.ts";
import type { LinkedAccountState } from "./linkedAccount.states.ts";
import { ACCOUNT_LINKS_CONTEXT } from "./lockAccount.ts";

/** A linked account as its owner sees it: nothing of it can be charged by. */
export interface LinkedAccountView {
  readonly id: LinkedAccountId;
  readonly state: LinkedAccountState;
  readonly maskedPhone: string;
  /** Where he agrees; null: there is nothing to open. */
  readonly linkUrl: string | null;
  readonly deeplinkUrl: string | null;
  readonly refusal: LinkRefusal | null;
  readonly createdAt: Date;
  readonly linkedAt: Date | null;
  readonly endedAt: Date | null;
}

interface Row extends Omit<LinkedAccountView, "linkUrl" | "deeplinkUrl"> {
  readonly linksSealed: string | null;
}

const COLUMNS = "id, state, masked_phone, links_sealed, refusal, created_at, linked_at, ended_at";
const ACCOUNTS_MAX = 50; // of one customer; those that are over stay listed

function viewOf(app: Pick<App, "sealer">, { linksSealed, ...row }: Row): LinkedAccountView {
  const none = { linkUrl: null, deeplinkUrl: null };
  const links = linksSealed === null ? none : JSON.parse(app.sealer.open(linksSealed, ACCOUNT_LINKS_CONTEXT));
  return { ...row, ...(links as typeof none) };
}

/** The caller's own linked accounts, the newest first. @throws Refusal UNAUTHENTICATED | FORBIDDEN */
export async function listLinkedAccounts(app: Pick<App, "db" | "sealer">, actor: Actor): Promise<LinkedAccountView[]> {
  requireRight(actor, "own.payments");
  const rows = await app.db.sql<Row>(
    `select ${COLUMNS} from linked_accounts where user_id = $1 order by created_at desc, id desc limit ${ACCOUNTS_MAX}`,
    [actor.userId],
  );
  return rows.map((row) => viewOf(app, row));
}

/** One of the caller's own. @throws Refusal NOT_FOUND */
export async function findLinkedAccount(
  app: Pick<App, "db" | "sealer">,
  actor: Actor,
  id: string,
): Promise<LinkedAccountView> {
  const [row] = isId(id)
    ? await app.db.sql<Row>(`select ${COLUMNS} from linked_accounts where id = $1 and user_id = $2`, [id, actor.userId])
    : [];
  if (!row) throw new Refusal("NOT_FOUND", "There is no such account");
  return viewOf(app, row);
}
