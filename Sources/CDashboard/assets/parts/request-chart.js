// How many requests there were in each step of the shown time, and how many of them failed.

import { areaChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { count } from "../core/format.js";
import { loading } from "../core/loading.js";
import { current, zone, zoom } from "../core/range.js";
import { replace } from "../core/dom.js";
import { Plot } from "./plot.js";
import { errorsOf } from "./sum-rows.js";
import { stepsIn, valuesOf } from "./sum-steps.js";

/** Shows the chart of the address's range and filter in `place`; returns a function that asks again. */
export function requestChart(place, signal) {
  const plot = new Plot();
  return loading(place, signal, ask, (answer) => {
    plot.show(areaChart, options(answer));
    if (!plot.element.isConnected) replace(place, plot.element);
  });
}

async function ask(signal) {
  const { step } = current();
  return { step, ...await get("metrics", address.query({ step, tz: zone }), signal) };
}

function options({ data, step, ...range }) {
  const { times, until } = stepsIn(range, step);
  return {
    title: "Requests", times, until, format: count, height: 110, onZoom: zoom,
    onPick: (_, from, to) => zoom(from, to),
    series: [
      { name: "failed", values: valuesOf(data, times, errorsOf), color: "--bad" },
      { name: "answered", values: valuesOf(data, times, (row) => row.requests - row.errors), color: "--series-1" },
    ],
  };
}
