import type { MethodCode } from "../midtrans/methods.ts";

const bank = (app: string): string[] => [
  `Buka ${app} atau datang ke ATM.`,
  "Pilih menu virtual account, lalu masukkan nomor di atas.",
  "Periksa nama dan jumlahnya, lalu setujui dengan PIN.",
];

const STEPS: Record<MethodCode, readonly string[]> = {
  other_qris: [
    "Buka aplikasi bank atau dompet Anda.",
    "Pilih bayar dengan QRIS dan pindai kode di atas.",
    "Periksa jumlahnya, lalu setujui dengan PIN.",
  ],
  gopay: ["Buka aplikasi Gojek atau GoPay.", "Setujui pembayaran yang muncul dengan PIN."],
  shopeepay: ["Buka aplikasi Shopee.", "Setujui pembayaran yang muncul dengan PIN."],
  bca_va: bank("BCA mobile atau myBCA"),
  bni_va: bank("BNI Mobile Banking"),
  bri_va: bank("BRImo"),
  cimb_va: bank("OCTO Mobile"),
  permata_va: bank("PermataMobile X"),
  echannel: [
    "Buka Livin' by Mandiri atau datang ke ATM.",
    "Pilih bayar, lalu cari kode perusahaan di atas.",
    "Masukkan kode bayar, periksa jumlahnya, lalu setujui dengan PIN.",
  ],
  credit_card: ["Isi data kartu, lalu setujui dengan kode dari bank."],
  indomaret: ["Tunjukkan kode pembayaran kepada kasir Indomaret.", "Bayar sesuai jumlahnya dan simpan struknya."],
  danamon_va: bank("D-Bank PRO"),
  bsi_va: bank("BYOND by BSI"),
  seabank_va: bank("SeaBank"),
  saqu_va: bank("Bank Saqu"),
  dana: ["Buka aplikasi DANA.", "Setujui pembayaran yang muncul dengan PIN."],
  ovo: ["Buka aplikasi OVO dalam 55 detik.", "Setujui pemberitahuan yang muncul dengan PIN."],
  akulaku: ["Lanjutkan ke halaman Akulaku.", "Pilih cicilan, lalu setujui dengan kode dari Akulaku."],
  kredivo: ["Lanjutkan ke halaman Kredivo.", "Pilih cicilan, lalu setujui dengan kode dari Kredivo."],
  alfamart: ["Tunjukkan kode pembayaran kepada kasir Alfamart.", "Bayar sesuai jumlahnya dan simpan struknya."],
};

/** How a buyer pays with this method, step by step. */
export const stepsFor = (code: MethodCode): readonly string[] => STEPS[code];
