// Why this time cost more or less than the one before it.

import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { moment, usd, whole } from "../core/format.js";
import { loading } from "../core/loading.js";
import { chosenDimensions } from "./cost-choice.js";
import { groupLink } from "./cost-table.js";
import { column, number, plainTable } from "./plain-table.js";

const groupsShown = 20;

/** What changes a cost: the part's name in the API, its title, what it means. */
const parts = [
  ["volume_usd", "Volume", "more or fewer calls, in the same mix"],
  ["mix_usd", "Mix", "groups that became a larger or smaller part"],
  ["tokens_usd", "Tokens per call", "longer or shorter calls"],
  ["price_usd", "Price", "other prices, or another share of cached and of output tokens"],
];

/** Shows it in `place`; returns a function that asks again. */
export function costChanges(place, signal) {
  const ask = async (own) => {
    const dimensions = chosenDimensions();
    return { dimensions, ...await get("costs/changes", address.query({ by: dimensions.join(",") }), own) };
  };
  return loading(place, signal, ask, (answer) => replace(place, card(answer)));
}

function card({ before, after, parts: sums, data, dimensions }) {
  const shown = data.slice(0, groupsShown);
  return h("section", { class: "card groups", "aria-label": "What changed" },
    h("h2", {}, "What changed"),
    h("p", { class: "muted small" }, `From ${moment(before.since)} – ${moment(before.until)} `,
      `to ${moment(after.since)} – ${moment(after.until)}, by ${dimensions.join(" and ")}.`),
    waterfall(before.cost_usd, after.cost_usd, sums),
    plainTable("Changes by group", columnsOf(dimensions), shown, "Nothing in either time."),
    data.length > shown.length && h("p", { class: "muted small" },
      `The ${groupsShown} that changed most, of ${data.length}.`));
}

/** Bars from what it was to what it is, each part beginning where the one before it ends. */
function waterfall(before, after, sums) {
  let level = Number(before);
  const steps = parts.map(([name, title, note]) => {
    const from = level;
    level += Number(sums[name]);
    return { title, note, from, to: level, text: signed(sums[name]), kind: kindOf(Number(sums[name])) };
  });
  const rows = [
    { title: "Before", from: 0, to: Number(before), text: usd(before), kind: "whole" }, ...steps,
    { title: "After", from: 0, to: Number(after), text: usd(after), kind: "whole" },
  ];
  const ends = rows.flatMap(({ from, to }) => [from, to]);
  const [low, high] = [Math.min(0, ...ends), Math.max(...ends)];
  const place = (value) => (value - low) / (high - low || 1) * 100;
  return h("dl", { class: "waterfall" }, rows.map((row) => [
    h("dt", {}, row.title, row.note && h("span", { class: "muted small" }, row.note)),
    h("dd", {}, h("div", { class: "waterfall-track", "aria-hidden": "true" }, h("i", {
      class: row.kind,
      style: { left: `${place(Math.min(row.from, row.to))}%`, width: `${Math.abs(place(row.to) - place(row.from))}%` },
    })), h("span", { class: "number" }, row.text)),
  ]));
}

function columnsOf(dimensions) {
  return [
    column(dimensions.join(" · "), (row) => groupLink(row, dimensions)),
    number("Requests", ({ before, after }) => `${whole(before.requests)} → ${whole(after.requests)}`),
    number("Before", ({ before }) => usd(before.cost_usd)),
    number("After", ({ after }) => usd(after.cost_usd)),
    number("Change", ({ change_usd: change }) => h("strong", { class: kindOf(Number(change)) }, signed(change))),
    ...parts.map(([name, title]) => number(title, (row) => signed(row[name]))),
  ];
}

/** Less than this is the dust of a division. */
const dust = 1e-7;

function kindOf(amount) {
  return Math.abs(amount) < dust ? "same" : amount > 0 ? "more" : "less";
}

function signed(amount) {
  return { same: "$0", more: `+${usd(amount)}`, less: usd(amount) }[kindOf(Number(amount))];
}
