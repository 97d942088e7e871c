// Surfaces over time, one upon the other.

import { svg } from "../core/dom.js";
import { lines, stroke } from "./line.js";
import { areaPath, runs } from "./paths.js";
import { timeChart } from "./time-chart.js";

const areas = {
  ...lines,
  name: "area",
  logarithmic: false,
  total: true,

  levels(tracks, { times }) {
    return piled(tracks, times);
  },

  paint({ view }) {
    return view.levels.map(({ track, top, base }) => {
      const upper = runs(top, view.center, view.y);
      const surface = areaPath(upper, runs(base, view.center, view.y));
      return svg("g", { data: { track: track.name } },
        svg("path", { class: "chart-surface", d: surface, style: { "--mark": track.color } }), stroke(track, upper));
    });
  },

  nearest({ view }, index, y) {
    const within = ({ top, base }) => top[index] !== null && view.y(top[index]) <= y && y <= view.y(base[index]);
    return view.levels.find(within)?.track.name ?? null;
  },
};

/** Every series on those before it. Where one has no value it has no height; where none has, there is a gap. */
function piled(tracks, times) {
  let base = times.map((_, index) => (tracks.some(({ values }) => values[index] !== null) ? 0 : null));
  return tracks.map((track) => {
    const top = base.map((value, index) => (value === null ? null : value + (track.values[index] ?? 0)));
    const level = { track, top, base };
    base = top;
    return level;
  });
}

/** Stacked surfaces over time. Options as for `lineChart`. */
export function areaChart(options) {
  return timeChart(areas, options);
}
