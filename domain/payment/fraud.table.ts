import { defineEntity, p } from "@mikro-orm/postgresql";

export const FraudVerdictTable = defineEntity({
  name: "FraudVerdict",
  tableName: "fraud_verdicts",
  properties: {
    id: p.uuid().primary(),
    paymentId: p.uuid().nullable(),
    userId: p.uuid(),
    startKey: p.text(),
    stage: p.text(),
    method: p.text().nullable(),
    amount: p.bigint("number"),
    verdict: p.text(),
    reasons: p.array(),
    figures: p.json(),
    addressHash: p.text().nullable(),
    deviceHash: p.text().nullable(),
    cardHash: p.text().nullable(),
    requestId: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
    decision: p.text().nullable(),
    decidedBy: p.uuid().nullable(),
    decidedAt: p.datetime().columnType("timestamptz").nullable(),
    note: p.text().nullable(),
  },
});

export const FraudBlockTable = defineEntity({
  name: "FraudBlock",
  tableName: "fraud_blocks",
  properties: {
    id: p.uuid().primary(),
    kind: p.text(),
    subject: p.text(),
    note: p.text(),
    blockedBy: p.uuid().nullable(),
    blockedAt: p.datetime().columnType("timestamptz"),
    liftedBy: p.uuid().nullable(),
    liftedAt: p.datetime().columnType("timestamptz").nullable(),
    liftNote: p.text().nullable(),
  },
});
