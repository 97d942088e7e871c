// The names below a chart, which are buttons that hide and show.

import { h, replace } from "../core/dom.js";

const ONLY = ["altKey", "ctrlKey", "metaKey", "shiftKey"];

/** Shows which series there are and which are hidden. The buttons stay the same as long as the series do, so that the
 *  focus stays where it is when new numbers come. */
export function showLegend(place, chart) {
  const { tracks, hidden } = chart;
  const names = JSON.stringify(tracks.map(({ name, color }) => [name, color]));
  if (place.dataset.names !== names) {
    place.dataset.names = names;
    replace(place, tracks.length > 1 && tracks.map((track) => legendButton(chart, track)));
  }
  for (const [index, button] of [...place.children].entries()) {
    button.setAttribute("aria-pressed", !hidden.has(tracks[index].name));
  }
}

function legendButton(chart, { name, color, dashed }) {
  return h("button", {
    type: "button", class: "chart-legend-button", title: `${name}\nShift-click shows only this one`,
    on: { click: (event) => hideOrShow(chart, name, ONLY.some((key) => event[key])) },
  },
  h("i", { class: dashed ? "chart-swatch dashed" : "chart-swatch", style: { "--mark": color } }),
  h("span", { class: "chart-legend-name" }, name));
}

function hideOrShow(chart, name, only) {
  const { hidden, tracks } = chart;
  const others = tracks.map((track) => track.name).filter((other) => other !== name);
  if (only) {
    const alone = !hidden.has(name) && others.every((other) => hidden.has(other));
    hidden.clear();
    if (!alone) others.forEach((other) => hidden.add(other));
  } else if (!hidden.delete(name)) {
    hidden.add(name);
  }
  chart.draw();
}
