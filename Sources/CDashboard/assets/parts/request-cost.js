// What a request cost: each attempt's quantities by their prices.

import { h } from "../core/dom.js";
import { usd, whole } from "../core/format.js";

/** Below this many dollars a price is told for a million. */
const smallPrice = 0.001;

/** The bill of a record's JSON. */
export function costs(record) {
  const lines = record.cost_lines ?? [];
  const attempts = record.attempts.map((attempt, place) => attemptRows(record, attempt, place,
    lines.filter((line) => line.attempt === place)));
  return h("div", {},
    h("table", { class: "table" },
      h("thead", {}, h("tr", {}, ["Used", "Quantity", "Price", "Cost"].map((title, place) =>
        h("th", { scope: "col", class: place > 0 && "number" }, title)))),
      h("tbody", {}, attempts),
      h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: 3 }, "Sum"), number(usd(record.cost_usd))))),
    h("p", { class: "panel-note" }, note(record)));
}

function attemptRows(record, attempt, place, lines) {
  const head = h("tr", { class: "bill-group" }, h("th", { scope: "rowgroup", colspan: 3 },
    `${place + 1}. `, h("bdi", {}, attempt.target)), number(usd(attempt.cost_usd)));
  return [head, lines.length > 0 ? lines.map(priced) : used(attempt)];
}

function priced(line) {
  return h("tr", {}, h("td", {}, named(line.bucket)), number(whole(line.quantity)), number(priceOf(line)),
    number(usd(line.cost_usd)));
}

function priceOf({ price_usd: price, price_usd_per_million: perMillion }) {
  if (price === null) return "–";
  return Number(price) < smallPrice ? `${usd(perMillion)} / 1M` : `${usd(price)} each`;
}

/** Where no price is known, what was used is still told. */
function used(attempt) {
  return Object.entries(attempt.usage).filter(([, quantity]) => quantity > 0).map(([bucket, quantity]) =>
    h("tr", {}, h("td", {}, named(bucket)), number(whole(quantity)), number("–"), number("–")));
}

function named(bucket) {
  return bucket.replaceAll("_", " ");
}

function number(text) {
  return h("td", { class: "number" }, text);
}

function note(record) {
  const sources = { provider: "Quantities are the provider's own.", none: "The provider told no quantities." };
  const source = sources[record.usage_source] ?? `Quantities: ${record.usage_source}.`;
  if (record.cost_usd === null) return `${source} The price of the model is unknown, so the cost is too.`;
  return `${source} Prices are those of its day, as they are known now; the sum is what was charged then.`;
}
