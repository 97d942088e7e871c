// How the gateway is doing: figures, charts, what needs attention.

import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { loading } from "../core/loading.js";
import { current, zone } from "../core/range.js";
import { FilterLine } from "../parts/filter-line.js";
import { lookBack, nothingHere } from "../parts/first-request.js";
import { showAttention } from "../parts/overview-attention.js";
import { OverviewCharts } from "../parts/overview-charts.js";
import { showFigures } from "../parts/overview-figures.js";
import { OverviewTops, topDimensions } from "../parts/overview-top.js";
import { stepsIn, stepsOf } from "../parts/sum-steps.js";

export const title = "Overview";

const dimensions = ["model", "feature", "provider", "user", "team", "key", "prompt"];
const groupsShown = 8;

export function mount({ root, signal }) {
  const filter = new FilterLine({ signal });
  const place = h("div", { class: "stack" });
  const content = new Content();
  replace(root, filter.element, place);
  let waiting = null;
  let askTops = null;
  const showTops = () => {
    if (askTops) return askTops();
    askTops = loading(content.tops.element, signal, topValues, ({ data }) => content.tops.showCosts(data));
  };
  const again = loading(place, signal, ask, (answer) => {
    waiting?.abort();
    content.show(answer);
    if (!answer.past) {
      if (!content.element.isConnected) replace(place, content.element);
      return showTops();
    }
    waiting = new AbortController();
    const ends = AbortSignal.any([signal, waiting.signal]);
    replace(place, nothingHere(answer.past, ends, again));
  });
  return {
    update() {
      filter.update();
      again();
    },
  };
}

/** Two calls, and one more where there is nothing, to say what there was before. */
async function ask(signal) {
  const range = current();
  const dimension = shownDimension();
  const steps = { step: range.step, tz: zone };
  const [overview, costs] = await Promise.all([
    get("overview", address.query(steps), signal),
    get("costs", address.query({ ...steps, by: dimension, top: groupsShown }), signal),
  ]);
  const past = overview.totals.requests === 0 ? await lookBack(signal) : null;
  return { overview, costs, dimension, step: range.step, past };
}

/** By itself, since lists of users take their time. Cohorts belong to users; lists of calls know nothing of them. */
async function topValues(signal) {
  if (address.filters().some(([name]) => name.startsWith("cohort"))) return { data: {} };
  return get("facets", address.query({ names: topDimensions.join(","), order: "cost" }), signal);
}

function shownDimension() {
  const by = address.value("by");
  return dimensions.includes(by) ? by : dimensions[0];
}

class Content {
  constructor() {
    this.picker = h("select", {
      "aria-label": "Tell the cost apart by", on: { change: () => address.set({ by: this.picker.value }) },
    }, dimensions.map((name) => h("option", { value: name }, `by ${name}`)));
    this.figures = h("nav", { class: "tiles", "aria-label": "Figures" });
    this.attention = h("div");
    this.charts = new OverviewCharts(this.picker);
    this.tops = new OverviewTops();
    this.element = h("div", { class: "stack" }, this.figures, this.attention, this.charts.element, this.tops.element);
  }

  show(answer) {
    const { overview, step } = answer;
    const [from, to] = [Date.parse(overview.since), Date.parse(overview.until)];
    const view = {
      ...answer, ...stepsIn(overview, step), timesBefore: stepsOf(2 * from - to, from, step).times,
      isCompared: address.value("compare") === "1",
    };
    this.picker.value = answer.dimension;
    showFigures(this.figures, overview, view.times);
    showAttention(this.attention, overview.attention);
    this.charts.show(view);
    this.tops.showErrors(overview);
  }
}
