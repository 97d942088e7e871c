// The groups of the costs with their numbers, on the page and as CSV.

import { h } from "../core/dom.js";
import { count, percent, usd, whole } from "../core/format.js";
import { saveCSV } from "./cost-csv.js";
import { badge, button, link } from "./pieces.js";
import { column, number, plainTable } from "./plain-table.js";
import { requestsLink } from "./request-link.js";
import { costOf, costPerRequest, groupName, groupTerms, requestsOf, tokensOf } from "./sum-rows.js";
import { total } from "./sum-steps.js";

/** The table of `rows`, each a link to its requests, under a line with the download. */
export function costTable(rows, dimensions) {
  const sums = {
    isTotal: true, requests: total(rows, requestsOf), unpriced: total(rows, ({ unpriced }) => unpriced),
    cost_usd: total(rows, costOf), tokens: total(rows, tokensOf),
  };
  const columns = columnsOf(dimensions, sums, rows.some((row) => row.revenue_usd !== undefined));
  return [
    h("div", { class: "row spread card-head" }, h("h2", {}, "Groups"),
      button("Download CSV", () => saveCSV("costs.csv", cells(rows, dimensions)))),
    plainTable("Costs by group", columns, rows.length > 0 ? [...rows, sums] : [], "No requests in this time."),
  ];
}

function columnsOf(dimensions, sums, hasRevenue) {
  return [
    column(dimensions.join(" · "), (row) => (row.isTotal ? h("strong", {}, "All") : groupLink(row, dimensions))),
    column("Share of cost", (row) => shareOf(costOf(row) / costOf(sums))),
    number("Requests", (row) => whole(row.requests)),
    number("Tokens", (row) => count(row.tokens ?? tokensOf(row))),
    number("Cost", costCell),
    number("Per 1,000 requests", perThousand),
    ...(hasRevenue ? [
      number("Revenue", (row) => (row.revenue_usd === undefined ? "–" : usd(row.revenue_usd))),
      number("Margin", marginCell),
    ] : []),
  ];
}

/** The name of a row's group, as a link to its requests where there is one. */
export function groupLink(row, dimensions) {
  const terms = groupTerms(row, dimensions);
  const name = h("bdi", {}, groupName(row, dimensions));
  return terms ? link(requestsLink(terms), name) : name;
}

function shareOf(share) {
  return h("div", { class: "share" },
    h("div", { class: "share-bar", "aria-hidden": "true" }, h("i", { style: { width: `${(share || 0) * 100}%` } })),
    h("span", {}, percent(share)));
}

/** What has no price does not cost nothing. */
const isUnknown = (row) => row.unpriced > 0 && costOf(row) === 0;

function perThousand(row) {
  return row.requests === 0 ? "–" : isUnknown(row) ? "unknown" : usd(costPerRequest(row) * 1000);
}

/** What a row cost, and how much of it has no price. */
export function costCell(row) {
  if (!row.unpriced) return usd(row.cost_usd);
  return [isUnknown(row) ? "unknown" : usd(row.cost_usd), " ", badge(`${count(row.unpriced)} unpriced`, "warn")];
}

function marginCell({ margin_usd: margin }) {
  return margin === undefined ? "–" : h("span", { class: Number(margin) < 0 ? "worse" : null }, usd(margin));
}

/** The rows of the file, with exact numbers. */
function cells(rows, dimensions) {
  const whole = total(rows, costOf);
  return [
    [...dimensions, "share", "requests", "tokens", "cost_usd", "cost_usd_per_1000_requests", "unpriced_attempts",
      "revenue_usd", "margin_usd"],
    ...rows.map((row) => [
      ...dimensions.map((dimension) => (row.other ? "All others" : row[dimension])),
      whole > 0 ? costOf(row) / whole : "", row.requests, tokensOf(row), row.cost_usd,
      row.requests > 0 ? costPerRequest(row) * 1000 : "", row.unpriced, row.revenue_usd ?? "", row.margin_usd ?? "",
    ]),
  ];
}
