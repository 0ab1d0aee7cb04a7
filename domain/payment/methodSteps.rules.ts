import type { PaymentMethod, Words } from "./methods.rules.ts";

/** One way to pay by a method, such as in the bank's app, step by step. */
export interface Guide {
  readonly title: Words;
  readonly steps: readonly Words[];
}

const words = (id: string, en: string): Words => ({ id, en });
const guide = (title: Words, ...steps: readonly Words[]): Guide => ({ title, steps });

const CHECK_AMOUNT = words(
  "Periksa nama toko dan jumlahnya; jumlah harus sama persis sampai rupiah terakhir.",
  "Check the shop's name and the amount; it must be the same to the last rupiah.",
);
const CONFIRM = words("Masukkan PIN, lalu simpan buktinya.", "Enter your PIN, then keep the receipt.");
const DONE = words(
  "Kembali ke halaman ini; statusnya berubah sendiri dalam beberapa detik.",
  "Come back to this page; its status changes by itself within seconds.",
);

/** A bank's app: the names of its menus, as the app shows them. */
const inApp = (app: string, menu: string, number: Words): Guide =>
  guide(
    words(`Aplikasi ${app}`, `${app} app`),
    words(`Buka ${app} dan masuk.`, `Open ${app} and sign in.`),
    words(`Pilih ${menu}.`, `Choose ${menu}.`),
    number,
    CHECK_AMOUNT,
    CONFIRM,
    DONE,
  );
const atMachine = (bank: string, menu: string, number: Words): Guide =>
  guide(
    words(`ATM ${bank}`, `${bank} ATM`),
    words("Masukkan kartu dan PIN.", "Insert your card and enter your PIN."),
    words(`Pilih ${menu}.`, `Choose ${menu}.`),
    number,
    CHECK_AMOUNT,
    words("Konfirmasi, lalu ambil struknya.", "Confirm, then take the receipt."),
    DONE,
  );
const fromOther = (bank: string, code: string): Guide =>
  guide(
    words("Bank lain", "Another bank"),
    words(`Pilih transfer antarbank ke ${bank} (kode ${code}).`, `Choose a transfer to ${bank} (code ${code}).`),
    words(
      "Masukkan nomor virtual account sebagai nomor rekening tujuan.",
      "Enter the virtual account number as the account to pay to.",
    ),
    CHECK_AMOUNT,
    CONFIRM,
    DONE,
  );

const NUMBER = words("Masukkan nomor virtual account.", "Enter the virtual account number.");
const SCAN = guide(
  words("Pindai kode QR", "Scan the QR code"),
  words("Buka aplikasi bank atau dompet yang menerima QRIS.", "Open any bank or wallet app that takes QRIS."),
  words(
    "Pindai kode di halaman ini; dari ponsel yang sama, simpan gambarnya lalu unggah dari galeri.",
    "Scan the code on this page; on the same phone, save the picture and open it from the gallery.",
  ),
  CHECK_AMOUNT,
  CONFIRM,
  DONE,
);
const openWallet = (app: string): Guide =>
  guide(
    words(`Aplikasi ${app}`, `${app} app`),
    words(`Tekan tombol buka ${app} di ponsel ini.`, `Press the button that opens ${app} on this phone.`),
    CHECK_AMOUNT,
    words("Setujui pembayaran dengan PIN.", "Approve the payment with your PIN."),
    DONE,
  );
const atCounter = (store: string): Guide =>
  guide(
    words(`Kasir ${store}`, `${store} counter`),
    words(
      `Tunjukkan kode pembayaran kepada kasir ${store} dan sebutkan pembayaran Midtrans.`,
      `Show the payment code at an ${store} counter and say that it is a Midtrans payment.`,
    ),
    words(
      "Bayar jumlahnya dalam satu kali pembayaran; kasir mungkin menambahkan biaya layanan.",
      "Pay the amount in one payment; the counter may add a service fee.",
    ),
    words("Simpan struknya sebagai bukti.", "Keep the receipt as your proof."),
    DONE,
  );

const ON_PAGE = guide(
  words("Halaman pembayaran", "Payment page"),
  words("Buka halaman pembayaran Midtrans.", "Open Midtrans's payment page."),
  words("Ikuti langkah di halaman itu sampai selesai.", "Follow its steps to the end."),
  DONE,
);

const GUIDES: Readonly<Record<PaymentMethod, readonly Guide[]>> = {
  SNAP: [ON_PAGE],
  CREDIT_CARD: [
    guide(
      words("Halaman kartu", "Card page"),
      words("Buka halaman kartu Midtrans.", "Open Midtrans's card page."),
      words(
        "Isi data kartu di sana; toko ini tidak pernah melihatnya.",
        "Fill in the card there; this shop never sees it.",
      ),
      words("Selesaikan verifikasi bank dengan OTP.", "Finish the bank's check with the OTP."),
      DONE,
    ),
  ],
  SAVED_CARD: [],
  QRIS: [SCAN],
  GOPAY: [openWallet("GoPay"), SCAN],
  SHOPEEPAY: [openWallet("ShopeePay")],
  VA_BCA: [
    inApp("BCA mobile", "m-Transfer > BCA Virtual Account", NUMBER),
    atMachine("BCA", "Transaksi Lainnya > Transfer > ke Rek BCA Virtual Account", NUMBER),
  ],
  VA_BNI: [
    inApp("wondr by BNI", "Transfer > Virtual Account", NUMBER),
    atMachine("BNI", "Menu Lain > Transfer > Virtual Account Billing", NUMBER),
    fromOther("BNI", "009"),
  ],
  VA_BRI: [
    inApp("BRImo", "BRIVA > Pembayaran Baru", NUMBER),
    atMachine("BRI", "Transaksi Lain > Pembayaran > Lainnya > BRIVA", NUMBER),
    fromOther("BRI", "002"),
  ],
  VA_CIMB: [
    inApp("OCTO Mobile", "Transfer > CIMB Niaga Virtual Account", NUMBER),
    atMachine("CIMB Niaga", "Pembayaran > Virtual Account", NUMBER),
    fromOther("CIMB Niaga", "022"),
  ],
  VA_PERMATA: [
    inApp("PermataMobile X", "Bayar Tagihan > Virtual Account", NUMBER),
    atMachine("Permata", "Transaksi Lainnya > Pembayaran > Virtual Account", NUMBER),
    fromOther("Permata", "013"),
  ],
  MANDIRI_BILL: [
    inApp(
      "Livin' by Mandiri",
      "Bayar > Multipayment",
      words(
        "Cari kode perusahaan (biller code), lalu masukkan kode bayar (bill key).",
        "Find the company by its biller code, then enter the bill key.",
      ),
    ),
    atMachine(
      "Mandiri",
      "Bayar/Beli > Multipayment",
      words(
        "Masukkan kode perusahaan (biller code), lalu kode bayar (bill key).",
        "Enter the biller code, then the bill key.",
      ),
    ),
  ],
  INDOMARET: [atCounter("Indomaret")],
  ALFAMART: [atCounter("Alfamart")],
  MANUAL_TRANSFER: [],
};

/** How a customer pays by a method, the handiest way first. Where a step stands in an app may change with the app. */
export const guidesOf = (method: PaymentMethod): readonly Guide[] => GUIDES[method];
