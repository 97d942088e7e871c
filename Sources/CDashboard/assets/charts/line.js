// Lines over time.

import { svg } from "../core/dom.js";
import { valueAxis } from "./axes.js";
import { colorOf, isDashed } from "./colors.js";
import { geometry, textWidth } from "./geometry.js";
import { number } from "./head.js";
import { linePath, runs } from "./paths.js";
import { extent, linearScale, logScale } from "./scale.js";
import { timeChart } from "./time-chart.js";

const NEAR = 24;

/** How lines are drawn. `levels` says between which values each shown series lies; surfaces have a `base` as well. */
export const lines = {
  name: "line",
  logarithmic: true,

  tracks({ series, times }) {
    return series.map((one, index) => ({
      name: String(one.name), color: colorOf(one, index), dashed: isDashed(one, index),
      values: times.map((_, place) => number(one.values[place])),
    }));
  },

  levels(tracks) {
    return tracks.map((track) => ({ track, top: track.values }));
  },

  view(chart) {
    const { options, width, logarithmic, shownTracks } = chart;
    const levels = this.levels(shownTracks, options);
    const found = extent(levels.map(({ top }) => top));
    const scale = logarithmic ? logScale(found) : linearScale(found);
    const room = Math.max(...scale.ticks.map((value) => textWidth(options.format(value))));
    const places = geometry(options, width, Math.max(28, room + 8));
    const y = (value) => places.bottom - scale.share(value) * (places.bottom - places.top);
    return { ...places, levels, ticks: scale.ticks, y };
  },

  axis({ view, options }) {
    return valueAxis(view, view.ticks, view.y, options.format);
  },

  paint({ view }) {
    return view.levels.map(({ track, top }) => svg("g", { data: { track: track.name } },
      stroke(track, runs(top, view.center, view.y))));
  },

  highlight({ view, cursor, chosen }) {
    return view.levels.filter(({ top, track }) => top[cursor] !== null && track.values[cursor] !== null)
      .map(({ top, track }) => svg("circle", {
        class: "chart-dot", cx: view.center(cursor), cy: view.y(top[cursor]), r: track.name === chosen ? 4.5 : 3,
        style: { "--mark": track.color },
      }));
  },

  nearest({ view }, index, y) {
    const far = ({ top }) => (top[index] === null ? Infinity : Math.abs(view.y(top[index]) - y));
    const best = view.levels.reduce((one, other) => (one && far(one) <= far(other) ? one : other), null);
    return best && far(best) <= NEAR ? best.track.name : null;
  },
};

/** The line of a series. */
export function stroke({ color, dashed }, found) {
  return svg("path", {
    class: dashed ? "chart-stroke dashed" : "chart-stroke", d: linePath(found), style: { "--mark": color },
  });
}

/** Lines over time, with a button for a logarithmic scale.
 *  Options: `title`, `times` (beginnings of the buckets in ms since 1970), `until` (end of the last one), `series`
 *  (`{ name, values, color, dashed }`; null is a gap), `format`, `height`, `emptyText`, `onZoom(from, to)`,
 *  `onPick(seriesName or null, from, to)`. */
export function lineChart(options) {
  return timeChart(lines, options);
}
