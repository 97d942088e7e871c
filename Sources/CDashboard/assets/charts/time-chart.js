// What all charts over time have in common. What they differ in is their `kind`:
// `tracks(options)` lists `{ name, color, values }`, `view(chart)` finds the places, `paint(chart)` draws the data,
// `highlight(chart)` marks what is at the crosshair, `nearest(chart, index, y)` names the track at a place.

import { h, replace, svg } from "../core/dom.js";
import { crisp, timeAxis } from "./axes.js";
import { figureOf, shown, toggle } from "./head.js";
import { enter, share } from "./hub.js";
import { KEYS, listenToKeys } from "./keyboard.js";
import { showLegend } from "./legend.js";
import { listenToPointer } from "./pointer.js";
import { spanLabel } from "./time-axis.js";
import { showTooltip } from "./tooltip.js";

const DEFAULTS = { height: 180, format: String, emptyText: "No data in this time range" };

/** Makes a chart of a kind; the figure's `update(options)` shows new data, and keeps what is not told anew. */
export function timeChart(kind, options) {
  const chart = new TimeChart(kind);
  chart.update(options);
  enter(chart, chart.plot);
  chart.figure.update = (changed) => chart.update(changed);
  return chart.figure;
}

class TimeChart {
  options = DEFAULTS;
  hidden = new Set();
  logarithmic = false;
  width = 0;
  view = null;
  /** The bucket of the crosshair, the other end of a selection, the series that is meant: null where there is none. */
  cursor = null;
  anchor = null;
  chosen = null;
  /** Where the pointer went down. */
  pressed = null;
  /** Whether the crosshair is this chart's own rather than that of another chart. */
  leading = false;

  constructor(kind) {
    this.kind = kind;
    this.axes = svg("g");
    this.data = svg("g");
    this.overlay = svg("g");
    this.tip = h("div", { class: "chart-tip", "aria-hidden": "true", hidden: true });
    this.note = h("div", { class: "chart-empty", hidden: true });
    this.live = h("div", { class: "chart-live", "aria-live": "polite" });
    this.legend = h("div", { class: "chart-legend" });
    this.plot = h("div", { class: "chart-plot", tabindex: 0, role: "application", "aria-roledescription": "chart" },
      svg("svg", { "aria-hidden": "true" }, this.axes, this.data, this.overlay), this.note, this.tip);
    const body = h("div", {}, this.plot, this.legend, this.live);
    const log = kind.logarithmic && toggle("Log", "Log scale", (down) => {
      this.logarithmic = down;
      this.draw();
    });
    this.head = figureOf(kind.name, body, () => this.cells(), log);
    this.figure = this.head.figure;
    listenToPointer(this);
    listenToKeys(this);
  }

  get shownTracks() {
    return this.tracks.filter(({ name }) => !this.hidden.has(name));
  }

  update(options) {
    this.options = { ...this.options, ...options };
    this.tracks = this.kind.tracks(this.options);
    const { title, times } = this.options;
    if (this.cursor >= times.length) this.clear();
    if (this.anchor >= times.length) this.anchor = null;
    this.head.retitle(title);
    this.plot.setAttribute("aria-label", `${title ?? "Chart"}. ${KEYS}`);
    this.draw();
    this.head.refresh();
  }

  resize(width) {
    this.width = width;
    this.draw();
  }

  draw() {
    showLegend(this.legend, this);
    const { options, width } = this;
    this.plot.style.height = `${options.height}px`;
    if (!width) return;
    this.view = this.kind.view(this);
    replace(this.axes, this.kind.axis(this), timeAxis(this.view));
    replace(this.data, this.kind.paint(this));
    this.note.textContent = options.emptyText;
    this.note.hidden = this.tracks.some(({ values }) => values.some((value) => value !== null));
    this.drawCursor();
  }

  drawCursor() {
    const { view, cursor, chosen } = this;
    if (!view) return;
    for (const shape of this.data.children) shape.classList.toggle("chosen", shape.dataset.track === chosen);
    this.tip.hidden = true;
    if (cursor === null) return void replace(this.overlay);
    const place = crisp(view.center(cursor));
    replace(this.overlay, this.anchor !== null && this.band(),
      svg("line", { class: "chart-crosshair", x1: place, x2: place, y1: view.top, y2: view.bottom }),
      this.kind.highlight(this));
    if (this.leading) showTooltip(this.tip, this);
  }

  band() {
    const { top, bottom, x } = this.view;
    const [from, to] = this.bounds().map(x);
    return svg("rect", { class: "chart-band", x: from, y: top, width: to - from, height: bottom - top });
  }

  /** The beginning and the end of the selection, or of the bucket of the crosshair. */
  bounds() {
    const { cursor, anchor, options, view } = this;
    const [first, last] = [Math.min(cursor, anchor ?? cursor), Math.max(cursor, anchor ?? cursor)];
    return [options.times[first], view.end(last)];
  }

  /** Moves the crosshair, here and in the charts of the same times. */
  moveTo(cursor, chosen) {
    Object.assign(this, { cursor, chosen, leading: true });
    this.drawCursor();
    share(this);
  }

  /** Shows the crosshair of another chart. */
  follow(cursor) {
    Object.assign(this, { cursor, anchor: null, chosen: null, leading: false });
    this.drawCursor();
  }

  /** Begins a selection. In charts that cannot zoom there is none, and a drag ends without a pick. */
  anchorAt(index) {
    if (this.options.onZoom) this.anchor = index;
    else this.pressed = null;
  }

  /** Takes crosshair and selection away; false where there were none. */
  clear() {
    this.pressed = null;
    if (this.cursor === null) return false;
    this.anchor = null;
    this.moveTo(null, null);
    return true;
  }

  /** Zooms to the selection, or picks what is at the crosshair. */
  commit() {
    if (this.cursor === null) return;
    const { anchor, chosen, options } = this;
    const bounds = this.bounds();
    if (anchor === null) return void options.onPick?.(chosen, ...bounds);
    this.clear();
    options.onZoom?.(...bounds);
  }

  /** The rows of the table: every bucket with the values of all series. */
  cells() {
    const { times, until, format } = this.options;
    return [["Time", ...this.tracks.map(({ name }) => name)], ...times.map((at, index) => [
      spanLabel(at, times[index + 1] ?? until),
      ...this.tracks.map(({ values }) => shown(values[index], format)),
    ])];
  }
}
