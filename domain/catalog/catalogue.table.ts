import { defineEntity, p } from "@mikro-orm/postgresql";

export const StoreTable = defineEntity({
  name: "Store",
  tableName: "stores",
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    name: p.text(),
    legalName: p.text(),
    npwp: p.text().nullable(),
    originId: p.integer(),
    phone: p.text(),
    email: p.text(),
    address: p.text(),
    isPkp: p.boolean(),
    pkpSince: p.date().nullable(),
    isActive: p.boolean().default(true),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const ProductTable = defineEntity({
  name: "Product",
  tableName: "products",
  properties: {
    id: p.uuid().primary(),
    storeId: p.uuid(),
    slug: p.text(),
    name: p.text(),
    description: p.text(),
    price: p.bigint("number"),
    weightGrams: p.integer(),
    lengthCm: p.integer(),
    widthCm: p.integer(),
    heightCm: p.integer(),
    openingStock: p.integer(),
    stock: p.integer(),
    imageUrl: p.text().nullable(),
    taxClass: p.text().default("taxable"),
    ratingSum: p.integer().default(0),
    ratingCount: p.integer().default(0),
    reviewCount: p.integer().default(0),
    isActive: p.boolean().default(true),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
    search: p.string().columnType("tsvector").persist(false).lazy(),
  },
});

export const StockMovementTable = defineEntity({
  name: "StockMovement",
  tableName: "stock_movements",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    productId: p.uuid(),
    orderItemId: p.uuid().nullable(),
    kind: p.text(),
    quantity: p.integer(),
    reason: p.text().nullable(),
    refundId: p.uuid().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});

export const CourseTable = defineEntity({
  name: "Course",
  tableName: "courses",
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    title: p.text(),
    description: p.text(),
    isActive: p.boolean().default(true),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const PackageTable = defineEntity({
  name: "Package",
  tableName: "packages",
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    name: p.text(),
    approval: p.text().default("MANUAL"),
    isBundle: p.boolean(),
    monthlyPrice: p.bigint("number").nullable(),
    isActive: p.boolean().default(true),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const PackagePriceTable = defineEntity({
  name: "PackagePrice",
  tableName: "package_prices",
  properties: {
    packageId: p.uuid().primary(),
    type: p.text().primary(),
    price: p.bigint("number"),
  },
});

export const PackageCourseTable = defineEntity({
  name: "PackageCourse",
  tableName: "package_courses",
  properties: {
    packageId: p.uuid().primary(),
    courseId: p.uuid().primary(),
    position: p.integer(),
  },
});
