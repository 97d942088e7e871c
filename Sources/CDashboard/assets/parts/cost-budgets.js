// Budgets: what was spent of each, and until when it counts.

import { dimensions } from "../core/address.js";
import { get } from "../core/api.js";
import { empty, h, replace } from "../core/dom.js";
import { moment, percent, usd } from "../core/format.js";
import { loading } from "../core/loading.js";
import { meter } from "./pieces.js";
import { requestsLink } from "./request-link.js";

const valuesShown = 5;

/** Shows it in `place`; returns a function that asks again. */
export function costBudgets(place, signal) {
  return loading(place, signal, (own) => get("limits", {}, own), ({ data }) => replace(place, budgetCard(data)));
}

/** The budgets among these rules. */
export function budgetCard(rules) {
  const budgets = rules.filter((rule) => rule.budget_usd !== undefined);
  return h("section", { class: "card", "aria-label": "Budgets" }, h("h2", {}, "Budgets"),
    budgets.length > 0 ? budgets.map(budgetView) : noBudget());
}

function noBudget() {
  return empty("No budget", h("p", {}, "In headgate.yaml:"),
    h("pre", {}, "budgets:\n  - { name: all, usd: 500, period: month, soft: 80% }"));
}

function budgetView(rule) {
  const states = [...rule.states].sort((one, other) => other.spent_usd - one.spent_usd);
  const facts = [
    rule.soft_usd && `soft mark at ${usd(rule.soft_usd)}`,
    rule.period_ends_at && `until ${moment(rule.period_ends_at)}`,
    rule.downgrade ? `then ${rule.downgrade}` : "then calls are refused",
  ].filter(Boolean).join(" · ");
  return h("div", { class: "budget" },
    h("div", { class: "row spread" }, h("strong", {}, rule.name), h("span", { class: "muted small" },
      rule.per.length > 0 && `${usd(rule.budget_usd)} per ${rule.per.join(", ")}`)),
    states.length === 0 && h("p", { class: "muted small" }, "Nothing spent in this period."),
    states.slice(0, valuesShown).map((state) => stateView(rule, state)),
    h("div", { class: "muted small" }, facts,
      states.length > valuesShown && ` · the ${valuesShown} with most of ${rule.values}`));
}

function stateView(rule, { values, spent_usd: spent, reserved_usd: reserved }) {
  const share = spent / rule.budget_usd;
  const running = Number(reserved) > 0 ? `${usd(reserved)} reserved for calls that run` : null;
  return h("div", { class: "budget-state" },
    values.length > 0 && valueLink(rule.per, values),
    budgetMeter(rule, share, values),
    h("span", { class: "number", title: running }, `${usd(spent)} of ${usd(rule.budget_usd)}, ${percent(share)}`));
}

function valueLink(per, values) {
  const name = h("bdi", {}, values.map((value) => value || "(none)").join(" · "));
  // Whoever has no value of a dimension is counted as `none`.
  const terms = per.map((dimension, index) => [
    dimensions.includes(dimension) ? dimension : `tag.${dimension}`, values[index] === "none" ? "" : values[index],
  ]);
  return h("a", { class: "budget-value", href: requestsLink(terms) }, name);
}

function budgetMeter(rule, share, values) {
  const soft = rule.soft_usd && rule.soft_usd / rule.budget_usd;
  const bar = meter(share, soft);
  bar.setAttribute("aria-label", `Used of ${[rule.name, ...values].join(" ")}`);
  return h("div", { class: "budget-meter" }, bar,
    soft && h("i", { class: "budget-soft", title: "Soft mark", style: { left: `${soft * 100}%` } }));
}
