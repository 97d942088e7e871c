// The columns of the list of requests.

import { h } from "../core/dom.js";
import { count, duration, usd } from "../core/format.js";
import { outcomeBadge } from "./request-summary.js";
import { tokensIn, tokensOut } from "./sum-rows.js";

const previewLength = 240;
const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
// Kept, as making one costs more than the rest of a row.
const clockFormat = new Intl.DateTimeFormat("en-GB", { ...clock, fractionalSecondDigits: 3 });
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...clock });

function started(iso) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return (isToday ? clockFormat : dayFormat).format(date).replace(",", "");
}

const named = (id, title, width, read = (record) => record[id]) => ({
  id, title, width, cell: (record) => String(read(record) ?? ""),
});
const tag = (id, title, width) => named(id, title, width, (record) => record.tags[id]);
const number = (id, title, width, cell) => ({ id, title, width, align: "right", cell });
const preview = (id, title) => ({
  id, title, width: 150, grow: true, cell: (record) => (record[id] ?? "").slice(0, previewLength),
});

/** All there are, in the order of the menu. */
export const requestColumns = [
  named("time", "Time", 112, (record) => started(record.started_at)),
  { id: "outcome", title: "Status", width: 104, cell: outcomeBadge },
  named("model", "Model", 122),
  named("provider", "Provider", 96),
  named("upstream_model", "Upstream model", 140),
  tag("feature", "Feature", 84),
  tag("user", "User", 110),
  tag("session", "Session", 110),
  tag("environment", "Environment", 100),
  named("prompt", "Prompt", 120),
  named("key", "Key", 100),
  number("latency", "Latency", 70, (record) => duration(record.duration_ms)),
  number("first_token", "First token", 78, (record) => duration(record.time_to_first_token_ms)),
  number("tokens_in", "In", 52, (record) => count(tokensIn(record))),
  number("tokens_out", "Out", 46, (record) => count(tokensOut(record))),
  number("cost", "Cost", 94, (record) => (record.cost_usd === null
    ? h("span", { class: "muted" }, "unknown") : usd(record.cost_usd))),
  preview("request_preview", "Asked"),
  preview("response_preview", "Answered"),
  named("endpoint", "Endpoint", 170),
  named("finish_reason", "Finish", 90),
  named("error_code", "Error", 140),
  named("fallback", "Fallback", 90),
  named("cache", "Cache", 70),
  number("attempts", "Attempts", 76, (record) => count(record.attempts.length)),
];

const usual = [
  "time", "outcome", "model", "feature", "latency", "first_token", "tokens_in", "tokens_out", "cost", "request_preview",
];
const usualOnPhones = ["time", "outcome", "model", "latency", "cost"];

/** The ids of the columns of the address's `columns`; what is not there is left out. */
export function shownColumns(text) {
  const ids = (text ?? "").split(",").filter((id) => requestColumns.some((column) => column.id === id));
  if (ids.length > 0) return ids;
  return matchMedia("(max-width: 760px)").matches ? usualOnPhones : usual;
}
