import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, searchTerm, type TimedList } from "../kernel/timedList.ts";
import { requireRight } from "./rights.access.ts";
import { USER_COLUMNS, type User } from "./user.queries.ts";

const LIST: TimedList = { columns: USER_COLUMNS, from: "users u", at: "u.created_at", id: "u.id" };

export interface AccountFilter {
  /** The whole e-mail address. */
  readonly search?: string | null;
  /** Null: members and others. */
  readonly isMember?: boolean | null;
}

function conditionsOf({ search, isMember }: AccountFilter): Condition[] {
  const list: Condition[] = [];
  const term = searchTerm(search);
  if (term) list.push({ text: "u.email_key = lower(?)", value: term });
  // Members have an index of their own, which only these words find.
  if (isMember === true) list.push({ text: "u.is_member and ?::boolean", value: true });
  if (isMember === false) list.push({ text: "not u.is_member and ?::boolean", value: true });
  return list;
}

/** The accounts, newest first, for who says which are members'. */
export async function listAccounts(
  app: Pick<App, "db">,
  actor: Actor,
  filter: AccountFilter,
  page: PageInput,
): Promise<Page<User>> {
  requireRight(actor, "member.set");
  return listNewest(app.db, LIST, conditionsOf(filter), page);
}

/** How many there are, up to 10,000. */
export async function countAccounts(app: Pick<App, "db">, actor: Actor, filter: AccountFilter): Promise<number> {
  requireRight(actor, "member.set");
  return countRows(app.db, LIST.from, conditionsOf(filter));
}
