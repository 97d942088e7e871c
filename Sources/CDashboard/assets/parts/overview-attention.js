// What the gateway says needs somebody's attention.

import { h, replace } from "../core/dom.js";
import { badge, link } from "./pieces.js";

const severities = { bad: "Problem", warn: "Warning", info: "Note" };

/** Fills `place` with the list, or with a quiet line. */
export function showAttention(place, items) {
  replace(place, items.length === 0
    ? h("p", { class: "attention-none" }, h("span", { "aria-hidden": "true" }, "✓ "), "Nothing needs attention")
    : h("section", { class: "card attention", "aria-label": "Needs attention" },
      h("h2", {}, "Needs attention"), h("ul", {}, items.map(line))));
}

function line({ severity, text, path }) {
  const known = Object.hasOwn(severities, severity) ? severity : "info";
  return h("li", {},
    badge(severities[known], known),
    // Only ways within the dashboard: "//" would lead to another host.
    /^\/(?![/\\])/.test(path ?? "") ? link(path, text) : h("span", {}, text));
}
