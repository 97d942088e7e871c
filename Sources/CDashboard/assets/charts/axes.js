// Lines and labels around the data.

import { svg } from "../core/dom.js";
import { textWidth } from "./geometry.js";
import { timeTicks } from "./time-axis.js";

const TICK_ROOM = 72;

/** Thin lines over the plot's width, with the values they stand for. */
export function valueAxis({ left, right }, ticks, y, format) {
  return ticks.map((value) => {
    const height = crisp(y(value));
    return svg("g", {},
      svg("line", { class: value === 0 ? "chart-base" : "chart-grid", x1: left, x2: right, y1: height, y2: height }),
      svg("text", { class: "chart-label", x: left - 6, y: height + 3.5, "text-anchor": "end" }, format(value)));
  });
}

/** The times below the plot. */
export function timeAxis({ left, right, bottom, width, x, from, until }) {
  const ticks = timeTicks(from, until, Math.max(1, Math.floor((right - left) / TICK_ROOM)));
  return ticks.map(({ at, label, strong }) => {
    const cut = x(at) + textWidth(label) / 2 > width;
    return svg("g", {},
      svg("line", { class: "chart-base", x1: crisp(x(at)), x2: crisp(x(at)), y1: bottom, y2: bottom + 3 }),
      svg("text", {
        class: strong ? "chart-label strong" : "chart-label",
        x: cut ? width : x(at), y: bottom + 15, "text-anchor": cut ? "end" : "middle",
      }, label));
  });
}

/** In the middle of a pixel, where a line of one pixel is sharp. */
export const crisp = (place) => Math.floor(place) + 0.5;
