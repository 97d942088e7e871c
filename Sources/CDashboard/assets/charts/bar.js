// Bars side by side, for what is compared rather than followed through time.

import { h, replace } from "../core/dom.js";
import { colorOf } from "./colors.js";
import { figureOf, number, shown } from "./head.js";

const DEFAULTS = { bars: [], format: String, emptyText: "Nothing to show" };

/** Horizontal bars: `{ title, bars: [{ name, value, note, color }], format, href(name), emptyText }`; with `href` they
 *  are links. The figure's `update(options)` shows others. */
export function barChart(options) {
  let current = DEFAULTS;
  const list = h("ul", { class: "chart-bars" });
  const { figure, retitle, refresh } = figureOf("bar", list, () => cells(current));
  figure.update = (changed) => {
    current = { ...current, ...changed };
    retitle(current.title);
    show(list, current);
    refresh();
  };
  figure.update(options);
  return figure;
}

function show(list, { bars, format, href, emptyText }) {
  const most = Math.max(0, ...bars.map(({ value }) => number(value) ?? 0));
  replace(list, bars.map((bar) => h("li", {}, row(bar, most, format, href))),
    bars.length === 0 && h("li", { class: "chart-none" }, emptyText));
}

function row({ name, value, note, color }, most, format, href) {
  const share = Math.max(0, value / most || 0);
  return h(href ? "a" : "div", { class: "chart-bar-row", href: href?.(name), data: { focus: name } },
    h("span", { class: "chart-bar-name", title: name }, name),
    h("span", { class: "chart-bar-track" }, h("i", {
      class: "chart-bar-fill", style: { width: `${share * 100}%`, "--mark": colorOf({ color }, 0) },
    })),
    h("span", { class: "chart-number" }, shown(number(value), format), note && h("small", {}, note)));
}

const cells = ({ bars, format }) => [["Name", "Value", "Note"],
  ...bars.map(({ name, value, note }) => [name, shown(number(value), format), note ?? ""])];
