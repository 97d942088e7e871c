// A table of few rows, all of them elements.

import { h } from "../core/dom.js";

/** `columns`: `{ title, cell: row => node or text, number? }`. `empty`: what stands there when there is no row. */
export function plainTable(label, columns, rows, empty = "Nothing here.") {
  if (!rows.length) return h("p", { class: "muted" }, empty);
  const place = ({ number }) => ({ class: number ? "number" : null });
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    h("table", { class: "table" },
      h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", ...place(column) }, column.title)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column) => h("td", place(column), column.cell(row))))))));
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

/** A figure with its name above it. */
export function figure(name, value, note) {
  return h("div", { class: "figure" }, h("span", { class: "small muted" }, name), h("strong", {}, value),
    note && h("span", { class: "small muted" }, note));
}
