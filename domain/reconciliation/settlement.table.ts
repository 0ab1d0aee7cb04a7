import { defineEntity, p } from "@mikro-orm/postgresql";

const instant = () => p.datetime().columnType("timestamptz");
const day = () => p.date();

export const FeeRateTable = defineEntity({
  name: "FeeRate",
  tableName: "fee_rates",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    paymentType: p.text(),
    basisPoints: p.integer(),
    fixed: p.bigint("number"),
    vat: p.text(),
    settleDays: p.integer(),
    validFrom: day(),
    setBy: p.uuid().nullable(),
    setAt: instant(),
  },
});

export const BankHolidayTable = defineEntity({
  name: "BankHoliday",
  tableName: "bank_holidays",
  properties: { day: day().primary(), name: p.text() },
});

export const SettlementFileTable = defineEntity({
  name: "SettlementFile",
  tableName: "settlement_files",
  properties: {
    id: p.uuid().primary(),
    sha256: p.text(),
    name: p.text(),
    kind: p.text(),
    bytes: p.integer(),
    state: p.text(),
    rows: p.integer().default(0),
    known: p.integer().default(0),
    done: p.integer().default(0),
    matched: p.integer().default(0),
    net: p.bigint("number").default(0),
    firstDay: day().nullable(),
    lastDay: day().nullable(),
    problems: p.json().defaultRaw("'[]'"),
    importedBy: p.uuid(),
    importedAt: instant(),
    finishedAt: instant().nullable(),
  },
});

export const SettlementPayoutTable = defineEntity({
  name: "SettlementPayout",
  tableName: "settlement_payouts",
  properties: {
    reference: p.text().primary(),
    lookup: p.text(),
    paidOn: day(),
    judgedOn: day().nullable(),
  },
});

export const SettlementDueDayTable = defineEntity({
  name: "SettlementDueDay",
  tableName: "settlement_due_days",
  properties: {
    day: day().primary(),
    paymentType: p.text().primary(),
    judgedAt: instant(),
  },
});

export const SettlementLineTable = defineEntity({
  name: "SettlementLine",
  tableName: "settlement_lines",
  properties: {
    id: p.uuid().primary(),
    fileId: p.uuid(),
    line: p.integer(),
    digest: p.text(),
    occurrence: p.integer(),
    type: p.text(),
    gatewayTransactionId: p.text().nullable(),
    gatewayOrderId: p.text().nullable(),
    refundKey: p.text().nullable(),
    vaNumber: p.text().nullable(),
    paymentType: p.text().nullable(),
    paidOn: day().nullable(),
    settledOn: day(),
    payoutReference: p.text().nullable(),
    currency: p.text(),
    foreignGross: p.text().nullable(),
    gross: p.bigint("number"),
    fee: p.bigint("number"),
    feeTax: p.bigint("number"),
    net: p.bigint("number"),
    expectedFee: p.bigint("number").nullable(),
    expectedFeeTax: p.bigint("number").nullable(),
    feeRounding: p.bigint("number").default(0),
    rawSealed: p.text(),
    state: p.text(),
    matchedBy: p.text().nullable(),
    transactionId: p.uuid().nullable(),
    paymentId: p.uuid().nullable(),
    refundId: p.uuid().nullable(),
    matchedAt: instant().nullable(),
  },
});

export const BankLineTable = defineEntity({
  name: "BankLine",
  tableName: "bank_lines",
  properties: {
    id: p.uuid().primary(),
    fileId: p.uuid(),
    line: p.integer(),
    digest: p.text(),
    occurrence: p.integer(),
    bookedOn: day(),
    amount: p.bigint("number"),
    words: p.array().columnType("text[]"),
    rawSealed: p.text(),
    state: p.text(),
    matchedBy: p.text().nullable(),
    payoutReference: p.text().nullable(),
    refundId: p.uuid().nullable(),
    paymentId: p.uuid().nullable(),
    matchedAt: instant().nullable(),
  },
});
