// Which time is shown: relative, absolute, live, compared with the time before.

import * as address from "../core/address.js";
import { h } from "../core/dom.js";
import * as range from "../core/range.js";
import { button } from "./pieces.js";

const liveSeconds = 5;

/** The picker and the buttons beside it. Ends with `signal`. */
export function timePicker(signal) {
  const opener = button("", () => (isOpen(picker) ? close(picker, opener) : open(picker, opener)), "",
    { "aria-expanded": "false", "aria-haspopup": "dialog" });
  const compare = toggle("Compare", "compare", "Show the time before as well");
  const live = toggle("Live", "live", `Show what is new every ${liveSeconds} seconds`);
  const refresh = button("↻", address.refresh, "", { title: "Show what is new", "aria-label": "Refresh" });
  const picker = h("div", { class: "picker row" }, opener, compare, live, refresh);
  const draw = () => {
    opener.textContent = range.label(range.current());
    for (const one of [compare, live]) one.setAttribute("aria-pressed", String(isOn(one.dataset.name)));
    live.disabled = !range.current().isRelative;
  };
  draw();
  address.onChange(draw, signal);
  const timer = setInterval(() => isOn("live") && !document.hidden && address.refresh(), liveSeconds * 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
  document.addEventListener("click", (event) => picker.contains(event.target) || close(picker, opener), { signal });
  picker.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen(picker)) return;
    event.stopPropagation();
    close(picker, opener);
    opener.focus();
  });
  return picker;
}

const isOn = (name) => address.value(name) === "1";
const isOpen = (picker) => picker.querySelector(".popover") !== null;

function toggle(text, name, title) {
  return button(text, () => address.set({ [name]: isOn(name) ? null : "1" }), "", { title, data: { name } });
}

function close(picker, opener) {
  picker.querySelector(".popover")?.remove();
  opener.setAttribute("aria-expanded", "false");
}

function open(picker, opener) {
  const now = range.current();
  const choose = (changes) => {
    close(picker, opener);
    address.set(changes);
    opener.focus();
  };
  const from = h("input", { type: "datetime-local", value: local(now.from), required: true });
  const to = h("input", { type: "datetime-local", value: local(now.to), required: true });
  const form = h("form", { class: "form" }, h("label", {}, "From", from), h("label", {}, "To", to),
    h("button", { class: "button primary" }, "Show"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [since, until] = [new Date(from.value), new Date(to.value)];
    to.setCustomValidity(since < until ? "" : "The end must be after the beginning.");
    if (!to.reportValidity()) return;
    choose({ since: since.toISOString(), until: until.toISOString(), live: null });
  });
  to.addEventListener("input", () => to.setCustomValidity(""));
  const popover = h("div", { class: "popover", role: "dialog", "aria-label": "Which time" },
    h("div", { class: "presets" }, range.presets.map(([since, text]) =>
      button(text, () => choose({ since, until: null }), "",
        { "aria-pressed": String(now.isRelative && now.since === since) }))), form,
    h("small", { class: "muted" }, `Times of ${range.zone}`));
  picker.append(popover);
  opener.setAttribute("aria-expanded", "true");
  popover.querySelector("button").focus();
}

/** What a field of date and time takes. */
function local(milliseconds) {
  const at = new Date(milliseconds);
  return new Date(milliseconds - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
