// When a request did what: its queue and its attempts on one axis of time.

import { h } from "../core/dom.js";
import { duration } from "../core/format.js";

/** The waterfall of a record's JSON. */
export function timeline(record) {
  const rows = timelineRows(record);
  const end = Math.max(record.duration_ms, ...rows.map((row) => row.from + row.length), 0.001);
  const place = (milliseconds) => `${(100 * milliseconds) / end}%`;
  const first = record.time_to_first_token_ms;
  return h("div", { class: "timeline" },
    axis(end),
    rows.map((row) => h("div", { class: "timeline-row" },
      h("div", { class: "timeline-name" }, h("bdi", {}, row.name), h("span", {}, duration(row.length))),
      h("div", { class: "timeline-track" },
        row.phases.map(({ kind, title, from, length }) => h("div", { class: `timeline-bar ${kind}`,
          title: `${title}: ${duration(length)}`, style: { left: place(from), width: place(length) } })),
        first !== null && h("div", { class: "timeline-first", style: { left: place(first) } })),
      row.note && h("div", { class: "timeline-note" }, row.note))),
    first !== null && h("p", { class: "panel-note" },
      h("span", { class: "timeline-key" }), `First token after ${duration(first)}`));
}

function axis(end) {
  const parts = [0, 0.25, 0.5, 0.75, 1];
  return h("div", { class: "timeline-axis", "aria-hidden": "true" },
    parts.map((part) => h("span", { style: { left: `${part * 100}%` } },
      duration(Number((end * part).toPrecision(3))))));
}

/** Rows of the waterfall: `{ name, from, length, note?, phases: [{ kind, title, from, length }] }` in milliseconds. */
function timelineRows(record) {
  const start = instant(record.started_at);
  const last = record.attempts.length - 1;
  const attempts = record.attempts.map((attempt, place) =>
    attemptRow(attempt, place, start, place === last ? record.time_to_first_token_ms : null));
  const whole = plainRow("Request", "whole", record.duration_ms, `${duration(record.gateway_ms)} of it in the gateway`);
  return [whole, ...(record.queue_ms > 0 ? [plainRow("Queue", "queue", record.queue_ms)] : []), ...attempts];
}

function plainRow(name, kind, length, note) {
  return { name, from: 0, length, note, phases: [{ kind, title: name, from: 0, length }] };
}

/** An attempt that answered has two phases: before its first token, and from there on. */
function attemptRow(attempt, place, start, first) {
  const from = Math.max(0, instant(attempt.started_at) - start);
  const length = attempt.duration_ms;
  const isGood = attempt.status >= 200 && attempt.status < 300 && !attempt.error_code;
  const wait = first === null ? 0 : Math.max(0, Math.min(length, first - from));
  const waiting = { kind: "wait", title: "Until the first token", from, length: wait };
  const answer = {
    kind: isGood ? "answer" : "bad", title: isGood ? "Answer" : "Failed", from: from + wait, length: length - wait,
  };
  const facts = [attempt.status || "no answer", attempt.error_code, attempt.upstream_request_id];
  return { name: `${place + 1}. ${attempt.target}`, from, length, note: facts.filter(Boolean).join(" · "),
    phases: wait > 0 ? [waiting, answer] : [answer] };
}

/** Milliseconds with their fraction, which `Date` cuts off. */
function instant(iso) {
  const fraction = /\.\d{3}(\d{1,6})Z$/.exec(iso)?.[1];
  return Date.parse(iso) + (fraction ? Number(`0.${fraction}`) : 0);
}
