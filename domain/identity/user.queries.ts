import type { App } from "../app.ts";
import type { Actor, Role } from "../kernel/actor.ts";
import type { UserId } from "../kernel/ids.ts";

/** An account as its owner and staff may see it: never with the password's hash. */
export interface User {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly phone: string | null;
  readonly role: Exclude<Role, "SERVICE">;
  readonly isMember: boolean;
  /** Has agreed to mails that are about no purchase of his. */
  readonly marketingConsent: boolean;
  readonly createdAt: Date;
}

export const USER_COLUMNS = "id, email, name, phone, role, is_member, marketing_consent, created_at";

/** The caller's own account; null for nobody, a service, and an account that was closed since its token was given. */
export async function readMe(app: Pick<App, "db">, actor: Actor): Promise<User | null> {
  if (actor.userId === null) return null;
  const [user] = await app.db.sql<User>(`select ${USER_COLUMNS} from users where id = $1 and is_active`, [
    actor.userId,
  ]);
  return user ?? null;
}

/** Accounts by id, for lists that name people: the closed ones too, for what they bought stays on record. */
export async function readUsers(app: Pick<App, "db">, ids: readonly UserId[]): Promise<Map<UserId, User>> {
  const users = await app.db.sql<User>(`select ${USER_COLUMNS} from users where id = any($1::uuid[])`, [ids]);
  return new Map(users.map((user) => [user.id, user]));
}
