// Which time is shown: relative, absolute, live, compared with the time before.

import * as address from "../core/address.js";
import { h } from "../core/dom.js";
import * as range from "../core/range.js";

const liveSeconds = 5;

/** The picker and the buttons beside it. Ends with `signal`. */
export function timePicker(signal) {
  const opener = h("button", { class: "button", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" });
  const compare = toggle("Compare", "compare", "Show the time before as well");
  const live = toggle("Live", "live", `Show what is new every ${liveSeconds} seconds`);
  const refresh = h("button", {
    class: "button", type: "button", title: "Show what is new", "aria-label": "Refresh",
    on: { click: address.refresh },
  }, "↻");
  const picker = h("div", { class: "picker row" }, opener, compare, live, refresh);
  opener.addEventListener("click", () => (picker.querySelector(".popover") ? close(picker, opener) : open(picker, opener)));
  const draw = () => {
    opener.textContent = range.label(range.current());
    for (const button of [compare, live]) button.setAttribute("aria-pressed", String(address.value(button.dataset.name) === "1"));
    live.disabled = !range.current().isRelative;
  };
  draw();
  address.onChange(() => signal.aborted || draw());
  const timer = setInterval(() => {
    if (address.value("live") === "1" && !document.hidden) address.refresh();
  }, liveSeconds * 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
  document.addEventListener("click", (event) => picker.contains(event.target) || close(picker, opener), { signal });
  picker.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !picker.querySelector(".popover")) return;
    event.stopPropagation();
    close(picker, opener);
    opener.focus();
  });
  return picker;
}

function toggle(text, name, title) {
  return h("button", {
    class: "button", type: "button", title, data: { name },
    on: { click: () => address.set({ [name]: address.value(name) === "1" ? null : "1" }) },
  }, text);
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
    if (!(since < until)) return to.setCustomValidity("The end must be after the beginning.") || to.reportValidity();
    choose({ since: since.toISOString(), until: until.toISOString(), live: null });
  });
  to.addEventListener("input", () => to.setCustomValidity(""));
  const popover = h("div", { class: "popover", role: "dialog", "aria-label": "Which time" },
    h("div", { class: "presets" }, range.presets.map(([since, text]) => h("button", {
      class: "button", type: "button", "aria-pressed": String(now.isRelative && now.since === since),
      on: { click: () => choose({ since, until: null }) },
    }, text))), form, h("small", { class: "muted" }, `Times of ${range.zone}`));
  picker.append(popover);
  opener.setAttribute("aria-expanded", "true");
  popover.querySelector("button").focus();
}

/** What a field of date and time takes. */
function local(milliseconds) {
  const at = new Date(milliseconds);
  return new Date(milliseconds - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
