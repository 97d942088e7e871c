// The values at the crosshair: as a box for those who look, as a sentence for those who listen.

import { h, replace } from "../core/dom.js";
import { shown } from "./head.js";
import { spanLabel } from "./time-axis.js";

const MOST_ROWS = 10;
const GAP = 12;

/** Fills the box and puts it beside the crosshair, or below the plot where there is no room. */
export function showTooltip(box, chart) {
  const { cursor, options, view, chosen } = chart;
  const rows = atCursor(chart);
  const few = rows.slice(0, MOST_ROWS);
  const wanted = rows.find(({ name }) => name === chosen);
  if (wanted && !few.includes(wanted)) few[MOST_ROWS - 1] = wanted;
  replace(box,
    h("div", { class: "chart-tip-time" }, spanLabel(options.times[cursor], view.end(cursor))),
    few.map((row) => tipRow(row, options.format, row === wanted)),
    rows.length > few.length && h("div", { class: "chart-tip-more" }, `${rows.length - few.length} more`),
    chart.kind.total && rows.length > 1 && tipRow({ name: "Total", value: sum(rows) }, options.format, false),
    rows.length === 0 && h("div", { class: "chart-tip-more" }, "Nothing here"));
  box.hidden = false;
  placeBeside(box, view.center(cursor), view);
}

function placeBeside(box, place, { width, bottom }) {
  const room = box.offsetWidth + GAP;
  const fits = place + room <= width || place >= room;
  const left = place + room <= width ? place + GAP : place - room;
  box.style.left = `${fits ? left : Math.max(0, place - box.offsetWidth)}px`;
  // On a small screen it would hide what it tells about, and so goes below.
  box.style.top = fits ? "" : `${bottom + GAP}px`;
}

function tipRow({ name, color, value }, format, strong) {
  return h("div", { class: strong ? "chart-tip-row strong" : "chart-tip-row" },
    h("i", { class: "chart-swatch", style: { "--mark": color ?? "transparent" } }),
    h("span", { class: "chart-tip-name" }, name),
    h("span", { class: "chart-number" }, format(value)));
}

const sum = (rows) => rows.reduce((total, { value }) => total + value, 0);

/** The shown tracks with a value at the crosshair, largest first. */
function atCursor({ cursor, shownTracks }) {
  return shownTracks
    .map(({ name, color, values }) => ({ name, color, value: values[cursor] }))
    .filter(({ value }) => value !== null)
    .sort((one, other) => other.value - one.value);
}

/** What the crosshair or the selection says, as a sentence. */
export function spoken(chart) {
  const { cursor, anchor, chosen, options, view } = chart;
  if (cursor === null) return "";
  if (anchor !== null) return `Selected ${spanLabel(...chart.bounds())}. Enter zooms.`;
  const track = chart.shownTracks.find(({ name }) => name === chosen);
  const told = track ? [{ name: track.name, value: track.values[cursor] }] : atCursor(chart).slice(0, 3);
  const values = told.map(({ name, value }) => `${name} ${value === null ? "no value" : shown(value, options.format)}`);
  return `${spanLabel(options.times[cursor], view.end(cursor))}: ${values.join(", ") || "nothing here"}`;
}
