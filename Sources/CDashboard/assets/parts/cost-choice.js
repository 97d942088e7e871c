// What the costs are told apart by, and what of them is drawn. All of it is in the address.

import { areaChart, lineChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import { h, keepPlace, replace } from "../core/dom.js";
import { count, usd } from "../core/format.js";
import { costOf, costPerRequest, requestsOf, tokensOf } from "./sum-rows.js";

/** What can be drawn. What cannot be added up is drawn as lines; a step without calls has none of it. */
export const measures = {
  cost: { title: "Cost", read: costOf, format: usd, make: areaChart, missing: 0 },
  requests: { title: "Requests", read: requestsOf, format: count, make: areaChart, missing: 0 },
  tokens: { title: "Tokens", read: tokensOf, format: count, make: areaChart, missing: 0 },
  cost_per_request: { title: "Cost per request", read: costPerRequest, format: usd, make: lineChart, missing: null },
};

const isDimension = (name) => address.dimensions.includes(name) || /^tag\.[^,]+$/.test(name ?? "");

/** The one or two dimensions of the address. */
export function chosenDimensions() {
  const names = [address.value("by", "model"), address.value("by2")].filter(isDimension);
  return names.length > 0 ? [...new Set(names)] : ["model"];
}

/** The name of the measure of the address. */
export function chosenMeasure() {
  const name = address.value("measure");
  return Object.hasOwn(measures, name) ? name : "cost";
}

/** The controls; `update()` shows what the address says. */
export class CostChoice {
  constructor() {
    this.element = h("div", { class: "row cost-choice" });
    this.update();
  }

  update() {
    const [first, second] = chosenDimensions();
    const titles = Object.entries(measures).map(([name, { title }]) => [name, title]);
    keepPlace(this.element, () => replace(this.element,
      dimensionSelect("By", "by", first, null),
      dimensionSelect("and by", "by2", second ?? "", "nothing else"),
      select("Show", "measure", chosenMeasure(), titles)));
  }
}

/** `none`: what the choice of no dimension is called; null where there must be one. */
function dimensionSelect(label, parameter, value, none) {
  const own = value === "" || address.dimensions.includes(value) ? [] : [value];
  const options = [...address.dimensions, ...own].map((name) => [name, name.replaceAll("_", " ")]);
  return select(label, parameter, value, [...(none ? [["", none]] : []), ...options, ["tag", "a tag …"]]);
}

function select(label, parameter, value, options) {
  const field = h("select", { data: { focus: parameter } },
    options.map(([name, text]) => h("option", { value: name, selected: name === value }, text)));
  field.addEventListener("change", () => {
    if (field.value === "tag") askTag(field, parameter);
    else address.set({ [parameter]: field.value });
  });
  return h("label", {}, label, field);
}

/** Puts a field for the tag's name in the place of the select. */
function askTag(field, parameter) {
  const input = h("input", {
    placeholder: "name of the tag", required: true, pattern: "[^,]+", data: { focus: parameter },
  });
  const form = h("form", {
    on: {
      submit(event) {
        event.preventDefault();
        address.set({ [parameter]: `tag.${input.value.trim()}` });
      },
    },
  }, input);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    form.replaceWith(field);
    field.value = field.querySelector("[selected]")?.value ?? "";
    field.focus();
  });
  field.replaceWith(form);
  input.focus();
}
