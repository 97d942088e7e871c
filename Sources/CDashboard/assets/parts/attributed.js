// Lists of users and of sessions: what each used and cost, and one of them alone.

import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { FilterLine } from "./filter-line.js";
import { figure, plainTable } from "./plain-table.js";

const shownMax = 200;

/** A page that lists the values of `dimension`; `one(value, root, context)` shows a single one. */
export function attributedPage(dimension, context, one) {
  const line = new FilterLine({ signal: context.signal });
  const content = h("div", { class: "stack" });
  replace(context.root, line.element, content);
  let again;
  const draw = () => {
    const value = address.value(dimension);
    replace(content);
    again = value === null ? list(dimension, content, context) : one(value, content, context);
  };
  draw();
  return {
    update(changed) {
      line.update();
      if ([...changed].every((name) => name === "now")) again();
      else draw();
    },
  };
}

function list(dimension, root, { signal }) {
  const ask = () => api.get("costs", address.query({ by: dimension, top: shownMax }), signal);
  return loading(root, signal, ask, ({ data }) => {
    const named = data.filter((row) => row[dimension] && !row.other);
    if (!named.length) return replace(root, nobody(dimension));
    const rest = data.find((row) => row.other);
    replace(root, h("section", { class: "card" },
      h("h2", {}, `${named.length === shownMax ? "The dearest " : ""}${format.whole(named.length)} ${dimension}s`),
      plainTable(`${dimension}s`, columns(dimension), named),
      rest && h("p", { class: "muted" }, `All others together: ${format.whole(rest.requests)} requests, `,
        `${format.usd(rest.cost_usd)}. A filter shows them.`)));
  });
}

function columns(dimension) {
  return [
    { title: dimension === "user" ? "User" : "Session",
      cell: (row) => h("a", { href: address.link(`/${dimension}s`, { [dimension]: row[dimension] }) }, row[dimension]) },
    ...sumColumns,
    { title: "", cell: (row) => h("a", { href: address.link("/requests", { [dimension]: row[dimension] }) }, "Requests") },
  ];
}

/** What is told of a row of sums. */
export const sumColumns = [
  { title: "Requests", number: true, cell: (row) => format.whole(row.requests) },
  { title: "Errors", number: true, cell: (row) => format.percent(row.requests ? row.errors / row.requests : 0) },
  { title: "Tokens in", number: true, cell: (row) => format.count(inputTokens(row.usage)) },
  { title: "Tokens out", number: true, cell: (row) => format.count(row.usage.output + row.usage.reasoning) },
  { title: "Cost", number: true, cell: (row) => cost(row) },
  { title: "Per request", number: true, cell: (row) => format.usd(row.requests ? row.cost_usd / row.requests : 0) },
];

function cost(row) {
  return row.unpriced ? [format.usd(row.cost_usd), h("span", { class: "badge warn" }, `${row.unpriced} unpriced`)]
    : format.usd(row.cost_usd);
}

export function inputTokens(usage) {
  return usage.input_uncached + usage.cache_read + usage.cache_write_5m + usage.cache_write_1h;
}

/** The figures of one user or session. */
export function figures(row) {
  return h("section", { class: "card figures" },
    figure("Requests", format.whole(row.requests)), figure("Errors", format.whole(row.errors)),
    figure("Tokens in", format.count(inputTokens(row.usage))),
    figure("Tokens out", format.count(row.usage.output + row.usage.reasoning)),
    figure("Cost", format.usd(row.cost_usd), row.unpriced ? `${row.unpriced} unpriced` : null));
}

function nobody(dimension) {
  return empty(`No ${dimension} in this time`,
    h("p", {}, "A call names its ", dimension, " in a header:"),
    h("pre", {}, `-H 'x-headgate-${dimension}: NAME'`),
    h("p", {}, "OpenAI's `user` and Anthropic's `metadata.user_id` name the user as well."));
}
