// The strip of figures at the top of the overview: what they are, how they changed, what stands behind them.

import { sparkline } from "../charts/charts.js";
import { link } from "../core/address.js";
import { h, replace } from "../core/dom.js";
import { change, count, duration, percent, usd } from "../core/format.js";
import { errorTerms, requestsLink } from "./request-link.js";
import { cachedShare, costOf, costPerRequest, errorRate, requestsOf } from "./sum-rows.js";
import { valuesOf } from "./sum-steps.js";

const p95 = (name) => (row) => row[name]?.p95 ?? null;
const slowTerms = (name, value) => (value === null ? [] : [[`${name}_min`, String(value)]]);

/** `wanted`: 1 where more is better, -1 where less is, 0 where neither is. `missing`: what a step without calls has. */
const figures = [
  { title: "Requests", read: requestsOf, format: count, wanted: 0, missing: 0, to: () => requestsLink() },
  { title: "Error rate", read: errorRate, format: percent, wanted: -1, missing: null, color: "--bad",
    to: () => requestsLink(errorTerms) },
  { title: "Latency, p95", read: p95("duration_ms"), format: duration, wanted: -1, missing: null,
    to: (value) => requestsLink(slowTerms("duration_ms", value)) },
  { title: "First token, p95", read: p95("time_to_first_token_ms"), format: duration, wanted: -1, missing: null,
    to: (value) => requestsLink(slowTerms("time_to_first_token_ms", value)) },
  { title: "Cost", read: costOf, format: usd, wanted: 0, missing: 0, to: () => link("/costs") },
  { title: "Cost of 1,000 requests", read: (row) => times1000(costPerRequest(row)), format: dollars, wanted: -1,
    missing: null, to: () => link("/costs", { measure: "cost_per_request" }) },
  { title: "Cached input", read: cachedShare, format: percent, wanted: 1, missing: null,
    to: () => link("/costs", { measure: "tokens" }) },
  { title: "Gateway overhead, mean", read: (row) => row.gateway_ms_mean, format: duration, wanted: -1, missing: null,
    to: () => "/system" },
];

const times1000 = (value) => (value === null ? null : value * 1000);

function dollars(value) {
  return value === null ? "–" : usd(value);
}

/** Fills `place` with the tiles of `totals`, compared with `before`. */
export function showFigures(place, { totals, before, series }, times) {
  replace(place, figures.map((figure) => tile(figure, figure.read(totals), figure.read(before),
    valuesOf(series, times, figure.read, figure.missing))));
}

function tile({ title, format, wanted, to, color }, now, before, values) {
  return h("a", { class: "tile", href: to(now), data: { focus: title } },
    h("span", { class: "tile-title" }, title),
    h("span", { class: "tile-value" }, format(now)),
    changeOf(now, before, format, wanted),
    h("span", { class: "tile-line", "aria-hidden": "true" },
      sparkline(values, { label: title, width: 104, height: 32, color })));
}

function changeOf(now, before, format, wanted) {
  const share = change(now, before);
  if (share === null) return h("span", { class: "tile-change" }, now && before === 0 ? `was ${format(0)}` : "–");
  if (Math.abs(share) < 0.0005) return h("span", { class: "tile-change" }, "as before");
  const verdict = wanted === 0 ? "" : share * wanted > 0 ? "good" : "bad";
  const size = percent(Math.abs(share));
  return h("span", { class: `tile-change ${verdict}`, title: `Before: ${format(before)}` },
    h("span", { "aria-hidden": "true" }, `${share > 0 ? "▲" : "▼"} ${size}`),
    h("span", { class: "for-readers" }, `${size} ${share > 0 ? "more" : "less"} than in the time before`
      + { good: ", which is better", bad: ", which is worse", "": "" }[verdict]));
}
