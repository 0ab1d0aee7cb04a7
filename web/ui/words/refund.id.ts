/** What cancelling and money that goes back say, in Indonesian; to the customer and at the desk. */
export const refundId = {
  "cancel.open": "Batalkan pesanan",
  "cancel.title": "Batalkan pesanan ini?",
  "cancel.unpaidEffect": "Semua pesanan dari pembayaran yang sama ikut batal, dan barangnya kembali ke rak.",
  "cancel.paidEffect": "Uang Anda dikembalikan. Kalau kurir sudah dipesan, kami tanyakan dulu kepada kurir.",
  "cancel.reason": "Kenapa dibatalkan?",
  "cancel.ownReason": "Alasan lain",
  "cancel.reasonMissing": "Pilih atau tulis alasannya supaya toko tahu",
  "cancelReason.changedMind": "Berubah pikiran",
  "cancelReason.wrongItem": "Salah pilih barang atau jumlah",
  "cancelReason.wrongAddress": "Alamat atau kurirnya keliru",
  "cancelReason.otherWay": "Mau bayar dengan cara lain",
  "cancelReason.tooLong": "Terlalu lama menunggu",
  "cancel.confirm": "Ya, batalkan",
  "cancel.done": "Pesanan dibatalkan",
  "cancel.asked": "Pembatalan diterima, kurir sedang kami tanya",
  "cannotCancel.PENDING_PAYMENT":
    "Pesanan ini belum bisa dibatalkan: pembayarannya sedang diperiksa. Tunggu kabar berikutnya di halaman ini.",
  "cannotCancel.PAID": "Pesanan ini tidak bisa dibatalkan sekarang. Muat ulang halaman sebentar lagi.",
  "cannotCancel.PROCESSING":
    "Pesanan ini tidak bisa dibatalkan lagi: kurir akan menjemput barangnya. Anda boleh menolak paketnya saat tiba.",
  "cannotCancel.SHIPPED":
    "Tidak bisa dibatalkan lagi: barang sudah bersama kurir. Anda boleh menolak paketnya saat tiba.",
  "cannotCancel.COMPLETED":
    "Tidak bisa dibatalkan: pesanan sudah selesai. Kalau barangnya bermasalah, hubungi toko dengan nomor pesanan ini.",
  "cannotCancel.CANCEL_REQUESTED": "Pembatalan sedang diproses. Tidak ada yang perlu Anda lakukan.",
  "cannotCancel.CANCELLED": "Pesanan ini sudah batal.",
  "cannotCancel.RETURNED": "Barang sudah kembali ke toko. Toko akan menghubungi Anda.",
  "refusal.ALREADY_PAID":
    "Uangnya baru saja masuk, jadi pesanan ini sekarang dibayar. Lihat lagi akibatnya, lalu batalkan kalau masih mau.",
  "refusal.PAYMENT_IN_REVIEW":
    "Pembayarannya sedang diperiksa, jadi belum ada yang bisa dibatalkan. Halaman ini berubah sendiri begitu selesai.",
  "refusal.CONFLICT": "Pesanannya baru saja berubah. Yang tampil sekarang sudah yang terbaru; coba sekali lagi.",
  "refusal.GATEWAY_UNAVAILABLE":
    "Midtrans sedang tidak bisa ditanya, jadi belum ada yang berubah. Coba lagi beberapa menit lagi.",
} as const;
