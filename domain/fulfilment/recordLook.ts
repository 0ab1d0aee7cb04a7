import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, clearAlertsAbout, raiseAlert } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { lockOrder, type OrderState } from "../order/advanceOrders.ts";
import { advanceShipment, type LockedShipment, lockShipment } from "../shipping/advanceShipment.ts";
import type { ParcelFlag, ParcelNews } from "../shipping/courierGateway.ts";
import {
  inOrderOfTruth,
  isTracked,
  isUnanswered,
  type KeptEvent,
  keptScan,
  keptStatus,
  newestScans,
  nextCheckAt,
  wordOf,
} from "../shipping/tracking.rules.ts";
import type { Answer } from "./askAboutParcel.ts";
import type { ClaimedShipment } from "./claimShipments.ts";
import { endBooking } from "./endBooking.ts";
import { followParcel } from "./followParcel.ts";
import { ENDED_BY_NEWS, flagAfter, PICKUP_REFUSED, QUOTA_SUBJECT, TRACKING_ALERTS, wordsAfter } from "./news.rules.ts";

type RecordApp = Pick<App, "db" | "clock" | "ids"> & { readonly settings: Pick<App["settings"], "trackingIntervalMs"> };
/** NEWS: something was told that we did not know. SAME: nothing was. STALE: another has looked or moved it since. */
export type LookOutcome = "NEWS" | "SAME" | "STALE";

const KEEP_EVENTS = `
  insert into shipment_events (shipment_id, digest, event, external_status, description, location, source, at,
                               recorded_at)
  select $1, e.digest, e.event, e."externalStatus", e.description, e.location, $3, e.at, $4
    from jsonb_to_recordset($2::jsonb) as e(digest text, event text, "externalStatus" text, description text,
                                            location text, at timestamptz)
   order by e.at
  on conflict (shipment_id, digest) do nothing returning id`;

/** Writes what is new of a parcel's story. @returns how many lines were */
async function keepEvents(tx: Tx, shipment: LockedShipment, { source, words, scans }: Answer, now: Date) {
  const statuses = words.filter((word) => word.words.trim() !== "").map((word) => keptStatus(word, source, now));
  const events: KeptEvent[] = [...newestScans(scans).map(keptScan), ...statuses];
  if (events.length === 0) return 0;
  return (await tx.sql(KEEP_EVENTS, [shipment.id, JSON.stringify(events), source, now])).length;
}

/** One alert a word; a parcel that goes on saying it is not counted again and again. */
async function tellOfUnknownWords(tx: Tx, app: RecordApp, shipment: LockedShipment, words: readonly ParcelNews[]) {
  const unknown = words.filter(({ event }) => event === "unknownWord").map(({ words: text }) => wordOf(text));
  const word = unknown.findLast((text) => text !== "");
  if (word === undefined) return null;
  if (word === shipment.alertedWord) return word;
  const message = `A courier says "${word}" of a parcel. Nobody here knows what it means: nothing was changed by it`;
  const alert = { kind: TRACKING_ALERTS.unknownWord, subject: word, severity: "WARNING", message } as const;
  await raiseAlert(tx, { ids: app.ids, now: app.clock.now() }, alert);
  return word;
}

/** Alerts that stand as long as a look finds their cause. */
async function tellOfTrouble(
  tx: Tx,
  app: RecordApp,
  shipment: LockedShipment,
  flag: ParcelFlag | null,
  answer: Answer,
) {
  const now = app.clock.now();
  const tell = (kind: string, message: string) =>
    raiseAlert(tx, { ids: app.ids, now }, { kind, subject: shipment.id, severity: "WARNING", message });
  if (flag === "pickupProblem" && shipment.flag !== flag)
    await tell(
      TRACKING_ALERTS.notFetched,
      "A courier came for a parcel and left without it: see that it is ready and arrange another",
    );
  if (flag !== "pickupProblem" && shipment.flag === "pickupProblem")
    await clearAlertOf(tx, now, TRACKING_ALERTS.notFetched, shipment.id);
  if (answer.isMissing) {
    const missing = { kind: TRACKING_ALERTS.missing, subject: shipment.id, severity: "CRITICAL" } as const;
    const message = `The courier company does not know the booking ${shipment.bookingNo} that it confirmed`;
    await raiseAlert(tx, { ids: app.ids, now }, { ...missing, message });
  }
}

/**
 * The way back that a line of the parcel once spoke of, where this look, such as one without lines, has only a
 * delivery: that may be to its sender. Said besides, it leaves the end to a person.
 */
