/** The words of one mail. `{name}` marks a value; the rows and the link are given with the values. */
export interface Template {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What the button says. */
  readonly action: string;
  readonly closing: string;
}

/** Every mail of the shop, as data: what happened, and what to do next. */
export const TEMPLATES = {
  paymentReceived: {
    subject: "Pembayaran {amount} sudah kami terima",
    paragraphs: [
      "Halo {name},",
      "Terima kasih! Pembayaran {number} sebesar {amount} kami terima pada {paidAt}. Pesanan ini sekarang lunas:",
    ],
    action: "Lihat pesanan dan faktur",
    closing: "Toko menyiapkan paketnya. Perjalanan paket dan faktur (PDF) bisa dibuka kapan saja di halaman pesanan.",
  },
  paymentFailed: {
    subject: "Pembayaran {number} tidak berhasil",
    paragraphs: [
      "Halo {name},",
      "Pembayaran {number} sebesar {amount} tidak berhasil, jadi pesanan ini kami batalkan:",
    ],
    action: "Belanja lagi",
    closing:
      "Tidak ada uang yang kami simpan. Kalau saldo Anda telanjur terpotong, bank yang mengembalikannya. " +
      "Belum kembali setelah 3 hari kerja? Balas surel ini dan sebutkan nomor {number}.",
  },
  paymentExpired: {
    subject: "Batas waktu pembayaran {number} sudah lewat",
    paragraphs: [
      "Halo {name},",
      "Sampai {expiresAt} pembayaran {number} sebesar {amount} belum kami terima, jadi pesanan ini kami batalkan:",
    ],
    action: "Belanja lagi",
    closing: "Mohon jangan membayar memakai nomor atau kode yang lama. Uang yang masuk terlambat kami kembalikan.",
  },
  paymentCancelled: {
    subject: "Pembayaran {number} dibatalkan",
    paragraphs: ["Halo {name},", "Pembayaran {number} sebesar {amount} sudah dibatalkan, begitu juga pesanan ini:"],
    action: "Belanja lagi",
    closing: "Mohon jangan membayar memakai nomor atau kode yang lama. Uang yang masuk terlambat kami kembalikan.",
  },
  paymentReversed: {
    subject: "Bank menarik kembali pembayaran {number}",
    paragraphs: [
      "Halo {name},",
      "Pembayaran {number} sebesar {amount} ditarik kembali oleh bank. Ini pesanan yang dibayar dengannya:",
    ],
    action: "Lihat pesanan",
    closing:
      "Hubungi bank atau gerai tempat Anda membayar untuk menanyakan dananya. " +
      "Anda bisa memesan lagi dan memilih cara bayar lain.",
  },
  paymentOwedBack: {
    subject: "Pembayaran {number} datang setelah pesanan berakhir",
    paragraphs: [
      "Halo {name},",
      "Pembayaran {number} sebesar {amount} masuk ketika pesanan ini sudah berakhir. Uang Anda kami kembalikan:",
    ],
    action: "Lihat pesanan",
    closing:
      "Anda tidak perlu melakukan apa-apa. Kalau kami butuh nomor rekening Anda, " +
      "kami akan memintanya di halaman pesanan.",
  },
  parcelShipped: {
    subject: "Pesanan {number} sedang dikirim",
    paragraphs: [
      "Halo {name},",
      "Pesanan {number} sudah dibawa kurir. Nomor resi di bawah ini bisa dipakai untuk melacak paket:",
    ],
    action: "Lacak paket",
    closing: "Perjalanan paket selalu bisa dilihat di halaman pesanan. Kami kabari lagi kalau paket sudah sampai.",
  },
  parcelDelivered: {
    subject: "Pesanan {number} sudah sampai",
    paragraphs: ["Halo {name},", "Menurut kurir, pesanan {number} sudah diterima. Terima kasih sudah berbelanja!"],
    action: "Lihat pesanan",
    closing: "Belum menerima paketnya, atau isinya tidak sesuai? Balas surel ini dan sebutkan nomor {number}.",
  },
  parcelProblem: {
    subject: "Kurir belum berhasil mengantar pesanan {number}",
    paragraphs: [
      "Halo {name},",
      "Kurir melaporkan kendala saat mengantar pesanan {number}. Biasanya paket diantar lagi hari kerja berikutnya:",
    ],
    action: "Lihat pesanan",
    closing: "Pastikan telepon Anda aktif, atau hubungi kurir dengan nomor resi di atas kalau alamat perlu diperjelas.",
  },
  parcelReturned: {
    subject: "Paket pesanan {number} kembali ke toko",
    paragraphs: [
      "Halo {name},",
      "Paket pesanan {number} tidak dapat diserahkan dan sudah kembali ke toko. Kami menentukan langkah berikutnya:",
    ],
    action: "Lihat pesanan",
    closing: "Anda tidak perlu melakukan apa-apa: kami menghubungi Anda tentang barang dan uang pesanan ini.",
  },
  cancelRefused: {
    subject: "Pesanan {number} tidak bisa dibatalkan lagi",
    paragraphs: [
      "Halo {name},",
      "Kurir tidak menerima pembatalan pesanan {number} karena paketnya sudah diambil, jadi pesanan ini dilanjutkan:",
    ],
    action: "Lihat pesanan",
    closing: "Tidak membutuhkan barangnya lagi? Balas surel ini dan sebutkan nomor {number}.",
  },
  courseMoneyReceived: {
    subject: "Pembayaran {amount} sudah kami terima",
    paragraphs: [
      "Halo {name},",
      "Terima kasih! Pembayaran {number} sebesar {amount} untuk {package} kami terima pada {paidAt}. Kelasnya kami " +
        "buka begitu pembayaran ini disetujui:",
    ],
    action: "Lihat pembayaran",
    closing: "Anda tidak perlu melakukan apa-apa. Kami kirim surel lagi begitu kelasnya terbuka.",
  },
  monthReceived: {
    subject: "Pembayaran {amount} sudah kami terima",
    paragraphs: [
      "Halo {name},",
      "Terima kasih! Tagihan langganan {package} sebesar {amount} (pembayaran {number}) kami terima pada {paidAt}.",
    ],
    action: "Lihat langganan",
    closing: "Langganan bisa Anda batalkan kapan saja di halaman yang sama.",
  },
  enrollmentApproved: {
    subject: "{package}: kelas Anda sudah terbuka",
    paragraphs: [
      "Halo {name},",
      "Pembayaran {number} sebesar {amount} sudah disetujui. Mulai sekarang Anda bisa belajar:",
    ],
    action: "Mulai belajar",
    closing: "Kemajuan belajar Anda tersimpan, jadi Anda bisa berhenti dan melanjutkannya kapan saja.",
  },
  enrollmentRejected: {
    subject: "Bukti pembayaran {number} belum bisa kami terima",
    paragraphs: [
      "Halo {name},",
      "Bukti pembayaran {number} sebesar {amount} untuk {package} tidak bisa kami terima. Alasannya: {reason}",
    ],
    action: "Kirim bukti yang baru",
    closing:
      "Pesan paket yang sama sekali lagi dan kirim bukti yang baru: itu menjadi pembayaran baru, dan Anda tidak " +
      "perlu mentransfer dua kali. Ada yang keliru? Balas surel ini dan sebutkan nomor {number}.",
  },
  cartReminder: {
    subject: "Barang di keranjang Anda masih menunggu",
    paragraphs: ["Halo {name},", "Ini yang Anda tinggalkan di keranjang. Kami tidak menyimpan stoknya untuk Anda:"],
    action: "Buka keranjang",
    closing:
      "Harga dan stok bisa berubah. Anda menerima surel ini karena mengizinkannya; matikan kapan saja di {account}. " +
      "Tentang keranjang ini kami tidak mengirim surel lagi.",
  },
  subscriptionPastDue: {
    subject: "Tagihan langganan {package} belum berhasil",
    paragraphs: ["Halo {name},", "Tagihan langganan {number} sebesar {amount} belum berhasil. {why}"],
    action: "Lihat langganan",
    closing: "{next}",
  },
  subscriptionSuspended: {
    subject: "Langganan {package} kami hentikan",
    paragraphs: [
      "Halo {name},",
      "Tagihan langganan {number} sebesar {amount} tetap tidak berhasil, jadi langganannya kami hentikan. {why}",
    ],
    action: "Pesan lagi",
    closing: "Tidak ada lagi yang kami tagih. Kemajuan belajar Anda tersimpan: pesan lagi untuk melanjutkannya.",
  },
  subscriptionBack: {
    subject: "Langganan {package} sudah lunas lagi",
    paragraphs: [
      "Halo {name},",
      "Terima kasih! Tagihan langganan {number} sebesar {amount} sudah kami terima, dan langganannya berjalan lagi.",
    ],
    action: "Lihat langganan",
    closing: "Langganan bisa Anda batalkan kapan saja di halaman yang sama.",
  },
  orderCancelled: {
    subject: "Pesanan {number} sudah dibatalkan",
    paragraphs: ["Halo {name},", "Sesuai permintaan Anda, pesanan {number} sudah dibatalkan. {money}"],
    action: "Lihat pesanan",
    closing: "Anda tidak merasa membatalkannya? Balas surel ini dan sebutkan nomor {number}.",
  },
  orderCancelledByShop: {
    subject: "Maaf, pesanan {number} kami batalkan",
    paragraphs: ["Halo {name},", "Maaf, pesanan {number} terpaksa kami batalkan. Alasannya: {reason}", "{money}"],
    action: "Lihat pesanan",
    closing: "Ada pertanyaan? Balas surel ini dan sebutkan nomor {number}.",
  },
  refundAccountWanted: {
    subject: "Ke rekening mana kami kembalikan {amount}?",
    paragraphs: [
      "Halo {name},",
      "Uang pembayaran {number} sebesar {amount} kami kembalikan lewat transfer bank, karena tidak bisa kami " +
        "kembalikan lewat cara bayar Anda. Isi nomor rekening Anda lewat tombol di bawah ini.",
    ],
    action: "Isi nomor rekening",
    closing: "Kami tidak pernah meminta PIN, kata sandi, atau kode OTP Anda.",
  },
  refundSent: {
    subject: "{amount} sudah kami kembalikan",
    paragraphs: [
      "Halo {name},",
      "Uang pembayaran {number} sebesar {amount} sudah kami kembalikan lewat {method}. Uangnya sampai {when}.",
    ],
    action: "Lihat pengembalian",
    closing: "Belum sampai setelah itu? Balas surel ini dan sebutkan nomor {number}.",
  },
  refundTransferred: {
    subject: "{amount} sudah kami transfer",
    paragraphs: [
      "Halo {name},",
      "Uang pembayaran {number} sebesar {amount} sudah kami transfer ke rekening {account}. Nomor referensi bank: " +
        "{reference}.",
    ],
    action: "Lihat pengembalian",
    closing: "Belum masuk dalam satu hari kerja? Balas surel ini dan sebutkan nomor {number}.",
  },
} as const satisfies Record<string, Template>;
export type TemplateName = keyof typeof TEMPLATES;
