import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isId, type PaymentId, type SessionId, type UserId } from "../kernel/ids.ts";

export interface SessionView {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly paymentId: PaymentId;
  readonly status: "OPEN" | "PAID" | "EXPIRED" | "CANCELLED";
  readonly total: number;
  readonly expiresAt: Date;
  /** Only in the answer of the checkout that made it. */
  readonly paymentToken?: string | null;
}

/** A checkout of the caller's, or any for staff; null for any other. */
export async function findSession(
  app: { readonly db: { readonly sql: Sql } },
  actor: Actor,
  id: string,
): Promise<SessionView | null> {
  if (!isId(id)) return null;
  const [session] = await app.db.sql<SessionView>(
    `select s.id, s.user_id, p.id as payment_id, s.status, s.total, s.expires_at
       from checkout_sessions s join payments p on p.session_id = s.id where s.id = $1`,
    [id],
  );
  if (!session) return null;
  return session.userId === actor.userId || may(actor, "order.read.any") ? session : null;
}

/** As findSession, for the checkout that was just made: what it wrote, or else what there is now. */
export async function readSession(
  app: Pick<App, "db">,
  actor: Actor,
  made: { sessionId: SessionId; paymentToken: string | null; written: { session: SessionView } | null },
): Promise<SessionView> {
  const session = made.written?.session ?? (await findSession(app, actor, made.sessionId));
  if (!session) throw new Error(`checkout ${made.sessionId} is gone`);
  return { ...session, paymentToken: made.paymentToken };
}
