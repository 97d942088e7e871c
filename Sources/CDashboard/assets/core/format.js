// Numbers and times as people read them.

const fixed = new Map();

/** A number in digits, with commas. One format per count of digits is kept, as making one takes long. */
function digits(value, most, least = 0) {
  const key = most * 100 + least;
  const options = { minimumFractionDigits: least, maximumFractionDigits: most };
  if (!fixed.has(key)) fixed.set(key, new Intl.NumberFormat("en-US", options));
  return fixed.get(key).format(value);
}

/** Dollars with four significant digits; `unknown` where there is no price. */
export function usd(value) {
  if (value === null || value === undefined || value === "") return "unknown";
  const amount = Number(value);
  if (amount === 0) return "$0";
  const size = Math.abs(amount);
  const sign = amount < 0 ? "-" : "";
  if (size < 0.0000001) return `${sign}<$0.0000001`;
  const most = size >= 1000 ? 0 : size >= 1 ? 2 : Math.min(10, 3 - Math.floor(Math.log10(size)));
  return `${sign}$${digits(size, most, size >= 1 ? most : 0)}`;
}

/** `1234567` as `1.235M`. */
export function count(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  for (const [limit, letter] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k"]]) {
    if (size >= limit) return trimmed(value / (limit === 1e4 ? 1e3 : limit)) + letter;
  }
  return whole(value);
}

/** All digits, with commas. */
export function whole(value) {
  return digits(Number(value), 2);
}

function trimmed(value) {
  const size = Math.abs(value);
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
}

/** Milliseconds as `12 ms`, `1.23 s`, `4 m 05 s`. */
export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "–";
  if (milliseconds === 0) return "0 ms";
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`;
  if (milliseconds < 1000) return `${trimmed(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${trimmed(milliseconds / 1000)} s`;
  if (milliseconds < 3_600_000) {
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, "0")} s`;
  }
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
  return `${trimmed(minutes / 1440)} days`;
}

/** A share of one as `12.3 %`. */
export function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  const value = share * 100;
  const size = Math.abs(value);
  return `${value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2)} %`;
}

/** How much `now` is more or less than `before`; null where there is nothing to compare with. */
export function change(now, before) {
  if (!before || now === null || now === undefined) return null;
  return (now - before) / before;
}

/** Bytes as `1.5 GiB`. */
export function bytes(value) {
  if (value === null || value === undefined) return "–";
  let size = value;
  for (const unit of ["B", "KiB", "MiB", "GiB", "TiB"]) {
    if (size < 1024 || unit === "TiB") return `${trimmed(size)} ${unit}`;
    size /= 1024;
  }
}

const dated = (options) => new Intl.DateTimeFormat("en-GB", options);
const [dayWords, clockWords] = [{ day: "numeric", month: "short" }, { hour: "2-digit", minute: "2-digit" }];
const dayFormat = dated({ ...dayWords, year: "numeric" });
const clockFormat = dated({ ...clockWords, second: "2-digit", fractionalSecondDigits: 3 });
const momentFormat = dated({ ...dayWords, ...clockWords });

/** `14:03:22.120`, with the day before it where it is not today. */
export function time(iso) {
  const date = new Date(iso);
  const clock = clockFormat.format(date);
  return date.toDateString() === new Date().toDateString() ? clock : `${day(date)} ${clock}`;
}

/** `26 Nov 2026`. */
export function day(date) {
  return dayFormat.format(new Date(date));
}

/** `26 Nov 14:03`. */
export function moment(date) {
  return momentFormat.format(new Date(date)).replace(",", "");
}

/** `5 minutes ago`. */
export function ago(iso) {
  const seconds = Math.round((Date.now() - new Date(iso).getTime()) / 1000);
  if (seconds < 60) return seconds <= 1 ? "now" : `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
