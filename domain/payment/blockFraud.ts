import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { isId } from "../kernel/ids.ts";
import { requireNote } from "./decideFraudReview.ts";
import { BLOCK_COLUMNS, type FraudBlockView } from "./fraud.queries.ts";
import { type BlockKind, tellsNobodyApart } from "./fraud.rules.ts";
import { addressHash, cardHash, deviceHash } from "./screenStart.ts";

type BlockApp = Pick<App, "db" | "clock" | "ids" | "sealer">;

export interface BlockInput {
  readonly kind: BlockKind;
  /** What is blocked, or the verdict in which it was seen: one of the two. */
  readonly value?: string | null;
  readonly verdictId?: string | null;
  readonly note: string;
}

/** How what is blocked is written. An IPv6 address stands for its network, as callers are counted. */
const FORMS: Readonly<Record<Exclude<BlockKind, "USER">, { readonly form: RegExp; readonly words: string }>> = {
  CARD: { form: /^\d{6,8}-\d{4}$/, words: "a masked number as the gateway shows it, such as 48111111-1114" },
  ADDRESS: {
    form: /^(\d{1,3}(\.\d{1,3}){3}|([0-9a-f]{1,4}:){4}:)$/,
    words: "an IPv4 address, or the first four groups of an IPv6 one, such as 2001:db8:0:1::",
  },
  DEVICE: { form: /^[A-Za-z0-9_-]{16,64}$/, words: "16 to 64 letters and digits" },
};

/** The user with this id or e-mail address. @throws Refusal NOT_FOUND */
async function userNamed(app: BlockApp, value: string): Promise<string> {
  const column = isId(value) ? "id" : "email_key";
  const [row] = await app.db.sql<{ id: string }>(`select id from users where ${column} = $1`, [value.toLowerCase()]);
  if (!row) throw new Refusal("NOT_FOUND", "There is no such account");
  return row.id;
}

async function subjectOfValue(app: BlockApp, kind: BlockKind, value: string): Promise<string> {
  if (kind === "USER") return userNamed(app, value);
  const { form, words } = FORMS[kind];
  if (!form.test(value) || (kind === "ADDRESS" && tellsNobodyApart(value)))
    throw invalidInput({ "input.value": words });
  return { CARD: cardHash, ADDRESS: addressHash, DEVICE: deviceHash }[kind](app, value);
}

/** @throws Refusal NOT_FOUND for a verdict that is not there, or that knows nothing of this kind */
async function subjectOfVerdict(app: BlockApp, kind: BlockKind, id: string): Promise<string> {
  const [row] = isId(id)
    ? await app.db.sql<Record<BlockKind, string | null>>(
        `select user_id::text as "USER", card_hash as "CARD", address_hash as "ADDRESS", device_hash as "DEVICE"
           from fraud_verdicts where id = $1`,
        [id],
      )
    : [];
  const subject = row?.[kind];
  if (!subject) throw new Refusal("NOT_FOUND", "This verdict knows nothing of that kind");
  return subject;
}

/**
 * Staff puts an account, a card, an address or a device on the blocklist: from then on its starts are refused. What is
 * blocked already comes back as it is.
 *
 * @throws Refusal FORBIDDEN without fraud.block, INVALID_INPUT, NOT_FOUND
 */
export async function blockFraud(app: BlockApp, actor: Actor, input: BlockInput): Promise<FraudBlockView> {
  requireRight(actor, "fraud.block");
  const note = requireNote(input.note);
  const { kind, verdictId } = input;
  const value = input.value?.trim() || null;
  if ((value === null) === !verdictId) throw invalidInput({ "input.value": "a value, or a verdict, and not both" });
  const subject = value ? await subjectOfValue(app, kind, value) : await subjectOfVerdict(app, kind, verdictId ?? "");
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const [made] = await tx.sql<FraudBlockView>(
      `insert into fraud_blocks (id, kind, subject, note, blocked_by, blocked_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (kind, subject) where lifted_at is null do nothing returning ${BLOCK_COLUMNS}`,
      [app.ids.next<"fraudBlock">(), kind, subject, note, actor.userId, now],
    );
    if (!made) {
      const known = `select ${BLOCK_COLUMNS} from fraud_blocks where kind = $1 and subject = $2 and lifted_at is null`;
      const [row] = await tx.sql<FraudBlockView>(known, [kind, subject]);
      if (!row) throw new Refusal("CONFLICT", "This was lifted at this moment; look at it again");
      return row;
    }
    await recordAudit(tx, now, actor, {
      permission: "fraud.block",
      entity: "fraudBlock",
      entityId: made.id,
      after: { kind },
      reason: note,
    });
    return made;
  });
}

/**
 * Staff takes something off the blocklist. What was lifted already comes back as it is.
 *
 * @throws Refusal FORBIDDEN without fraud.block, INVALID_INPUT for the note, NOT_FOUND
 */
export async function unblockFraud(
  app: BlockApp,
  actor: Actor,
  input: { readonly id: string; readonly note: string },
): Promise<FraudBlockView> {
  requireRight(actor, "fraud.block");
  const note = requireNote(input.note);
  if (!isId(input.id)) throw new Refusal("NOT_FOUND", "There is no such block");
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const text = `select ${BLOCK_COLUMNS} from fraud_blocks where id = $1 for update`;
    const [before] = await tx.sql<FraudBlockView>(text, [input.id]);
    if (!before) throw new Refusal("NOT_FOUND", "There is no such block");
    if (before.liftedAt !== null) return before;
    await tx.sql("update fraud_blocks set lifted_by = $2, lifted_at = $3, lift_note = $4 where id = $1", [
      before.id,
      actor.userId,
      now,
      note,
    ]);
    await recordAudit(tx, now, actor, {
      permission: "fraud.block",
      entity: "fraudBlock",
      entityId: before.id,
      before: { kind: before.kind },
      after: { lifted: true },
      reason: note,
    });
    return { ...before, liftedAt: now };
  });
}
