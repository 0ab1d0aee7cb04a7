import type { Destination } from "../../domain/shipping/shippingGateway.ts";
import { batikGoods } from "./batikStore.ts";
import { coffeeGoods } from "./coffeeStore.ts";
import { craftGoods } from "./craftStore.ts";
import type { Goods } from "./goods.ts";
import { snackGoods } from "./snackStore.ts";

export interface DemoStore {
  readonly slug: string;
  readonly name: string;
  readonly legalName: string;
  readonly npwp: string | null;
  /** null: not a taxable entrepreneur. */
  readonly pkpSince: string | null;
  readonly phone: string;
  readonly email: string;
  readonly address: string;
  /** Where it sends from, as RajaOngkir names it: known from the start, so that the fallback table has its zone. */
  readonly origin: Destination;
  readonly goods: readonly Goods[];
}

function place(
  id: number,
  subdistrict: string,
  district: string,
  city: string,
  province: string,
  postalCode: string,
): Destination {
  const label = [subdistrict, district, city, province, postalCode].join(", ");
  return { id, label, province, city, district, subdistrict, postalCode };
}

export const demoStores: readonly DemoStore[] = [
  {
    slug: "kopi-gambir",
    name: "Kopi Gambir",
    legalName: "PT Kopi Gambir Nusantara",
    npwp: "0012345678901000",
    pkpSince: "2024-01-01",
    phone: "622150001001",
    email: "kopi-gambir@lunas.test",
    address: "Jl. Medan Merdeka Timur 7, Gambir, Jakarta Pusat",
    origin: place(900101, "GAMBIR", "GAMBIR", "JAKARTA PUSAT", "DKI JAKARTA", "10110"),
    goods: coffeeGoods,
  },
  {
    slug: "batik-priangan",
    name: "Batik Priangan",
    legalName: "CV Batik Priangan Lestari",
    npwp: "0023456789012000",
    pkpSince: "2023-07-01",
    phone: "622250001002",
    email: "batik-priangan@lunas.test",
    address: "Jl. Cisaranten Kidul 21, Gedebage, Bandung",
    origin: place(4957, "CISARANTEN KIDUL", "GEDEBAGE", "BANDUNG", "JAWA BARAT", "40294"),
    goods: batikGoods,
  },
  {
    slug: "kriya-ngaglik",
    name: "Kriya Ngaglik",
    legalName: "Kriya Ngaglik",
    npwp: null,
    pkpSince: null,
    phone: "6227450001003",
    email: "kriya-ngaglik@lunas.test",
    address: "Jl. Kaliurang km 9, Sinduharjo, Ngaglik, Sleman",
    origin: place(31555, "SINDUHARJO", "NGAGLIK", "SLEMAN", "DI YOGYAKARTA", "55581"),
    goods: craftGoods,
  },
  {
    slug: "camilan-gubeng",
    name: "Camilan Gubeng",
    legalName: "PT Camilan Gubeng Jaya",
    npwp: "0034567890123000",
    pkpSince: "2025-01-01",
    phone: "623150001004",
    email: "camilan-gubeng@lunas.test",
    address: "Jl. Raya Gubeng 45, Gubeng, Surabaya",
    origin: place(900113, "GUBENG", "GUBENG", "SURABAYA", "JAWA TIMUR", "60281"),
    goods: snackGoods,
  },
];

export const demoCourses = [
  {
    slug: "seduh-kopi-manual",
    title: "Seduh Kopi Manual",
    description: "Air, gilingan, waktu: enam alat seduh dan satu cara berpikir.",
  },
  {
    slug: "membatik-pemula",
    title: "Membatik untuk Pemula",
    description: "Dari canting pertama sampai kain yang dapat dipakai.",
  },
  {
    slug: "foto-produk-ponsel",
    title: "Foto Produk dengan Ponsel",
    description: "Cahaya jendela, latar kertas, dan suntingan sepuluh menit.",
  },
  {
    slug: "pembukuan-umkm",
    title: "Pembukuan UMKM",
    description: "Kas, persediaan, dan laba yang betul, tanpa istilah yang rumit.",
  },
  {
    slug: "pemasaran-toko-kecil",
    title: "Pemasaran Toko Kecil",
    description: "Pelanggan pertama, pelanggan kembali, dan biaya untuk keduanya.",
  },
  {
    slug: "ekspor-pertama",
    title: "Ekspor Pertama",
    description: "Dokumen, harga, dan pengiriman untuk pesanan luar negeri yang pertama.",
  },
] as const;

export interface DemoPackage {
  readonly slug: string;
  readonly name: string;
  readonly approval: "MANUAL" | "AUTO";
  /** True: all of its courses are bought. False: one of them. */
  readonly isBundle: boolean;
  readonly prices: { readonly DIKE: number; readonly UMUM: number };
  /** Left out: not sold by the month. */
  readonly monthlyPrice?: number;
  readonly courses: readonly (typeof demoCourses)[number]["slug"][];
}

export const demoPackages: readonly DemoPackage[] = [
  {
    slug: "umkm-naik-kelas",
    name: "UMKM Naik Kelas",
    approval: "MANUAL",
    isBundle: true,
    prices: { DIKE: 450_000, UMUM: 750_000 },
    courses: ["pembukuan-umkm", "pemasaran-toko-kecil", "foto-produk-ponsel", "ekspor-pertama"],
  },
  {
    slug: "satu-kelas-pilihan",
    name: "Satu Kelas Pilihan",
    approval: "MANUAL",
    isBundle: false,
    prices: { DIKE: 125_000, UMUM: 199_000 },
    courses: ["pembukuan-umkm", "pemasaran-toko-kecil", "ekspor-pertama"],
  },
  {
    slug: "kelas-seduh-kopi",
    name: "Kelas Seduh Kopi",
    approval: "AUTO",
    isBundle: false,
    prices: { DIKE: 99_000, UMUM: 149_000 },
    monthlyPrice: 49_000,
    courses: ["seduh-kopi-manual"],
  },
  {
    slug: "paket-kreatif",
    name: "Paket Kreatif",
    approval: "AUTO",
    isBundle: true,
    prices: { DIKE: 220_000, UMUM: 350_000 },
    courses: ["membatik-pemula", "foto-produk-ponsel"],
  },
];

export const DEMO_PASSWORD = "lunas-demo";

export const demoAccounts = [
  { email: "customer@lunas.test", name: "Pelanggan Demo", role: "CUSTOMER", isMember: false, phone: "6281200000001" },
  {
    email: "customer2@lunas.test",
    name: "Pelanggan Demo Kedua",
    role: "CUSTOMER",
    isMember: false,
    phone: "6281200000002",
  },
  { email: "learner@lunas.test", name: "Peserta Demo", role: "CUSTOMER", isMember: true, phone: "6281200000003" },
  { email: "staff@lunas.test", name: "Staf Demo", role: "STAFF", isMember: false, phone: null },
  { email: "admin@lunas.test", name: "Admin Demo", role: "ADMIN", isMember: false, phone: null },
  // Money that goes back by hand takes two.
  { email: "admin2@lunas.test", name: "Admin Demo Kedua", role: "ADMIN", isMember: false, phone: null },
] as const;
