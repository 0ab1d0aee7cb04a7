import { defineEntity, p } from "@mikro-orm/postgresql";

export const EnrollmentPaymentTable = defineEntity({
  name: "EnrollmentPayment",
  tableName: "enrollment_payments",
  properties: {
    id: p.uuid().primary(),
    packageId: p.uuid(),
    courseId: p.uuid().nullable(),
    courseIds: p.array().columnType("uuid[]"),
    type: p.text(),
    approval: p.text(),
    proofSealed: p.text().nullable(),
    approvedAt: p.datetime().columnType("timestamptz").nullable(),
    approvedBy: p.uuid().nullable(),
    rejectReason: p.text().nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const EnrollmentTable = defineEntity({
  name: "Enrollment",
  tableName: "enrollments",
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    courseId: p.uuid(),
    status: p.text(),
    progress: p.integer().default(0),
    enrolledAt: p.datetime().columnType("timestamptz"),
    completedAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const EnrollmentGrantTable = defineEntity({
  name: "EnrollmentGrant",
  tableName: "enrollment_grants",
  properties: {
    id: p.uuid().primary(),
    enrollmentId: p.uuid(),
    paymentId: p.uuid(),
    courseId: p.uuid(),
    grantedAt: p.datetime().columnType("timestamptz"),
    revokedAt: p.datetime().columnType("timestamptz").nullable(),
  },
});

export const UploadTable = defineEntity({
  name: "Upload",
  tableName: "uploads",
  properties: {
    id: p.uuid().primary(),
    ownerId: p.uuid(),
    contentType: p.text(),
    bytes: p.integer(),
    digest: p.text(),
    sentDigest: p.text().nullable(),
    paymentId: p.uuid().nullable(),
    usedAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});
