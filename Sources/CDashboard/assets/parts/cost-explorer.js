// Costs over time by one or two dimensions, and the table of them.

import { lineChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { loading } from "../core/loading.js";
import { before, current, zone, zoom } from "../core/range.js";
import { chosenDimensions, chosenMeasure, measures } from "./cost-choice.js";
import { costTable } from "./cost-table.js";
import { Plot } from "./plot.js";
import { openRequests } from "./request-link.js";
import { groupSeries, stepsIn, valuesOf } from "./sum-steps.js";
import { pickIn, seriesBefore } from "./time-before.js";

const groupsDrawn = 8;
const groupsListed = 200;

/** Shows it in `place`; returns a function that asks again. */
export function costExplorer(place, signal) {
  const plot = new Plot();
  const table = h("section", { class: "card groups", "aria-label": "Groups" });
  return loading(place, signal, ask, (answer) => {
    plot.show(answer.compared ? lineChart : measures[answer.measure].make, options(answer));
    replace(table, costTable(answer.groups.data, answer.dimensions));
    if (!plot.element.isConnected) replace(place, plot.element, table);
  });
}

async function ask(signal) {
  const range = current();
  const dimensions = chosenDimensions();
  const by = dimensions.join(",");
  const [steps, groups, compared] = await Promise.all([
    get("costs", address.query({ by, step: range.step, tz: zone, top: groupsDrawn }), signal),
    get("costs", address.query({ by, top: groupsListed }), signal),
    address.value("compare") === "1" ? askBoth(range, signal) : null,
  ]);
  return { steps, groups, compared, step: range.step, dimensions, measure: chosenMeasure() };
}

/** All calls of this time and of the one before, without groups. */
function askBoth(range, signal) {
  return Promise.all([{}, before(range)].map((time) =>
    get("costs", address.query({ ...time, step: range.step, tz: zone }), signal)));
}

function options({ steps, compared, step, dimensions, measure }) {
  const { title, format, read, missing } = measures[measure];
  const { times, until } = stepsIn(steps, step);
  const groups = groupSeries(steps.data, dimensions, times, { read, missing });
  const [now, past] = compared ?? [];
  const both = { times, timesBefore: past ? stepsIn(past, step).times : times };
  const pick = (name, from, to) => openRequests(groups.find((one) => one.name === name)?.terms ?? [], from, to);
  const series = compared ? [
    ...groups, { name: "All", color: "--text", values: valuesOf(now.data, times, read, missing) },
    seriesBefore("All", past.data, both, read, missing),
  ] : groups;
  return {
    title: `${title} by ${dimensions.join(" and ")}`, times, until, series, format, height: 260, onZoom: zoom,
    onPick: pickIn(both, pick),
  };
}
