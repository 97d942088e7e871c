// Lists of users and of sessions: what each used and cost, and one of them alone.

import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { costCell } from "./cost-table.js";
import { FilterLine } from "./filter-line.js";
import { card, figure, link } from "./pieces.js";
import { column, number, plainTable } from "./plain-table.js";
import { requestsLink } from "./request-link.js";
import { costPerRequest, errorRate, tokensIn, tokensOut } from "./sum-rows.js";

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
  const ask = (own) => api.get("costs", address.query({ by: dimension, top: shownMax }), own);
  return loading(root, signal, ask, ({ data }) => {
    const named = data.filter((row) => row[dimension] && !row.other);
    if (!named.length) return replace(root, nobody(dimension));
    const rest = data.find((row) => row.other);
    replace(root, card(
      `${named.length === shownMax ? "The dearest " : ""}${format.whole(named.length)} ${dimension}s`,
      plainTable(`${dimension}s`, columns(dimension), named),
      rest && h("p", { class: "muted" }, `All others together: ${format.whole(rest.requests)} requests, `,
        `${format.usd(rest.cost_usd)}. A filter shows them.`)));
  });
}

function columns(dimension) {
  return [
    column(dimension === "user" ? "User" : "Session", ({ [dimension]: value }) =>
      link(address.link(`/${dimension}s`, { [dimension]: value }), value)),
    ...sumColumns,
    column("", (row) => link(requestsLink([[dimension, row[dimension]]]), "Requests")),
  ];
}

/** What is told of a row of sums. */
export const sumColumns = [
  number("Requests", (row) => format.whole(row.requests)), number("Errors", (row) => format.percent(errorRate(row))),
  number("Tokens in", (row) => format.count(tokensIn(row))),
  number("Tokens out", (row) => format.count(tokensOut(row))), number("Cost", costCell),
  number("Per request", (row) => format.usd(costPerRequest(row))),
];

/** The figures of one user or session. */
export function figures(row) {
  return h("section", { class: "card figures" },
    figure("Requests", format.whole(row.requests)), figure("Errors", format.whole(row.errors)),
    figure("Tokens in", format.count(tokensIn(row))), figure("Tokens out", format.count(tokensOut(row))),
    figure("Cost", format.usd(row.cost_usd), row.unpriced > 0 && `${row.unpriced} unpriced`));
}

function nobody(dimension) {
  return empty(`No ${dimension} in this time`,
    h("p", {}, "A call names its ", dimension, " in a header:"),
    h("pre", {}, `-H 'x-headgate-${dimension}: NAME'`),
    h("p", {}, "OpenAI's `user` and Anthropic's `metadata.user_id` name the user as well."));
}
