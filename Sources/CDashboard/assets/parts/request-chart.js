// How many requests there were in each step of the shown time, and how many of them failed.

import { areaChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { failure, h, replace } from "../core/dom.js";
import { count } from "../core/format.js";
import { current, stepLength, zoom } from "../core/range.js";

/** The chart of the address's range and filter; `update()` asks again. */
export class RequestChart {
  #signal;
  #chart = null;

  constructor({ signal }) {
    this.#signal = signal;
    this.element = h("div", { class: "request-chart" });
    this.update();
  }

  async update() {
    const range = current();
    const asked = String(address.query());
    try {
      const { data } = await get("metrics", address.query({ step: range.step }), this.#signal);
      if (asked === String(address.query())) this.#draw(options(data, range));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#chart = null;
      replace(this.element, failure(error, () => this.update()));
    }
  }

  #draw(options) {
    if (this.#chart) return this.#chart.update(options);
    this.#chart = areaChart(options);
    replace(this.element, this.#chart);
  }
}

/** Steps without requests have no row in the answer, and are zero. */
function options(rows, range) {
  const length = stepLength(range.step);
  const found = new Map(rows.map((row) => [Date.parse(row.step), row]));
  const times = [];
  for (let at = Math.floor(range.from / length) * length; at < range.to; at += length) times.push(at);
  const values = (read) => times.map((at) => (found.has(at) ? read(found.get(at)) : 0));
  return {
    title: "Requests", times, until: times.at(-1) + length, format: count, height: 110, onZoom: zoom,
    onPick: (_, from, to) => zoom(from, to),
    series: [
      { name: "failed", values: values((row) => row.errors), color: "--bad" },
      { name: "answered", values: values((row) => row.requests - row.errors), color: "--series-1" },
    ],
  };
}
