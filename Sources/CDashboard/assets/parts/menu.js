// A button that opens a small sheet below itself.

import { h } from "../core/dom.js";

let menusMade = 0;

/** The browser closes the sheet on Escape and on a click elsewhere. */
export function menu(title, ...children) {
  const id = `sheet-${++menusMade}`;
  const button = h("button", { class: "button", type: "button", popovertarget: id }, title);
  const sheet = h("div", { class: "sheet", id, popover: "auto", role: "group", "aria-label": title,
    on: { toggle: () => place(sheet, button) } }, children);
  return h("span", { class: "sheet-holder" }, button, sheet);
}

function place(sheet, button) {
  if (!sheet.matches(":popover-open")) return;
  const edges = button.getBoundingClientRect();
  const left = Math.min(edges.left, innerWidth - sheet.offsetWidth - 8);
  sheet.style.left = `${Math.max(8, left)}px`;
  sheet.style.top = `${edges.bottom + 4}px`;
}

/** Boxes for the columns of a table. `onChange` is given the ids of those ticked, in the order of `columns`. */
export function columnMenu(columns, shown, onChange) {
  const boxes = columns.map(({ id }) =>
    h("input", { type: "checkbox", value: id, checked: shown.includes(id), on: { change: tell } }));

  /** One column at least stays. */
  function tell(event) {
    if (boxes.every((box) => !box.checked)) event.target.checked = true;
    onChange(boxes.filter((box) => box.checked).map((box) => box.value));
  }

  return menu("Columns", columns.map(({ title }, place) => h("label", { class: "sheet-line" }, boxes[place], title)));
}
