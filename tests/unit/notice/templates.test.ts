import { describe, expect, test } from "vitest";
import { renderNotice } from "../../../domain/notice/mail.rules.ts";
import { linkToMoney } from "../../../domain/notice/notice.rules.ts";
import { TEMPLATES, type TemplateName } from "../../../domain/notice/templates.rules.ts";

const values = {
  number: "LNS-1",
  name: "Siti",
  amount: "Rp318.000",
  paidAt: "20 Nov 2026, 14.05 WIB",
  expiresAt: "21 Nov 2026, 14.05 WIB",
  package: "Kelas Seduh",
  why: "Kartu 48111111-1114 sudah tidak berlaku.",
  next: "Kami mencobanya lagi sekali sehari.",
  method: "GoPay",
  when: "paling lambat 1 hari lagi",
  account: "BCA ••••••7890 S•••",
  reference: "TRX-1",
  money: "Uang sebesar Rp318.000 kami kembalikan.",
  reason: "stok rusak",
};
const NASTY = `<img src=x onerror="a">&'\r\nBcc: semua@lunas.test {amount}`;

describe("a mail", () => {
  test.each(Object.keys(TEMPLATES) as TemplateName[])(
    "of %s has all its values in, and says the same as text and as HTML",
    (name) => {
      const mail = renderNotice(name, {
        values,
        rows: [{ label: "ORD-1", value: "Rp318.000" }],
        url: "https://toko.test/orders/ORD-1",
      });
      expect(mail.subject + mail.text + mail.html).not.toMatch(/\{\w+\}/);
      const plain = mail.html.replace(/<[^>]+>/g, "");
      for (const words of [TEMPLATES[name].action, "ORD-1", "Rp318.000", "Halo Siti,"]) {
        expect(mail.text).toContain(words);
        expect(plain).toContain(words);
      }
      expect(mail.text).toContain("https://toko.test/orders/ORD-1");
    },
  );

  test("shows what a customer typed as that text, never as markup, header or placeholder", () => {
    const input = {
      values: { ...values, name: NASTY, number: NASTY },
      rows: [{ label: NASTY, value: "<b>" }],
      url: 'https://toko.test/?a=1&b="2"',
    };
    const mail = renderNotice("paymentExpired", input);
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html).not.toMatch(/<img|<b>/);
    expect(mail.html).toContain("&lt;img src=x onerror=&quot;a&quot;&gt;&amp;&#39;");
    expect(mail.html).toContain('href="https://toko.test/?a=1&amp;b=&quot;2&quot;"');
    expect(mail.text).toContain("Bcc: semua@lunas.test {amount}");
  });

  test("about money that goes back leads to where its account is named: the order, or else the payment", () => {
    expect(linkToMoney("https://toko.test", { orderId: "o1", paymentId: "p1" })).toBe("https://toko.test/orders/o1");
    expect(linkToMoney("https://toko.test", { orderId: null, paymentId: "p1" })).toBe("https://toko.test/payments/p1");
  });

  test("is not made when a value is missing", () => {
    expect(() => renderNotice("paymentReceived", { values: { name: "Siti" }, rows: [], url: "" })).toThrow("{amount}");
  });
});
