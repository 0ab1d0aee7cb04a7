import { defineEntity, p } from "@mikro-orm/postgresql";

const instant = () => p.datetime().columnType("timestamptz");

export const ReconciliationRunTable = defineEntity({
  name: "ReconciliationRun",
  tableName: "reconciliation_runs",
  properties: {
    day: p.date().primary(),
    state: p.text(),
    round: p.integer().default(1),
    total: p.integer().default(0),
    checked: p.integer().default(0),
    matched: p.integer().default(0),
    healed: p.integer().default(0),
    differing: p.integer().default(0),
    unanswered: p.integer().default(0),
    open: p.integer().default(0),
    sales: p.bigint("number").default(0),
    settled: p.bigint("number").default(0),
    pending: p.bigint("number").default(0),
    refunded: p.bigint("number").default(0),
    fees: p.bigint("number").default(0),
    inDoubt: p.bigint("number").default(0),
    adjusted: p.bigint("number").default(0),
    scheduledAt: instant().nullable(),
    startedBy: p.uuid().nullable(),
    startedAt: instant(),
    finishedAt: instant().nullable(),
    failures: p.integer().default(0),
    nextSliceAt: instant().nullable(),
    claimedBy: p.uuid().nullable(),
    claimedUntil: instant().nullable(),
    signedOffBy: p.uuid().nullable(),
    signedOffAt: instant().nullable(),
    reopenedAt: instant().nullable(),
  },
});

export const ReconciliationItemTable = defineEntity({
  name: "ReconciliationItem",
  tableName: "reconciliation_items",
  properties: {
    day: p.date().primary(),
    transactionId: p.uuid().primary(),
    paymentId: p.uuid(),
    tries: p.integer().default(0),
    outcome: p.text().nullable(),
  },
});

export const ReconciliationMethodTable = defineEntity({
  name: "ReconciliationMethod",
  tableName: "reconciliation_methods",
  properties: {
    day: p.date().primary(),
    method: p.text().primary(),
    sales: p.bigint("number"),
    settled: p.bigint("number"),
    pending: p.bigint("number"),
    refunded: p.bigint("number"),
    fees: p.bigint("number"),
    inDoubt: p.bigint("number"),
    adjusted: p.bigint("number"),
  },
});

export const DiscrepancyTable = defineEntity({
  name: "Discrepancy",
  tableName: "discrepancies",
  properties: {
    id: p.uuid().primary(),
    day: p.date(),
    kind: p.text(),
    subject: p.text(),
    ours: p.text().nullable(),
    theirs: p.text().nullable(),
    amount: p.bigint("number"),
    evidence: p.json(),
    actions: p.array().columnType("text[]"),
    paymentId: p.uuid().nullable(),
    transactionId: p.uuid().nullable(),
    refundId: p.uuid().nullable(),
    settlementLineId: p.uuid().nullable(),
    bankLineId: p.uuid().nullable(),
    ownerId: p.uuid().nullable(),
    takenAt: instant().nullable(),
    openedAt: instant(),
    seenAt: instant(),
    resolvedAt: instant().nullable(),
    resolvedBy: p.uuid().nullable(),
    action: p.text().nullable(),
    resolution: p.text().nullable(),
  },
});
