// What stands above every chart: its title, its buttons, and the table that can take the chart's place.

import { h, replace } from "../core/dom.js";

/** A button that stays down; `onToggle` is told whether it is. */
export function toggle(text, label, onToggle) {
  const button = h("button", {
    type: "button", class: "chart-button", "aria-label": label, title: label, "aria-pressed": "false",
    on: {
      click() {
        const down = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", down);
        onToggle(down);
      },
    },
  }, text);
  return button;
}

/** A figure with a head over `body`, whose "Table" button shows `cells()`, a list of rows of texts with the columns'
 *  names as the first, instead. `retitle` and `refresh` are called when the data have changed. */
export function figureOf(kind, body, cells, ...buttons) {
  const title = h("span", { class: "chart-title" });
  const place = h("div", { class: "chart-table", tabindex: 0, role: "group", hidden: true });
  const showTable = (shown) => {
    body.hidden = shown;
    place.hidden = !shown;
    replace(place, shown && table(cells()));
  };
  const tools = h("span", { class: "chart-tools" }, buttons, toggle("Table", "Show as table", showTable));
  const figure = h("figure", { class: `chart chart-${kind}` },
    h("figcaption", { class: "chart-head" }, title, tools), body, place);
  return {
    figure,
    retitle(text) {
      title.textContent = text ?? "";
      place.setAttribute("aria-label", `${text ?? "Chart"}, as table`);
    },
    refresh: () => place.hidden || showTable(true),
  };
}

function table([names, ...rows]) {
  return h("table", {},
    h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map(([first, ...others]) => h("tr", {},
      h("th", { scope: "row" }, first), others.map((text) => h("td", {}, text))))));
}

/** A value as text; a dash where there is none. */
export const shown = (value, format) => (value === null ? "–" : format(value));

/** A number, or null for whatever else stands in its place. */
export const number = (value) => (Number.isFinite(value) ? value : null);
