// A table of few rows, all of them elements.

import { h } from "../core/dom.js";

/** A column: `cell(row)` gives an element or a text. */
export const column = (title, cell) => ({ title, cell });

/** A column of numbers. */
export const number = (title, cell) => ({ title, cell, kind: "number" });

/** `empty`: what stands there when there is no row. */
export function plainTable(label, columns, rows, empty = "Nothing here.") {
  if (!rows.length) return h("p", { class: "muted" }, empty);
  const head = columns.map(({ title, kind }) => h("th", { scope: "col", class: kind }, title));
  const body = rows.map((row) => h("tr", {}, columns.map(({ cell, kind }) => h("td", { class: kind }, cell(row)))));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
    h("table", { class: "table" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}
