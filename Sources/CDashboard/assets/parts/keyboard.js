// What keys do on every page. A page's own keys come first.

import { h } from "../core/dom.js";
import { tell } from "./ask.js";

const help = [
  ["/", "Write a filter"], ["j  k", "Next and previous row"], ["Enter", "Open the row"], ["Esc", "Close what is open"],
  ["Ctrl K", "Go to a page, or do something"],
  ["g then o r t s u c p k h a",
    "Overview, requests, traces, sessions, users, costs, providers, keys, health, audit log"],
  ["l", "Live on and off"], ["d", "Dark or light"], ["← →", "Move along a chart; with Shift: choose a time"],
  ["?", "This list"],
];

/** `own(key)`: the page's handler of a key; `go`: pages by the key behind `g`; `palette`, `theme`: what to call. */
export function start({ own, go, palette, theme }) {
  let leader = false;
  const keys = { "?": showHelp, "/": focusFilter, d: theme };
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return act(event, palette);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (leader) {
      leader = false;
      if (go[event.key]) return act(event, go[event.key]);
    }
    if (event.key === "g") leader = true;
    const action = own(event.key) ?? keys[event.key];
    if (action && !event.defaultPrevented) act(event, action);
  });
}

function act(event, action) {
  event.preventDefault();
  action(event);
}

function isTyping(target) {
  return target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function focusFilter() {
  document.querySelector("[data-filter-line] input")?.focus();
}

/** Shows the list of keys. */
export function showHelp() {
  tell("Keys", h("div", { class: "keys" },
    help.map(([key, text]) => [h("span", {}, h("kbd", {}, key)), h("span", {}, text)])));
}
