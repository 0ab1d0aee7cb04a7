export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Asia/Jakarta (WIB) is UTC+7 all year. */
const JAKARTA_OFFSET_MS = 7 * HOUR_MS;

export const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

/** The calendar day in Asia/Jakarta, YYYY-MM-DD. */
export const dayInJakarta = (at: Date): string => later(at, JAKARTA_OFFSET_MS).toISOString().slice(0, 10);

/** Minutes since midnight in Asia/Jakarta. */
export function minuteOfJakartaDay(at: Date): number {
  const shifted = later(at, JAKARTA_OFFSET_MS);
  return shifted.getUTCHours() * 60 + shifted.getUTCMinutes();
}

/** The instant at which a Jakarta day (YYYY-MM-DD) begins. */
export const startOfJakartaDay = (day: string): Date => new Date(`${day}T00:00:00+07:00`);

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];

/** `20 Nov 2026, 14.05 WIB` */
export function formatJakarta(at: Date): string {
  const shifted = later(at, JAKARTA_OFFSET_MS).toISOString();
  const month = MONTHS[Number(shifted.slice(5, 7)) - 1];
  const day = `${Number(shifted.slice(8, 10))} ${month} ${shifted.slice(0, 4)}`;
  return `${day}, ${shifted.slice(11, 13)}.${shifted.slice(14, 16)} WIB`;
}
