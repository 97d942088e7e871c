// Rows of cells over time: the more, the stronger the colour.

import { h, replace, svg } from "../core/dom.js";
import { cutTo, geometry, textWidth } from "./geometry.js";
import { number } from "./head.js";
import { timeChart } from "./time-chart.js";

const STRENGTHS = [0.07, 0.16, 0.27, 0.4, 0.54, 0.69, 0.84, 1];
const ROW_HEIGHT = 18;
const LABEL_HEIGHT = 12;
const NARROWEST = 2;

const heat = {
  name: "heat",

  tracks({ rows, times, values }) {
    return rows.map((label, row) => ({
      name: String(label), color: "var(--heat)",
      values: times.map((_, index) => number(values[row]?.[index])),
    }));
  },

  height: ({ height, rows }) => height ?? rows.length * ROW_HEIGHT + 30,

  view({ options, width, tracks }) {
    const widest = Math.max(20, ...tracks.map(({ name }) => textWidth(name)));
    const places = geometry({ ...options, height: this.height(options) }, width, Math.min(widest, width * 0.3) + 8);
    const rowHeight = (places.bottom - places.top) / (tracks.length || 1);
    return { ...places, rowHeight, y: (row) => places.top + row * rowHeight, most: largest(tracks) };
  },

  axis({ view, tracks }) {
    const stride = Math.ceil(LABEL_HEIGHT / view.rowHeight);
    return tracks.map(({ name }, row) => row % stride === 0 && svg("text", {
      class: "chart-label", x: view.left - 6, y: view.y(row + 0.5) + 3.5, "text-anchor": "end",
    }, svg("title", {}, name), cutTo(name, view.left - 8)));
  },

  paint({ view, tracks, options }) {
    const paths = STRENGTHS.map(() => []);
    for (const [row, { values }] of tracks.entries()) {
      for (const { from, to, value } of columns(values, view, options.times)) {
        paths[strength(value, view.most)].push(cell(from, to, view.y(row), view.rowHeight));
      }
    }
    return paths.map((cells, index) => cells.length > 0
      && svg("path", { class: "chart-cells", d: cells.join(""), "fill-opacity": STRENGTHS[index] }));
  },

  highlight({ view, tracks, cursor, chosen, options }) {
    const row = tracks.findIndex(({ name }) => name === chosen);
    const [from, to] = [view.x(options.times[cursor]), view.x(view.end(cursor))];
    return row >= 0 && svg("rect", {
      class: "chart-cell", x: from, y: view.y(row), width: to - from, height: view.rowHeight,
    });
  },

  nearest({ view, tracks }, _, y) {
    return tracks[Math.floor((y - view.top) / view.rowHeight)]?.name ?? null;
  },

  showLegend(place, { tracks, options }) {
    replace(place, h("span", { class: "chart-ramp" }, "0",
      STRENGTHS.map((opacity) => h("i", { style: { opacity } })), options.format(largest(tracks))));
  },
};

const largest = (tracks) => tracks.reduce((most, { values }) =>
  values.reduce((one, value) => Math.max(one, value ?? 0), most), 0);

/** The cells of a row; those too narrow to be seen are drawn as one, with the largest of their values. */
function columns(values, { x, end }, times) {
  const found = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const [from, to] = [x(times[index]), x(end(index))];
    const last = found.at(-1);
    if (last && to - last.from < NARROWEST) Object.assign(last, { to, value: Math.max(last.value, value) });
    else found.push({ from, to, value });
  });
  return found;
}

/** Zero is the weakest colour; the root lets small values differ as well. */
function strength(value, most) {
  return value > 0 ? Math.max(1, Math.ceil(Math.sqrt(value / most) * (STRENGTHS.length - 1))) : 0;
}

/** A cell, with a gap to its neighbours where there is room for one. */
function cell(from, to, top, height) {
  const gap = to - from > 4 ? 1 : 0;
  const [width, tall] = [to - from - gap, Math.max(1, height - 1)];
  return `M${from.toFixed(1)} ${top.toFixed(1)}h${width.toFixed(1)}v${tall.toFixed(1)}h${(-width).toFixed(1)}z`;
}

/** A heat map: `rows` are labels from top to bottom, `values` a list for each of them. Other options as for
 *  `lineChart`; `onPick(row or null, from, to)`. */
export function heatMap(options) {
  return timeChart(heat, options);
}
