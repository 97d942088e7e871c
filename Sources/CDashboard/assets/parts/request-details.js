// Every field of a request; what can be filtered by is a link.

import { dimensions, plainLink } from "../core/address.js";
import { h } from "../core/dom.js";
import { duration, time, whole } from "../core/format.js";

/** Fields in their order; those that are dimensions become links. */
const fields = [
  "model", "provider", "upstream_model", "served_model", "region", "service_tier", "endpoint", "route", "key",
  "project", "status", "outcome", "error_code", "finish_reason", "streamed", "fallback", "cache", "prompt",
];
const ownDimensions = ["feature", "user", "session", "environment", "prompt", "team"];

/** The lists of a record's JSON. */
export function details(record) {
  return h("div", { class: "details" },
    section("Request", [["id", record.id], ["started", time(record.started_at)],
      ...fields.map((name) => [name, linked(name, record[name])])]),
    section("Tags", Object.entries(record.tags).map(([name, value]) =>
      [name, linked(ownDimensions.includes(name) ? name : `tag.${name}`, value)])),
    section("Times", [["whole", duration(record.duration_ms)], ["first token", duration(record.time_to_first_token_ms)],
      ["queue", duration(record.queue_ms)], ["gateway", duration(record.gateway_ms)]]),
    section("Tokens", Object.entries(record.usage).map(([name, value]) => [name, whole(value)])),
    section("Limits and translation", [["limits hit", record.limits_hit.join(", ")],
      ["left out", record.translation_dropped.join(", ")]]),
    section("Files from URLs", record.fetch && [["fetched", whole(record.fetch.files)],
      ["failed", whole(record.fetch.failures)], ["bytes", whole(record.fetch.bytes)],
      ["time", duration(record.fetch.duration_ms)]]),
    section("Trace", [["trace", traceLink(record)], ["span", record.span_id], ["parent span", record.parent_span_id],
      ["node", record.node]]),
    feedback(record.feedback ?? []));
}

function traceLink({ trace_id: id }) {
  return h("a", { href: plainLink(`/traces/${encodeURIComponent(id)}`) }, id);
}

function linked(name, value) {
  if (value === null || value === undefined) return null;
  const text = String(value);
  if (!dimensions.includes(name) && !name.startsWith("tag.")) return text;
  return h("a", { href: plainLink("/requests", { [name]: text }), title: `Requests of this ${name}` }, text);
}

/** Fields without a value are left out. */
function section(title, rows) {
  const known = (rows ?? []).filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (known.length === 0) return null;
  return h("section", {}, h("h4", {}, title), h("dl", { class: "fields" }, known.map(([name, value]) =>
    h("div", {}, h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, h("bdi", {}, value))))));
}

function feedback(rows) {
  if (rows.length === 0) return null;
  return h("section", {}, h("h4", {}, "Feedback"), rows.map(({ name, value, label, comment, correction, at }) =>
    h("div", { class: "feedback" },
      h("div", {}, h("strong", {}, h("bdi", {}, name)), " ", h("bdi", {}, String(label ?? value ?? "")), " ",
        h("time", {}, time(at))),
      comment && h("p", { dir: "auto" }, comment), correction && h("p", { dir: "auto" }, `Better: ${correction}`))));
}
