interface CronField {
  readonly min: number;
  readonly max: number;
  /** Words for its numbers, from `min` on. */
  readonly names?: readonly string[];
}

/** Minute, hour, day of the month, month, day of the week (0 and 7 are Sunday), as crontab(5) has them. */
const CRON_FIELDS: readonly CronField[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] },
  { min: 0, max: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/** The numbers that `*`, `7`, `1-5` or `mon-fri` mean, each perhaps with a step behind a slash; null: none. */
function numbersOf(item: string, { min, max, names = [] }: CronField): number[] | null {
  const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/([1-9]\d?))?$/.exec(item.toLowerCase());
  if (!match) return null;
  const numberOf = (end: string) => (names.includes(end) ? min + names.indexOf(end) : Number(end));
  const [, first, last, step] = match;
  const from = first === undefined ? min : numberOf(first);
  // `7/5`: from the seventh on, each fifth.
  const to = last === undefined ? (first === undefined || step !== undefined ? max : from) : numberOf(last);
  const isRight = Number.isInteger(from) && Number.isInteger(to) && from >= min && from <= to && to <= max;
  if (!isRight) return null;
  const every = Number(step ?? 1);
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => from + i * every);
}

/** The numbers of each field, null for what is no time table of five fields. */
function parse(text: string): Set<number>[] | null {
  const words = text.trim().split(/\s+/);
  if (words.length !== CRON_FIELDS.length) return null;
  const fields = CRON_FIELDS.map((field, i) => (words[i] ?? "").split(",").map((item) => numbersOf(item, field)));
  return fields.every((items) => items.every((numbers) => numbers !== null))
    ? fields.map((items) => new Set(items.flatMap((numbers) => numbers ?? [])))
    : null;
}

/** True for a time table of five fields, such as `0 2 * * *` or `5,35 8-17 * * mon-fri`. */
export const isCron = (text: string): boolean => parse(text) !== null;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Asia/Jakarta (WIB) is UTC+7 all year. */
const JAKARTA_OFFSET_MS = 7 * 60 * MINUTE_MS;
/** 29 February comes every four years, but for one time in a hundred. */
const DAYS_BACK_MAX = 8 * 366 + 1;

function isDay(fields: readonly Set<number>[], words: readonly string[], day: Date): boolean {
  const [, , dates, months, weekdays] = fields as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  if (!months.has(day.getUTCMonth() + 1)) return false;
  const isDate = dates.has(day.getUTCDate());
  const weekday = day.getUTCDay();
  const isWeekday = weekdays.has(weekday) || (weekday === 0 && weekdays.has(7));
  // As crontab(5) says: where both are restricted, either is enough.
  const areBothRestricted = !words[2]?.startsWith("*") && !words[4]?.startsWith("*");
  return areBothRestricted ? isDate || isWeekday : isDate && isWeekday;
}

/**
 * The last minute, at or before `now`, that a time table in Asia/Jakarta names; null where it names none, such as
 * 31 February.
 *
 * @throws RangeError for what is no time table
 */
export function lastDue(cron: string, now: Date): Date | null {
  const fields = parse(cron);
  if (!fields) throw new RangeError(`${cron} is no time table of five fields`);
  const words = cron.trim().split(/\s+/);
  const [minutes, hours] = fields as [Set<number>, Set<number>];
  const shifted = now.getTime() + JAKARTA_OFFSET_MS;
  const startOfDay = Math.floor(shifted / (DAY_MINUTES * MINUTE_MS)) * DAY_MINUTES * MINUTE_MS;
  for (let back = 0; back < DAYS_BACK_MAX; back++) {
    const day = startOfDay - back * DAY_MINUTES * MINUTE_MS;
    if (!isDay(fields, words, new Date(day))) continue;
    const latest = back === 0 ? Math.floor((shifted - day) / MINUTE_MS) : DAY_MINUTES - 1;
    for (let minute = latest; minute >= 0; minute--) {
      const isDue = hours.has(Math.floor(minute / 60)) && minutes.has(minute % 60);
      if (isDue) return new Date(day + minute * MINUTE_MS - JAKARTA_OFFSET_MS);
    }
  }
  return null;
}
