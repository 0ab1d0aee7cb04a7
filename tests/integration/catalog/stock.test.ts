import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lockProducts } from "../../../domain/catalog/lockProducts.ts";
import { releaseStock } from "../../../domain/catalog/releaseStock.ts";
import { restock } from "../../../domain/catalog/restock.ts";
import type { OrderId, ProductId } from "../../../domain/kernel/ids.ts";
import { inTransaction, type Tx } from "../../../platform/db.ts";
import { sqlOver } from "../../../platform/sqlClient.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  NOW,
  type OrderRow,
  openTestShop,
  type ShelfRow,
  type TestShop,
} from "../../support/shopRows.ts";

let shop: TestShop;
let buyer: string;
beforeAll(async () => {
  shop = await openTestShop();
  buyer = await addCustomer(shop.db);
});
afterAll(() => shop?.drop());

let serial = 0;
const newShelf = () => addStore(shop.db, { slug: `toko-${++serial}` });
const release = (...orders: OrderRow[]) =>
  inTransaction(shop.db, (tx) =>
    releaseStock(
      tx,
      NOW,
      orders.map(({ orderId }) => orderId as OrderId),
    ),
  );

async function stockOf({ productId }: ShelfRow): Promise<{ stock: number; byMovements: number }> {
  const [row] = await shop.db.sql<{ stock: number; byMovements: number }>(
    `select stock,
            opening_stock + coalesce((select sum(quantity) from stock_movements
                                       where product_id = p.id), 0) as by_movements
       from products p where id = $1`,
    [productId],
  );
  return row as { stock: number; byMovements: number };
}

describe("releasing what an order reserved", () => {
  test("returns it to the shelf, with a movement for each item", async () => {
    const shelf = await newShelf();
    const order = await addOrder(shop.db, buyer, shelf);
    expect(await stockOf(shelf)).toEqual({ stock: 998, byMovements: 998 });
    expect(await release(order)).toEqual([{ productId: shelf.productId, quantity: 2 }]);
    expect(await stockOf(shelf)).toEqual({ stock: 1_000, byMovements: 1_000 });
  });

  test("leaves nothing to come back: a parcel of it that returns is on no shelf twice", async () => {
    const shelf = await newShelf();
    const order = await addOrder(shop.db, buyer, shelf);
    await release(order);
    await inTransaction(shop.db, (tx) => restock(tx, NOW, order.orderId as OrderId, "came back"));
    expect(await stockOf(shelf)).toEqual({ stock: 1_000, byMovements: 1_000 });
  });

  test("twice returns it once", async () => {
    const shelf = await newShelf();
    const order = await addOrder(shop.db, buyer, shelf);
    await release(order);
    expect(await release(order)).toEqual([]);
    expect(await stockOf(shelf)).toEqual({ stock: 1_000, byMovements: 1_000 });
  });

  test("by many at once returns it once", async () => {
    const shelf = await newShelf();
    const order = await addOrder(shop.db, buyer, shelf);
    const released = await Promise.all(Array.from({ length: 8 }, () => release(order)));
    expect(released.flat()).toEqual([{ productId: shelf.productId, quantity: 2 }]);
    expect(await stockOf(shelf)).toEqual({ stock: 1_000, byMovements: 1_000 });
  });

  test("of several orders sums what they hold of one product", async () => {
    const shelf = await newShelf();
    const orders = [await addOrder(shop.db, buyer, shelf), await addOrder(shop.db, buyer, shelf)];
    expect(await release(...orders)).toEqual([{ productId: shelf.productId, quantity: 4 }]);
    expect(await stockOf(shelf)).toEqual({ stock: 1_000, byMovements: 1_000 });
  });

  test("of many orders over the same shelves at once ends without a deadlock", async () => {
    const shelves = [await newShelf(), await newShelf(), await newShelf()];
    const orders: OrderRow[] = [];
    for (let i = 0; i < 12; i++) orders.push(await addOrder(shop.db, buyer, shelves[i % 3] as ShelfRow));
    const pairs = orders.map((order, i) => [order, orders[(i + 5) % orders.length] as OrderRow]);
    await Promise.all(pairs.map((pair) => releaseWithoutRetry(...pair)));
    for (const shelf of shelves) expect(await stockOf(shelf)).toEqual({ stock: 1_000, byMovements: 1_000 });
  });

  test("of an order that does not exist returns nothing", async () => {
    expect(await release({ orderId: "00000000-0000-7000-8000-000000000000" } as OrderRow)).toEqual([]);
  });
});

/** As release, but a deadlock is an error. */
async function releaseWithoutRetry(...orders: OrderRow[]): Promise<void> {
  const client = await shop.db.pool.connect();
  try {
    await client.query("begin");
    await releaseStock(
      { sql: sqlOver(client) } as Tx,
      NOW,
      orders.map(({ orderId }) => orderId as OrderId),
    );
    await client.query("commit");
  } finally {
    client.release(true);
  }
}

describe("locked products", () => {
  test("come with their store, and an unknown id has no entry", async () => {
    const shelf = await newShelf();
    const unknown = "00000000-0000-7000-8000-000000000000" as ProductId;
    const found = await inTransaction(shop.db, (tx) => lockProducts(tx, [unknown, shelf.productId as ProductId], NOW));
    expect([...found.keys()]).toEqual([shelf.productId]);
    expect(found.get(shelf.productId as ProductId)).toEqual({
      id: shelf.productId,
      name: "Kemeja batik",
      price: 150_000,
      stock: 1_000,
      weightGrams: 300,
      lengthCm: 20,
      widthCm: 20,
      heightCm: 5,
      taxClass: "taxable",
      isActive: true,
      storeId: shelf.storeId,
      storeSlug: `toko-${serial}`,
      storeName: "Batik Sekar",
      originId: 1,
      isPkp: true,
    });
  });

  test("of a closed store are not on sale", async () => {
    const shelf = await newShelf();
    await inTransaction(shop.db, (tx) => tx.sql("update stores set is_active = false where id = $1", [shelf.storeId]));
    const found = await inTransaction(shop.db, (tx) => lockProducts(tx, [shelf.productId as ProductId], NOW));
    expect(found.get(shelf.productId as ProductId)?.isActive).toBe(false);
  });

  test("make a second buyer wait, and let him see what the first left", async () => {
    const shelf = await newShelf();
    const take = () =>
      inTransaction(shop.db, async (tx) => {
        const product = (await lockProducts(tx, [shelf.productId as ProductId], NOW)).get(shelf.productId as ProductId);
        await tx.sql("update products set stock = $2 where id = $1", [shelf.productId, (product?.stock ?? 0) - 1]);
      });
    await Promise.all(Array.from({ length: 20 }, take));
    expect((await stockOf(shelf)).stock).toBe(980);
  });
});
