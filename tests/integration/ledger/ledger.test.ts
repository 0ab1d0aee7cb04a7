import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PaymentId } from "../../../domain/kernel/ids.ts";
import { bookPayments } from "../../../domain/ledger/bookPayments.ts";
import type { Posting } from "../../../domain/ledger/ledger.rules.ts";
import { postEntry } from "../../../domain/ledger/postEntry.ts";
import { inTransaction } from "../../../platform/db.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  NOW,
  type OrderRow,
  openTestShop,
  payOrder,
  type ShelfRow,
  type TestShop,
} from "../../support/shopRows.ts";

let shop: TestShop;
let shelf: ShelfRow;
let order: OrderRow;

beforeAll(async () => {
  shop = await openTestShop();
  shelf = await addStore(shop.db);
  order = await addOrder(shop.db, await addCustomer(shop.db), shelf);
  await payOrder(shop.db, order);
});

afterAll(() => shop.drop());

const book = () => inTransaction(shop.db, (tx) => bookPayments(tx, NOW, [order.paymentId as PaymentId]));

const change = (sql: string, ...values: unknown[]) => inTransaction(shop.db, (tx) => tx.sql(sql, values));

const balances = async () => {
  const rows = await shop.db.sql<{ name: string; amount: number }>(
    `select concat_ws(' ', account, method, s.slug) as name, sum(amount)::bigint as amount
       from ledger_postings l left join stores s on s.id = l.store_id
      group by 1 having sum(amount) <> 0 order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, amount }) => [name, amount]));
};

const entries = async () => (await shop.db.sql<{ kind: string }>("select kind from ledger_entries order by id")).length;

const ADJUSTMENT: readonly Posting[] = [
  { account: "ROUNDING", amount: 7 },
  { account: "SUSPENSE", amount: -7 },
];
const TAX = 31_514; // 29.730 of the goods and 1.784 of the shipping, by the rule of 2025

describe("the ledger", () => {
  test("books a paid order: its money at the gateway, and what it was for without its PPN", async () => {
    await book();
    expect(await balances()).toEqual({
      "RECEIVABLE SNAP": order.total,
      "PPN_PAYABLE batik-sekar": -TAX,
      "SALES batik-sekar": 29_730 - 300_000,
      "SHIPPING batik-sekar": 1_784 - 18_000,
    });
  });

  test("and nothing of it a second time", async () => {
    await book();
    expect(await entries()).toBe(2);
  });

  test("takes back by new entries what a reversal undid", async () => {
    await change("update payment_transactions set captured_amount = 0 where id = $1", order.transactionId);
    await change("update payments set covering_transaction_id = null where id = $1", order.paymentId);
    await book();
    expect([await balances(), await entries()]).toEqual([{}, 4]);
    await change("update payment_transactions set captured_amount = amount where id = $1", order.transactionId);
    await change(
      "update payments set covering_transaction_id = $2 where id = $1",
      order.paymentId,
      order.transactionId,
    );
    await book();
    expect(await entries()).toBe(6);
  });

  test("refuses an entry that does not balance, has no second line, or names what is not there", async () => {
    const post = (postings: readonly Posting[]) =>
      inTransaction(shop.db, (tx) => postEntry(tx, NOW, { kind: "ADJUSTMENT", postings }));
    await expect(post([...ADJUSTMENT, { account: "CASH", amount: 1 }])).rejects.toThrow("differ by 1");
    const line = (n: number, account: string, amount: number) =>
      change(
        `with e as (insert into ledger_entries (kind, at) values ('ADJUSTMENT', $1) returning id)
         insert into ledger_postings (entry_id, line, account, amount)
         select id, n, $2, $3 from e cross join generate_series(1, $4) n`,
        NOW,
        account,
        amount,
        n,
      );
    await expect(line(1, "CASH", 5)).rejects.toMatchObject({ constraint: "ledger_postings_balance" });
    await expect(line(2, "CASH", 0)).rejects.toMatchObject({ code: "23514" });
    await expect(line(1, "GOLD", 5)).rejects.toMatchObject({ constraint: "ledger_postings_references" });
    await expect(change("insert into ledger_entries (kind, at) values ('ADJUSTMENT', $1)", NOW)).rejects.toMatchObject({
      constraint: "ledger_entries_balance",
    });
    expect(await entries()).toBe(6);
  });

  test("refuses a line that unbalances an old entry, and any change of what is written", async () => {
    const [{ id }] = (await shop.db.sql<{ id: number }>("select max(id) as id from ledger_entries")) as [
      { id: number },
    ];
    await expect(
      change("insert into ledger_postings (entry_id, line, account, amount) values ($1, 9, 'CASH', 5)", id),
    ).rejects.toMatchObject({ constraint: "ledger_postings_balance" });
    for (const table of ["ledger_accounts", "ledger_entries", "ledger_postings"]) {
      await expect(change(`delete from ${table}`)).rejects.toThrow(table);
    }
    await expect(change("update ledger_postings set amount = amount + 1")).rejects.toThrow("ledger_postings");
    await expect(change("update ledger_entries set at = at")).rejects.toThrow("ledger_entries");
  });

  test("counts an entry in the day that it is in Jakarta", async () => {
    const late = new Date("2026-11-20T17:00:00.000Z");
    const id = await inTransaction(shop.db, (tx) => postEntry(tx, late, { kind: "BANK", postings: ADJUSTMENT }));
    const [row] = await shop.db.sql<{ day: string }>("select day from ledger_entries where id = $1", [id]);
    expect(row?.day).toBe("2026-11-21");
  });
});
