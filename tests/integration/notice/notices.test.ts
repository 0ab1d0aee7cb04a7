import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { issueInvoices } from "../../../domain/checkout/issueInvoices.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import type { PaymentId } from "../../../domain/kernel/ids.ts";
import { deliverNotice } from "../../../domain/notice/deliverNotice.ts";
import { listNotices } from "../../../domain/notice/notice.queries.ts";
import { noticeEnded } from "../../../domain/notice/noticeEnded.ts";
import { noticePaid } from "../../../domain/notice/noticePaid.ts";
import { createMailer } from "../../../gateways/smtp/mailer.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type SmtpServer, startSmtpServer } from "../../../scripts/drill/smtpServer.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  clock,
  endOrder,
  ids,
  NOW,
  type OrderRow,
  openTestShop,
  payOrder,
  type ShelfRow,
  type TestShop,
} from "../../support/shopRows.ts";

const STAFF = { role: "STAFF", userId: null } as const;
const settings = { publicUrl: "https://toko.test" } as App["settings"];

let shop: TestShop;
let smtp: SmtpServer;
let shelf: ShelfRow;
let app: Pick<App, "db" | "clock" | "ids" | "settings" | "mail">;

beforeAll(async () => {
  [shop, smtp] = [await openTestShop(), await startSmtpServer()];
  shelf = await addStore(shop.db);
  app = { db: shop.db, clock, ids, settings, mail: createMailer(smtp.url, settings.publicUrl) };
});
afterAll(async () => {
  await shop?.drop();
  await smtp?.stop();
});
beforeEach(() => {
  smtp.mood = "takes";
  smtp.mails.length = 0;
  smtp.logins.length = 0;
});

interface NoticeRow {
  readonly id: string;
  readonly state: string;
  readonly template: string;
  readonly subject: string;
  readonly bodyText: string;
  readonly bodyHtml: string;
  readonly sentAt: Date | null;
}

const noticesOf = (order: OrderRow) =>
  shop.db.sql<NoticeRow>("select * from notices where event like '%' || $1 order by created_at, id", [order.paymentId]);

async function paidOrder(name?: string): Promise<OrderRow> {
  const order = await addOrder(shop.db, await addCustomer(shop.db, name), shelf);
  await payOrder(shop.db, order);
  await inTransaction(shop.db, (tx) => issueInvoices(tx, NOW, ids, [order.orderId as never]));
  return order;
}

async function storedNotice(): Promise<NoticeRow> {
  const order = await paidOrder();
  await noticePaid(app, { paymentId: order.paymentId as PaymentId });
  const [notice] = await noticesOf(order);
  return notice as NoticeRow;
}

const stateOf = async (id: string) => (await shop.db.sql<NoticeRow>("select * from notices where id = $1", [id]))[0];
const alertsOf = (id: string) =>
  shop.db.sql<{ kind: string; clearedAt: Date | null }>("select kind, cleared_at from alerts where subject = $1", [id]);

describe("news of a payment", () => {
  test("tells a customer once that the money came, for what, and where the invoice is", async () => {
    const order = await paidOrder("Siti <b>Rahma</b>");
    const message = { paymentId: order.paymentId as PaymentId };
    await Promise.all([noticePaid(app, message), noticePaid(app, message), noticePaid(app, message)]);
    const [notice, ...more] = await noticesOf(order);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({
      template: "paymentReceived",
      state: "STORED",
      subject: "Pembayaran Rp318.000 sudah kami terima",
    });
    expect(notice?.bodyText).toContain(
      `Pembayaran ${order.paymentNumber} sebesar Rp318.000 kami terima pada 20 Nov 2026, 14.05 WIB`,
    );
    expect(notice?.bodyText).toMatch(
      new RegExp(`- ${order.orderNumber}, Batik Sekar, 2 barang, faktur INV/BATIK-SEKAR/2026/\\d{6}: Rp318.000`),
    );
    expect(notice?.bodyText).toContain(`https://toko.test/orders/${order.orderId}`);
    expect(notice?.bodyHtml).toContain("Siti &lt;b&gt;Rahma&lt;/b&gt;");
    const jobs = await shop.db.sql(
      "select id from outbox_messages where handler = 'deliverNotice' and payload->>'noticeId' = $1",
      [notice?.id],
    );
    expect(jobs).toHaveLength(1);
  });

  test.each([
    ["FAILED", "paymentFailed", "tidak berhasil"],
    ["EXPIRED", "paymentExpired", "Sampai 21 Nov 2026, 14.05 WIB pembayaran"],
    ["CANCELLED", "paymentCancelled", "sudah dibatalkan"],
  ] as const)("says what happened to a payment that is %s, and what to do next", async (as, template, words) => {
    const order = await addOrder(shop.db, await addCustomer(shop.db), shelf);
    await endOrder(shop.db, order, as);
    await noticeEnded(app, { paymentId: order.paymentId as PaymentId, as });
    await noticeEnded(app, { paymentId: order.paymentId as PaymentId, as });
    const notices = await noticesOf(order);
    expect(notices.map((notice) => notice.template)).toEqual([template]);
    expect(notices[0]?.bodyText).toContain(words);
    expect(notices[0]?.bodyText).toContain("Belanja lagi: https://toko.test/");
  });

  test("tells of money that the bank took back, not of money that never came", async () => {
    const order = await paidOrder();
    await shop.db.sql("update payments set status = 'FAILED', covering_transaction_id = null where id = $1", [
      order.paymentId,
    ]);
    await noticePaid(app, { paymentId: order.paymentId as PaymentId });
    await noticeEnded(app, { paymentId: order.paymentId as PaymentId, as: "FAILED" });
    expect((await noticesOf(order)).map((notice) => notice.template)).toEqual(["paymentReversed"]);
  });

  test("does not tell of an end that is no longer true", async () => {
    const order = await paidOrder();
    await noticeEnded(app, { paymentId: order.paymentId as PaymentId, as: "EXPIRED" });
    expect(await noticesOf(order)).toEqual([]);
  });
});

