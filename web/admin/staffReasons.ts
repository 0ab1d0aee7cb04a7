import type { ReadyReason } from "../ui/reason.ts";
import { learnDeskId } from "../ui/words/learnDesk.id.ts";
import { refundDeskId } from "../ui/words/refundDesk.id.ts";

const KEPT = { ...learnDeskId, ...refundDeskId };

type Key = keyof typeof KEPT;
type Say = (key: Key) => string;

// Staff chooses in its own language; the customer, to whom the reason goes, reads Indonesian.
const ready = (t: Say, keys: readonly Key[]): readonly ReadyReason[] =>
  keys.map((key) => ({ kept: KEPT[key], shown: t(key) }));

/** Why staff cancels or gives money back. */
export const staffReasons = (t: Say): readonly ReadyReason[] =>
  ready(t, [
    "staffReason.asked",
    "staffReason.outOfStock",
    "staffReason.damaged",
    "staffReason.wrongPrice",
    "staffReason.unreachable",
  ]);

/** Why a proof of payment is not believed. */
export const proofReasons = (t: Say): readonly ReadyReason[] =>
  ready(t, ["proofs.reason.amount", "proofs.reason.unreadable", "proofs.reason.notArrived", "proofs.reason.used"]);

/** Why a review is taken off the product's page. */
export const archiveReasons = (t: Say): readonly ReadyReason[] =>
  ready(t, [
    "deskReviews.reason.rude",
    "deskReviews.reason.advert",
    "deskReviews.reason.offTopic",
    "deskReviews.reason.personal",
  ]);
