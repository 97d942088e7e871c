// Numbers and times as people read them.

/** Dollars with four significant digits; null where the price is unknown. */
export function usd(value) {
  if (value === null || value === undefined || value === "") return "unknown";
  const amount = Number(value);
  if (amount === 0) return "$0";
  const size = Math.abs(amount);
  const sign = amount < 0 ? "-" : "";
  if (size < 0.0000001) return `${sign}<$0.0000001`;
  const digits = size >= 1000 ? 0 : size >= 1 ? 2 : Math.min(10, 3 - Math.floor(Math.log10(size)));
  const text = size.toLocaleString("en-US", { minimumFractionDigits: size >= 1 ? digits : 0, maximumFractionDigits: digits });
  return `${sign}$${text}`;
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
  return Number(value).toLocaleString("en-US", { maximumFractionDigits: size2(value) });
}

const size2 = (value) => (Number.isInteger(Number(value)) ? 0 : 2);

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
  return `${Math.abs(value) >= 100 || value === 0 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2)} %`;
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

/** `14:03:22.120`, with the day before it where it is not today. */
export function time(iso, withDay = true) {
  const date = new Date(iso);
  const clock = date.toLocaleTimeString("en-GB", { hour12: false }) + "." + String(date.getMilliseconds()).padStart(3, "0");
  return withDay && date.toDateString() !== new Date().toDateString() ? `${day(date)} ${clock}` : clock;
}

/** `26 Nov 2026`. */
export function day(date) {
  return new Date(date).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** `26 Nov 14:03`. */
export function moment(date) {
  const at = new Date(date);
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "short" })
    + " " + at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** `5 minutes ago`. */
export function ago(iso) {
  const seconds = Math.round((Date.now() - new Date(iso).getTime()) / 1000);
  if (seconds < 60) return seconds <= 1 ? "now" : `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
