// The keys of a plot: everything the pointer can do, and what there is said aloud.

import { spoken } from "./tooltip.js";

/** What the keys do, for the label of the plot. */
export const KEYS = "Left and right arrow move through time, up and down choose a series, shift with an arrow selects, "
  + "Enter zooms or opens, Escape clears.";

/** Lets a chart follow the keyboard. */
export function listenToKeys(chart) {
  chart.plot.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !press(chart, event)) return;
    event.preventDefault();
    event.stopPropagation();
    chart.live.textContent = spoken(chart);
  });
  chart.plot.addEventListener("blur", () => {
    chart.clear();
    chart.live.textContent = "";
  });
}

/** Does what a key says; false where it says nothing. */
function press(chart, { key, shiftKey }) {
  const last = chart.options.times.length - 1;
  if (last < 0 || !chart.view) return false;
  const { cursor } = chart;
  const move = {
    ArrowLeft: () => Math.max(0, (cursor ?? last + 1) - 1),
    ArrowRight: () => Math.min(last, (cursor ?? -1) + 1),
    Home: () => 0,
    End: () => last,
  }[key];
  if (move) return moveTo(chart, move(), shiftKey);
  if (key === "ArrowUp" || key === "ArrowDown") return choose(chart, key === "ArrowUp" ? -1 : 1, cursor ?? last);
  if (key === "Enter" && cursor !== null) return chart.commit() ?? true;
  return key === "Escape" && chart.clear();
}

function moveTo(chart, index, selecting) {
  if (!selecting) chart.anchor = null;
  else if (chart.anchor === null) chart.anchorAt(chart.cursor ?? index);
  chart.moveTo(index, chart.chosen);
  return true;
}

/** The next or the previous series; after the last one comes none, then the first. */
function choose(chart, step, cursor) {
  const names = [null, ...chart.shownTracks.map(({ name }) => name)];
  const place = Math.max(0, names.indexOf(chart.chosen));
  chart.moveTo(cursor, names.at((place + step) % names.length));
  return true;
}
