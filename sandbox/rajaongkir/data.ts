/** Distance classes of the made-up tariff, nearest first. */
export type Zone = "A" | "B" | "C" | "D" | "E";

export interface Destination {
  id: number;
  subdistrict_name: string;
  district_name: string;
  city_name: string;
  province_name: string;
  zip_code: string;
  zone: Zone;
}

type Row = readonly [number, string, string, string, string, string, Zone];

/**
 * Places are real, ids below 900000 as observed, the rest invented out of the service's range. The seven villages
 * called Purwokerto stand before the town of that name, as in the real search: a first hit must never be taken blindly.
 */
const ROWS: readonly Row[] = [
  [900101, "GAMBIR", "GAMBIR", "JAKARTA PUSAT", "DKI JAKARTA", "10110", "A"],
  [17473, "SENEN", "SENEN", "JAKARTA PUSAT", "DKI JAKARTA", "10410", "A"],
  [900103, "MELAWAI", "KEBAYORAN BARU", "JAKARTA SELATAN", "DKI JAKARTA", "12160", "A"],
  [900104, "TEBET TIMUR", "TEBET", "JAKARTA SELATAN", "DKI JAKARTA", "12820", "A"],
  [900105, "MARGAHAYU", "BEKASI TIMUR", "BEKASI", "JAWA BARAT", "17113", "A"],
  [900106, "BEJI", "BEJI", "DEPOK", "JAWA BARAT", "16421", "A"],
  [4957, "CISARANTEN KIDUL", "GEDEBAGE", "BANDUNG", "JAWA BARAT", "40294", "B"],
  [65042, "PENDRIKAN KIDUL", "SEMARANG TENGAH", "SEMARANG", "JAWA TENGAH", "50131", "B"],
  [34167, "PURWOKERTO", "NGADILUWIH", "KEDIRI", "JAWA TIMUR", "64171", "B"],
  [67150, "PURWOKERTO", "GEMBONG", "PATI", "JAWA TENGAH", "59171", "B"],
  [67266, "PURWOKERTO", "TAYU", "PATI", "JAWA TENGAH", "59155", "B"],
  [46940, "PURWOKERTO", "SRENGAT", "BLITAR", "JAWA TIMUR", "66152", "B"],
  [66703, "PURWOKERTO", "BRANGSONG", "KENDAL", "JAWA TENGAH", "51371", "B"],
  [66793, "PURWOKERTO", "PATEBON", "KENDAL", "JAWA TENGAH", "51351", "B"],
  [69997, "PURWOKERTO", "NGIMBANG", "LAMONGAN", "JAWA TIMUR", "62273", "B"],
  [900199, "-", "PURWOKERTO", "PURWOKERTO", "JAWA TENGAH", "0", "B"],
  [72910, "KEDUNGWULUH", "PURWOKERTO BARAT", "BANYUMAS", "JAWA TENGAH", "53131", "B"],
  [72911, "KOBER", "PURWOKERTO BARAT", "BANYUMAS", "JAWA TENGAH", "53132", "B"],
  [68513, "BALERAKSA", "KARANGMONCOL", "PURBALINGGA", "JAWA TENGAH", "53355", "B"],
  [31555, "SINDUHARJO", "NGAGLIK", "SLEMAN", "DI YOGYAKARTA", "55581", "B"],
  [900113, "GUBENG", "GUBENG", "SURABAYA", "JAWA TIMUR", "60281", "B"],
  [900114, "KEPUTIH", "SUKOLILO", "SURABAYA", "JAWA TIMUR", "60111", "B"],
  [900115, "ORO-ORO DOWO", "KLOJEN", "MALANG", "JAWA TIMUR", "65119", "B"],
  [900116, "SANUR", "DENPASAR SELATAN", "DENPASAR", "BALI", "80228", "C"],
  [900117, "PETISAH TENGAH", "MEDAN PETISAH", "MEDAN", "SUMATERA UTARA", "20112", "C"],
  [900118, "TALANG SEMUT", "BUKIT KECIL", "PALEMBANG", "SUMATERA SELATAN", "30135", "C"],
  [900119, "MASALE", "PANAKKUKANG", "MAKASSAR", "SULAWESI SELATAN", "90231", "D"],
  [900120, "KLANDASAN ULU", "BALIKPAPAN KOTA", "BALIKPAPAN", "KALIMANTAN TIMUR", "76112", "D"],
  [900121, "BENUA MELAYU DARAT", "PONTIANAK SELATAN", "PONTIANAK", "KALIMANTAN BARAT", "78122", "D"],
  [900122, "WENANG UTARA", "WENANG", "MANADO", "SULAWESI UTARA", "95111", "D"],
  [900123, "GURABESI", "JAYAPURA UTARA", "JAYAPURA", "PAPUA", "99111", "E"],
];

/** Sub-districts in the order in which the search finds them. */
export const DESTINATIONS: readonly Destination[] = ROWS.map(
  ([id, subdistrict_name, district_name, city_name, province_name, zip_code, zone]) => ({
    id,
    subdistrict_name,
    district_name,
    city_name,
    province_name,
    zip_code,
    zone,
  }),
);

/** District ids live in a space of their own; these are of Jakarta Selatan. */
export const DISTRICTS: ReadonlyMap<number, { city_name: string; zone: Zone }> = new Map(
  [1361, 1362, 1363, 1364, 1365, 1366, 1367, 1368, 1369, 1370].map((id) => [
    id,
    { city_name: "JAKARTA SELATAN", zone: "A" as const },
  ]),
);

/** The whole province list of the service, by id from 1. */
export const PROVINCES: readonly string[] = [
  "NUSA TENGGARA BARAT (NTB)",
  "NUSA TENGGARA BARAT",
  "MALUKU",
  "KALIMANTAN SELATAN",
  "KALIMANTAN TENGAH",
  "JAWA BARAT",
  "BENGKULU",
  "KALIMANTAN TIMUR",
  "KEPULAUAN RIAU",
  "NANGGROE ACEH DARUSSALAM (NAD)",
  "DKI JAKARTA",
  "BANTEN",
  "JAWA TENGAH",
  "JAMBI",
  "PAPUA",
  "BALI",
  "SUMATERA UTARA",
  "GORONTALO",
  "JAWA TIMUR",
  "DI YOGYAKARTA",
  "SULAWESI TENGGARA",
  "NUSA TENGGARA TIMUR (NTT)",
  "SULAWESI UTARA",
  "SUMATERA BARAT",
  "BANGKA BELITUNG",
  "RIAU",
  "SUMATERA SELATAN",
  "SULAWESI TENGAH",
  "KALIMANTAN BARAT",
  "PAPUA BARAT",
  "LAMPUNG",
  "KALIMANTAN UTARA",
  "MALUKU UTARA",
  "SULAWESI SELATAN",
  "SULAWESI BARAT",
];
