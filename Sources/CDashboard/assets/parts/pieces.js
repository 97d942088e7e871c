// Small pieces that pages are made of.

import { h } from "../core/dom.js";

/** A part of a page with its heading. */
export function card(title, ...children) {
  return h("section", { class: "card" }, h("h2", {}, title), children);
}

/** `kind`: `primary`, `danger`, `small`, or nothing. */
export function button(text, click, kind = "", more = {}) {
  return h("button", { class: `button ${kind}`.trim(), type: "button", on: { click }, ...more }, text);
}

/** A word with a colour: `good`, `warn`, `bad`, or none. */
export function badge(text, kind = "") {
  return h("span", { class: `badge ${kind}`.trim() }, text);
}

export function link(href, text) {
  return h("a", { href }, text);
}

/** A figure with its name above it. */
export function figure(name, value, note) {
  return h("div", { class: "figure" }, h("span", { class: "small muted" }, name), h("strong", {}, value),
    note && h("span", { class: "small muted" }, note));
}

/** Names with their values; those without one are left out. */
export function facts(rows) {
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: "facts" }, known.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** A bar that shows how much of something is used; red when all is, amber past `mark`. */
export function meter(share, mark = 0.8) {
  const kind = share >= 1 ? "bad" : share >= mark ? "warn" : "";
  const value = Math.max(0, Math.min(1, share || 0));
  return h("div", {
    class: `meter ${kind}`, role: "meter", "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": "Used",
    "aria-valuenow": Math.round(value * 100),
  }, h("div", { style: { width: `${value * 100}%` } }));
}
