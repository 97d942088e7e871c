// A line as small as a word.

import { svg } from "../core/dom.js";
import { colorOf } from "./colors.js";
import { number } from "./head.js";
import { areaPath, linePath, runs } from "./paths.js";
import { extent } from "./scale.js";

const EDGE = 2;

/** A small line without axes: numbers from zero, null is a gap. `label` says what it shows. */
export function sparkline(values, { label, width = 96, height = 24, color }) {
  const numbers = values.map(number);
  const { low, high } = extent([numbers]);
  const [foot, top] = [Math.min(0, low), Math.max(0, high)];
  const x = (index) => EDGE + index / (numbers.length - 1 || 1) * (width - 2 * EDGE);
  const y = (value) => height - EDGE - (value - foot) / (top - foot || 1) * (height - 2 * EDGE);
  const upper = runs(numbers, x, y);
  const lower = runs(numbers.map((value) => (value === null ? null : 0)), x, y);
  return svg("svg", {
    class: "chart-spark", role: "img", "aria-label": label, width, height, style: { "--mark": colorOf({ color }, 0) },
  },
  svg("path", { class: "chart-surface", d: areaPath(upper, lower) }),
  svg("path", { class: "chart-stroke", d: linePath(upper) }));
}