describe("delivering a mail", () => {
  test("sends it once under its own id, as text and as HTML", async () => {
    const { id } = await storedNotice();
    await deliverNotice(app, { noticeId: id as never });
    await deliverNotice(app, { noticeId: id as never });
    expect(await stateOf(id)).toMatchObject({ state: "SENT", sentAt: NOW });
    expect(smtp.mails).toHaveLength(1);
    expect(smtp.mails[0]).toContain(`Message-ID: <${id}@toko.test>`);
    expect(smtp.mails[0]).toContain("From: Lunas <no-reply@toko.test>");
    expect(smtp.mails[0]).toMatch(/Content-Type: text\/plain[\s\S]*Content-Type: text\/html/);
  });

  test("sends it once when ten workers have it at once", async () => {
    const { id } = await storedNotice();
    await Promise.all(Array.from({ length: 10 }, () => deliverNotice(app, { noticeId: id as never })));
    expect(smtp.mails).toHaveLength(1);
    expect(await stateOf(id)).toMatchObject({ state: "SENT" });
    expect((await alertsOf(id)).filter(({ clearedAt }) => clearedAt === null)).toEqual([]);
  });

  test.each(["refusesRecipient", "refusesText", "vanishesBeforeText"] as const)(
    "tries again when the server certainly has not taken it: %s",
    async (mood) => {
      const { id } = await storedNotice();
      smtp.mood = mood;
      const failure = await deliverNotice(app, { noticeId: id as never }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(GatewayUnavailable);
      expect(failure).toMatchObject({ outcome: "none" });
      expect(await stateOf(id)).toMatchObject({ state: "STORED", sentAt: null });
      smtp.mood = "takes";
      await deliverNotice(app, { noticeId: id as never });
      expect(await stateOf(id)).toMatchObject({ state: "SENT" });
      expect(await alertsOf(id)).toEqual([]);
    },
  );

  test.each(["vanishesInText", "vanishesAfterText"] as const)(
    "never sends a second time when nobody knows whether the first went out: %s",
    async (mood) => {
      const { id } = await storedNotice();
      smtp.mood = mood;
      await deliverNotice(app, { noticeId: id as never });
      expect(await stateOf(id)).toMatchObject({ state: "IN_DOUBT", sentAt: null });
      expect(await alertsOf(id)).toEqual([{ kind: "NOTICE_IN_DOUBT", clearedAt: null }]);
      smtp.mood = "takes";
      smtp.mails.length = 0;
      await deliverNotice(app, { noticeId: id as never });
      expect(smtp.mails).toEqual([]);
    },
  );

  test("calls it in doubt when the worker died while it was sending", async () => {
    const { id } = await storedNotice();
    await shop.db.sql("update notices set state = 'SENDING' where id = $1", [id]);
    await deliverNotice(app, { noticeId: id as never });
    expect(smtp.mails).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ state: "IN_DOUBT" });
    expect(await alertsOf(id)).toHaveLength(1);
  });

  test("signs in as the user of the address, and sends from the address that it names", async () => {
    const { id } = await storedNotice();
    const url = `${smtp.url.replace("smtp://", "smtp://kasir:p%40ss@")}?from=Toko%20Uji%20<kasir@toko.test>`;
    const signedIn = { ...app, mail: createMailer(url, settings.publicUrl) };
    smtp.mood = "refusesLogin";
    await expect(deliverNotice(signedIn, { noticeId: id as never })).rejects.toMatchObject({ outcome: "none" });
    smtp.mood = "takes";
    await deliverNotice(signedIn, { noticeId: id as never });
    expect(smtp.logins).toEqual(["kasir:p@ss", "kasir:p@ss"]);
    expect(smtp.mails[0]).toContain("From: Toko Uji <kasir@toko.test>");
  });

  test("tells its password to no other machine that speaks no TLS", async () => {
    const { id } = await storedNotice();
    // An address that leads here and is not one of this machine's own.
    const url = smtp.url.replace("smtp://127.0.0.1", "smtp://kasir:rahasia@0.0.0.0");
    const elsewhere = { ...app, mail: createMailer(url, settings.publicUrl) };
    await expect(deliverNotice(elsewhere, { noticeId: id as never })).rejects.toMatchObject({ outcome: "none" });
    expect(smtp.logins).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ state: "STORED" });
  });

  test("tries again when no server is there", async () => {
    const { id } = await storedNotice();
    const away = createMailer("smtp://127.0.0.1:1", settings.publicUrl);
    await expect(deliverNotice({ ...app, mail: away }, { noticeId: id as never })).rejects.toMatchObject({
      outcome: "none",
    });
    expect(await stateOf(id)).toMatchObject({ state: "STORED" });
  });

  test("tells staff that no mail goes out once one has waited, till one goes again; not of one address", async () => {
    const away = { ...app, mail: createMailer("smtp://127.0.0.1:1", settings.publicUrl) };
    const deliver = (via: typeof app, noticeId: string) =>
      deliverNotice(via, { noticeId: noticeId as never }).catch(() => undefined);
    const open = async () => (await alertsOf("smtp")).filter(({ clearedAt }) => clearedAt === null).length;
    const { id } = await storedNotice();
    await deliver(away, id);
    expect(await open()).toBe(0);
    await shop.db.sql("update notices set created_at = created_at - interval '16 minutes' where id = $1", [id]);
    smtp.mood = "refusesRecipient";
    await deliver(app, id);
    expect(await open()).toBe(0);
    await deliver(away, id);
    await deliver(away, id);
    expect(await alertsOf("smtp")).toEqual([{ kind: "MAIL_AWAY", clearedAt: null }]);
    smtp.mood = "takes";
    await deliver(app, (await storedNotice()).id);
    expect(await open()).toBe(0);
  });

  test("keeps it for staff to read where no server is set", async () => {
    const { id } = await storedNotice();
    await deliverNotice({ ...app, mail: null }, { noticeId: id as never });
    expect(await stateOf(id)).toMatchObject({ state: "STORED" });
    const page = await listNotices(app, STAFF, { first: 1 });
    const next = await listNotices(app, STAFF, { first: 100, after: page.pageInfo.endCursor });
    expect([...page.nodes, ...next.nodes].map((notice) => notice.id)).toContain(id);
    expect(next.nodes.map((notice) => notice.id)).not.toContain(page.nodes[0]?.id);
  });

  test.each([
    ["took his consent back", "update users set marketing_consent = false where id = $1"],
    ["closed his account", "update users set is_active = false where id = $1"],
  ])("withdraws a reminder that is still to go out when its reader %s, and no other mail", async (_what, sql) => {
    const userId = await addCustomer(shop.db);
    await shop.db.sql("update users set marketing_consent = true where id = $1", [userId]);
    const store = (template: string) => {
      const id: string = ids.next();
      const mail = [id, template, userId];
      const columns = "id, event, template, user_id, recipient, subject, body_text, body_html, state, created_at";
      const values = "$1::uuid, $1::uuid::text, $2, $3, 'a@lunas.test', 'x', 'x', 'x', 'STORED', now()";
      return shop.db.sql(`insert into notices (${columns}) values (${values})`, mail).then(() => id);
    };
    const deliver = (noticeId: string) => deliverNotice(app, { noticeId: noticeId as never });
    const [wanted, late, paid] = [
      await store("cartReminder"),
      await store("cartReminder"),
      await store("paymentReceived"),
    ];
    await deliver(wanted);
    smtp.mood = "refusesText";
    await expect(deliver(late)).rejects.toMatchObject({ outcome: "none" });
    smtp.mood = "takes";
    smtp.mails.length = 0;
    await shop.db.sql(sql, [userId]);
    for (const id of [late, late, paid]) await deliver(id);
    expect(smtp.mails).toHaveLength(1);
    expect(await stateOf(wanted)).toMatchObject({ state: "SENT" });
    expect(await stateOf(late)).toMatchObject({ state: "WITHDRAWN", sentAt: null });
    expect(await stateOf(paid)).toMatchObject({ state: "SENT" });
    expect(await alertsOf(late)).toEqual([]);
  });

  test("shows mails to staff alone", async () => {
    await expect(listNotices(app, { role: "CUSTOMER", userId: ids.next() }, { first: 1 })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});
