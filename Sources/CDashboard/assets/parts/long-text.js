// Texts of any length, of which the beginning is shown until more is asked for.

import { h, replace } from "../core/dom.js";
import { bytes, whole } from "../core/format.js";

/** `element` filled with what `draw(text)` makes of the beginning, and a button that shows it all. */
export function longText(element, text, limit, draw = (part) => part) {
  if (text.length <= limit * 1.2) return replace(element, draw(text));
  const button = h("button", { type: "button", class: "show-all", on: { click: () => replace(element, draw(text)) } },
    `Show all ${whole(text.length)} characters`);
  return replace(element, draw(text.slice(0, limit)), "… ", button);
}

/** A text as it is, in letters of one width. */
export function code(text, limit = 4000) {
  return longText(h("pre", { class: "code", tabindex: 0 }), text, limit);
}

/** JSON as people read it; a text stays as it is. */
export function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2) ?? "";
}

/** The length of a body, for its head. */
export function lengthOf(text) {
  return bytes(new TextEncoder().encode(text).length);
}