async function knownWayBack(tx: Tx, { id }: LockedShipment, words: readonly ParcelNews[]): Promise<ParcelNews[]> {
  const isDelivered = words.some(({ event }) => event === "delivered");
  if (!isDelivered || words.some(({ event }) => event === "returning" || event === "returned")) return [];
  const [line] = await tx.sql<{ words: string }>(
    `select external_status as words from shipment_events
      where shipment_id = $1 and event in ('returning', 'returned') order by at desc, id desc limit 1`,
    [id],
  );
  return line ? [{ event: "returning", flag: null, words: line.words }] : [];
}

/** Believes the words one by one: the shipment by its table, then the order by its own. */
async function believe(
  tx: Tx,
  app: RecordApp,
  order: OrderState,
  locked: LockedShipment,
  words: readonly ParcelNews[],
) {
  const now = app.clock.now();
  let [shipment, follower] = [locked, order];
  for (const { event, words: text } of inOrderOfTruth(words)) {
    const cause = { source: "RAJAONGKIR", actorId: null, reason: null, externalStatus: text, now } as const;
    if (event === "cancelled") {
      const parcel = { order: follower, shipment };
      const reason = `the courier company says ${text}`;
      const isOver = await endBooking(tx, app.ids, parcel, event, { ...cause, reason });
      if (isOver) shipment = { ...shipment, status: "CANCELLED" };
      continue;
    }
    const verdict = await advanceShipment(tx, app.ids, shipment, event, cause);
    if (verdict.kind === "never" && !verdict.opensCase) {
      const message = `A shipment that is ${shipment.status} is said to be ${event}`;
      const alert = { kind: TRACKING_ALERTS.impossible, subject: shipment.id, severity: "CRITICAL", message } as const;
      await raiseAlert(tx, { ids: app.ids, now }, alert);
    }
    if (verdict.kind !== "moved") continue;
    shipment = { ...shipment, status: verdict.next };
    follower = await followParcel(tx, { ids: app.ids, now }, follower, shipment, text);
  }
  return shipment;
}

interface Claim {
  readonly claimedUntil: Date | null;
  readonly toldAt: Date | null;
  readonly nextCheckAt: Date | null;
  readonly checks: number;
  /** When the company last said anything of it; before it did, when it was booked. */
  readonly answeredAt: Date;
  readonly newsAt: Date;
}

const READ_CLAIM = `
  select s.claimed_until, s.told_at, s.next_check_at, s.checks, coalesce(s.checked_at, s.created_at) as answered_at,
         coalesce((select max(e.recorded_at) from shipment_events e where e.shipment_id = s.id),
                  greatest(s.created_at, s.pickup_at)) as news_at
    from shipments s where s.id = $1`;

const WRITE_LOOK = `
  update shipments
     set external_status = $2, flag = $3, on_way_back = $4, airway_bill = $5, checks = $6, checked_at = $7,
         next_check_at = $8, claimed_until = null, alerted_word = $9,
         updated_at = case when $10 then $7 else updated_at end
   where id = $1`;

/** When the next look is due; a person is told of a parcel that is given up. */
async function planNext(tx: Tx, app: RecordApp, claimed: ClaimedShipment, claim: Claim, tracked: Tracked) {
  const now = app.clock.now();
  const next = nextCheckAt(tracked, app.settings.trackingIntervalMs, now);
  if (next === null) return null;
  // Somebody told of news after this look had begun: it may not have seen them.
  if (claim.toldAt !== null && claim.toldAt > claimed.claimedAt) return now;
  const asked = claim.nextCheckAt !== null && claim.nextCheckAt > claimed.claimedAt ? claim.nextCheckAt : null;
  if (asked && (next === "givenUp" || asked < next)) return asked;
  if (next === "givenUp") {
    const message = "A parcel was silent for so long that it is not looked for any more: ask the courier";
    const alert = { kind: TRACKING_ALERTS.silent, subject: claimed.id, severity: "WARNING", message } as const;
    await raiseAlert(tx, { ids: app.ids, now }, alert);
    return null;
  }
  return next;
}

type Tracked = Parameters<typeof nextCheckAt>[0];

/** There are calls again. A look that had its call before the others found none left does not say so. */
async function clearQuotaAlert(tx: Tx, { claimedAt }: ClaimedShipment, now: Date): Promise<void> {
  const before = await tx.sql(
    "select 1 from alerts where kind = $1 and subject = $2 and cleared_at is null and raised_at < $3",
    [TRACKING_ALERTS.quota, QUOTA_SUBJECT, claimedAt],
  );
  if (before.length > 0) await clearAlertOf(tx, now, TRACKING_ALERTS.quota, QUOTA_SUBJECT);
}

/** It moved while the company was asked, such as by its cancel: the answer may be from before that. */
async function letGo(tx: Tx, { id, status }: LockedShipment, now: Date): Promise<"STALE"> {
  const next = isTracked(status) ? now : null;
  await tx.sql("update shipments set next_check_at = $2, claimed_until = null where id = $1", [id, next]);
  return "STALE";
}

