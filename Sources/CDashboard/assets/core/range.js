// Which time is shown: relative (`since=24h`) or absolute (`since`, `until` as RFC 3339), and in which steps.

import * as address from "./address.js";
import { moment } from "./format.js";

const units = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** What is offered to a person. */
export const presets = [
  ["15m", "15 minutes"], ["1h", "1 hour"], ["6h", "6 hours"], ["24h", "24 hours"], ["7d", "7 days"], ["30d", "30 days"],
  ["90d", "90 days"],
];

/** Milliseconds of `15m`, `24h`; null for anything else. */
export function span(text) {
  const found = /^(\d{1,6})([smhdw])$/.exec(text ?? "");
  return found ? Number(found[1]) * units[found[2]] : null;
}

/** `{since, until: what the API is told, from, to: ms since 1970, step, isRelative}` of the page's address. */
export function current() {
  const since = address.value("since", "24h");
  const until = address.value("until");
  const to = until ? instant(until) : Date.now();
  const from = span(since) === null ? instant(since) : Date.now() - span(since);
  return { since, until, from, to, step: step(to - from), isRelative: !until && span(since) !== null };
}

function instant(text) {
  const ago = span(text);
  if (ago !== null) return Date.now() - ago;
  const time = Date.parse(text);
  return Number.isNaN(time) ? Date.now() : time;
}

/** The parameters of the time of the same length just before. */
export function before(range) {
  const length = range.to - range.from;
  return { since: iso(range.from - length), until: iso(range.from) };
}

export function iso(milliseconds) {
  return new Date(milliseconds).toISOString();
}

/** Steps so that a chart has 30 to 170 points, in the API's words. */
export function step(length) {
  const steps = [[2 * 36e5, "1m"], [6 * 36e5, "5m"], [36 * 36e5, "15m"], [7 * 864e5, "1h"], [31 * 864e5, "6h"]];
  return steps.find(([max]) => length <= max)?.[1] ?? "day";
}

/** What a person reads: `Last 24 hours`, or both ends. */
export function label(range) {
  const preset = presets.find(([text]) => text === range.since);
  if (range.isRelative) return `Last ${preset ? preset[1] : range.since}`;
  return `${moment(range.from)} – ${moment(range.to)}`;
}

/** The person's time zone. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Shows the time between two instants. */
export function zoom(from, to) {
  address.set({ since: iso(from), until: iso(to), live: null });
}
