// Lists of what costs most, and of what fails.

import { barChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import { h } from "../core/dom.js";
import { count, usd } from "../core/format.js";
import { errorCodes } from "./overview-charts.js";
import { requestsLink } from "./request-link.js";
import { costOf } from "./sum-rows.js";

const shown = 6;
const tooMany = "Too many records: take a shorter time";

/** The dimensions of the lists. */
export const topDimensions = ["feature", "model", "user", "prompt"];

/** A list for each dimension, and one of the codes of errors. */
export class OverviewTops {
  constructor() {
    this.costs = new Map(topDimensions.map((dimension) => [dimension, barChart(costBars(dimension))]));
    this.errors = barChart({ title: "Errors by code", emptyText: "No errors" });
    this.element = h("div", { class: "tops" },
      [...this.costs.values(), this.errors].map((chart) => h("section", { class: "card" }, chart)));
  }

  /** `values`: of each dimension, as facets have them. */
  showCosts(values) {
    for (const [dimension, chart] of this.costs) chart.update(costBars(dimension, values[dimension]));
  }

  showErrors(overview) {
    const codes = errorCodes(overview).slice(0, shown);
    this.errors.update({
      bars: codes.map(([code, errors]) => ({ name: code || "(none)", value: errors, color: "--bad" })), format: count,
      href: (name) => linkTo("error_code", name),
    });
  }
}

/** Bars of those values of a dimension that cost most, as links to their requests. `values`: as facets have them, null
 *  where there are too many records to look at. */
export function costBars(dimension, values = []) {
  const rows = (values ?? []).filter(({ value }) => fitsFilter(dimension, value))
    .sort((one, other) => costOf(other) - costOf(one)).slice(0, shown);
  return {
    bars: rows.map((row) => ({ name: row.value || "(none)", value: costOf(row), note: `${count(row.requests)} req` })),
    title: `Cost by ${dimension}`, format: usd, href: (name) => linkTo(dimension, name),
    emptyText: values === null ? tooMany : undefined,
  };
}

/** Facets do not heed what the filter says of themselves. */
function fitsFilter(dimension, value) {
  return address.filters().every(([name, wanted]) =>
    (name !== dimension || value === wanted) && (name !== `${dimension}!` || value !== wanted));
}

function linkTo(dimension, name) {
  return requestsLink([[dimension, name === "(none)" ? "" : name]]);
}