async function record(tx: Tx, app: RecordApp, claimed: ClaimedShipment, answer: Answer): Promise<LookOutcome> {
  const now = app.clock.now();
  const order = await lockOrder(tx, claimed.orderId);
  const locked = await lockShipment(tx, claimed.id);
  const [claim] = await tx.sql<Claim>(READ_CLAIM, [claimed.id]);
  if (!order || !locked || !claim) throw new Error(`shipment ${claimed.id} is gone`);
  if (claim.claimedUntil?.getTime() !== claimed.claimedUntil.getTime()) return "STALE";
  if (locked.status !== claimed.status) return letGo(tx, locked, now);
  const isNews = (await keepEvents(tx, locked, answer, now)) > 0;
  killPoint("tracking.events-kept");
  const wayBack = await knownWayBack(tx, locked, answer.words);
  const shipment = await believe(tx, app, order, locked, [...wayBack, ...answer.words]);
  const flag = flagAfter(shipment.status, answer.words, locked.flag as ParcelFlag | null);
  if (flag === "problem" && locked.flag !== "problem")
    await send(tx, now, "shipment.changed", { shipmentId: shipment.id, event: "problem" });
  const alertedWord = (await tellOfUnknownWords(tx, app, locked, answer.words)) ?? locked.alertedWord;
  await tellOfTrouble(tx, app, locked, flag, answer);
  const checks = isNews ? 0 : claim.checks + 1;
  const tracked = { status: shipment.status, flag, checks, newsAt: isNews ? now : claim.newsAt };
  const next = await planNext(tx, app, claimed, claim, tracked);
  if (isNews) await clearAlertsAbout(tx, now, ENDED_BY_NEWS, shipment.id);
  const before = { status: locked.status, flag: locked.flag as ParcelFlag | null };
  if (isUnanswered(before, claim.answeredAt, app.settings.trackingIntervalMs, now))
    await clearAlertOf(tx, now, TRACKING_ALERTS.refused, shipment.id);
  // Its pickup came about all the same, such as at the company's own desk.
  if (locked.status === "BOOKED" && shipment.status !== "BOOKED")
    await clearAlertOf(tx, now, PICKUP_REFUSED, shipment.id);
  if (answer.source === "RAJAONGKIR") await clearQuotaAlert(tx, claimed, now);
  await tx.sql(WRITE_LOOK, [
    shipment.id,
    wordsAfter(answer.words, locked.externalStatus),
    flag,
    shipment.status === "RETURNING",
    answer.airwayBill ?? locked.airwayBill,
    checks,
    now,
    next,
    alertedWord,
    isNews,
  ]);
  killPoint("tracking.recorded");
  return isNews ? "NEWS" : "SAME";
}

/**
 * Records what a look at a claimed parcel found, in one transaction: new lines of its story, its state, its order's
 * state with all that follows, and when the next look is due. The same answer again adds nothing: lines are unique by
 * digest, both tables hold what a repeated word changes, and mails are unique by parcel and event.
 */
export const recordLook = (app: RecordApp, claimed: ClaimedShipment, answer: Answer): Promise<LookOutcome> =>
  inTransaction(app.db, (tx) => record(tx, app, claimed, answer));

/**
 * The company answers a look at a claimed parcel with a no to this very question, such as 422: it is one that told
 * nothing, so that the next is as much later as after any such; people are told when there is no end of it. A second
 * run finds the claim gone.
 */
export const recordRefusal = (app: RecordApp, claimed: ClaimedShipment, why: string): Promise<void> =>
  inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const locked = await lockShipment(tx, claimed.id);
    const [claim] = await tx.sql<Claim>(READ_CLAIM, [claimed.id]);
    if (!locked || claim?.claimedUntil?.getTime() !== claimed.claimedUntil.getTime()) return;
    if (locked.status !== claimed.status) {
      await letGo(tx, locked, now);
      return;
    }
    const { status } = locked;
    const flag = locked.flag as ParcelFlag | null;
    const checks = claim.checks + 1;
    const next = await planNext(tx, app, claimed, claim, { status, flag, checks, newsAt: claim.newsAt });
    if (isUnanswered({ status, flag }, claim.answeredAt, app.settings.trackingIntervalMs, now)) {
      const message = `The courier company refuses to say anything of a parcel: ${why}`;
      const alert = { kind: TRACKING_ALERTS.refused, subject: claimed.id, severity: "WARNING", message } as const;
      await raiseAlert(tx, { ids: app.ids, now }, alert);
    }
    await tx.sql("update shipments set checks = $2, next_check_at = $3, claimed_until = null where id = $1", [
      claimed.id,
      checks,
      next,
    ]);
  });
