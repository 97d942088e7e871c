// Times at the axis and in words, in the local time of the one who looks.

const DAY = 86_400_000;

const CLOCK_STEPS = [1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];

const STEPS = [
  ...CLOCK_STEPS.map((size) => ({ unit: "second", size, length: size * 1000 })),
  ...[1, 2, 7, 14].map((size) => ({ unit: "day", size, length: size * DAY })),
  ...[1, 3, 6, 12].map((size) => ({ unit: "month", size, length: size * 30.4 * DAY })),
];

const inWords = (options) => new Intl.DateTimeFormat("en-GB", options);
const minutes = inWords({ hour: "2-digit", minute: "2-digit" });
const seconds = inWords({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayOfMonth = inWords({ day: "numeric", month: "short" });
const dayOfYear = inWords({ day: "numeric", month: "short", year: "numeric" });
const month = inWords({ month: "short" });

/** At most `most` round times between two: `{ at, label, strong }`, strong where a day or a year begins. */
export function timeTicks(from, until, most) {
  if (!(until > from)) return [];
  const step = STEPS.find(({ length }) => (until - from) / length <= most) ?? STEPS.at(-1);
  const at = clockwork(step, new Date(from));
  const ticks = [];
  for (let index = at.first, time = at(index); time <= until; time = at(++index)) {
    // Where clocks are put forward, two steps may be the same instant.
    if (time >= from && time !== ticks.at(-1)?.at) ticks.push({ at: time, ...tickLabel(step, new Date(time)) });
  }
  return ticks;
}

/** The function from a step's number to its time, with the number of one shortly before `start` as `first`. */
function clockwork({ unit, size, length }, start) {
  // 1 January 2001 was a Monday: weeks counted from it begin on Mondays.
  const [year, monthIndex, day] = unit === "second"
    ? [start.getFullYear(), start.getMonth(), start.getDate()] : [2001, 0, 1];
  const at = {
    second: (index) => new Date(year, monthIndex, day, 0, 0, index * size).getTime(),
    day: (index) => new Date(year, monthIndex, day + index * size).getTime(),
    month: (index) => new Date(year, monthIndex + index * size, day).getTime(),
  }[unit];
  // An hour for summer time, or two steps for months of unequal length.
  const slack = unit === "second" ? Math.ceil(3600 / size) : 2;
  at.first = Math.floor((start - at(0)) / length) - slack;
  return at;
}

function tickLabel({ unit, size }, date) {
  if (unit === "month") {
    return date.getMonth() === 0
      ? { label: String(date.getFullYear()), strong: true } : { label: month.format(date), strong: false };
  }
  if (unit === "day" || isMidnight(date)) return { label: dayOfMonth.format(date), strong: unit === "second" };
  return { label: (size < 60 ? seconds : minutes).format(date), strong: false };
}

const isMidnight = (date) => date.getHours() + date.getMinutes() + date.getSeconds() === 0;

/** A span of time in words: `26 Nov 14:05 – 14:06`, or `26 Nov 2026` for a whole day. */
export function spanLabel(from, until) {
  const [start, end] = [new Date(from), new Date(until)];
  if (until - from > 0.9 * DAY && isMidnight(start) && isMidnight(end)) {
    const [first, last] = [dayOfYear.format(start), dayOfYear.format(until - 1)];
    return first === last ? first : `${first} – ${last}`;
  }
  const clock = start.getSeconds() || end.getSeconds() || until - from < 60_000 ? seconds : minutes;
  const sameDay = dayOfYear.format(start) === dayOfYear.format(end);
  const last = sameDay ? clock.format(end) : `${dayOfMonth.format(end)} ${clock.format(end)}`;
  return `${dayOfMonth.format(start)} ${clock.format(start)} – ${last}`;
}
