import { defineEntity, p } from "@mikro-orm/postgresql";

export const LedgerAccountTable = defineEntity({
  name: "LedgerAccount",
  tableName: "ledger_accounts",
  properties: {
    code: p.text().primary(),
    name: p.text(),
    kind: p.text(),
  },
});

export const LedgerEntryTable = defineEntity({
  name: "LedgerEntry",
  tableName: "ledger_entries",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    kind: p.text(),
    at: p.datetime().columnType("timestamptz"),
    paymentId: p.uuid().nullable(),
    transactionId: p.uuid().nullable(),
    orderId: p.uuid().nullable(),
    refundId: p.uuid().nullable(),
    creditNoteId: p.uuid().nullable(),
    settlementLineId: p.uuid().nullable(),
    bankLineId: p.uuid().nullable(),
    adjustmentId: p.uuid().nullable(),
    reason: p.text().nullable(),
  },
});

export const LedgerPostingTable = defineEntity({
  name: "LedgerPosting",
  tableName: "ledger_postings",
  properties: {
    entryId: p.bigint("number").primary(),
    line: p.smallint().primary(),
    account: p.text(),
    storeId: p.uuid().nullable(),
    method: p.text().nullable(),
    amount: p.bigint("number"),
  },
});

export const LedgerAdjustmentTable = defineEntity({
  name: "LedgerAdjustment",
  tableName: "ledger_adjustments",
  properties: {
    id: p.uuid().primary(),
    postings: p.json(),
    reason: p.text(),
    discrepancyId: p.uuid().nullable(),
    requestedBy: p.uuid(),
    requestedAt: p.datetime().columnType("timestamptz"),
    approvedBy: p.uuid().nullable(),
    approvedAt: p.datetime().columnType("timestamptz").nullable(),
    rejectedBy: p.uuid().nullable(),
    rejectedAt: p.datetime().columnType("timestamptz").nullable(),
    rejectReason: p.text().nullable(),
  },
});
