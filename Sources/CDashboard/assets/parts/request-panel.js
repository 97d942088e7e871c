// One request, at the side of the list it was found in.

import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { announce, failure, h, replace, skeleton } from "../core/dom.js";
import { conversation } from "./conversation.js";
import { comparison, rawBodies } from "./request-bodies.js";
import { costs } from "./request-cost.js";
import { details } from "./request-details.js";
import { summary } from "./request-summary.js";
import { timeline } from "./request-timeline.js";

const tabs = [
  ["conversation", "Conversation", conversation], ["raw", "Raw", rawBodies], ["timeline", "Timeline", timeline],
  ["cost", "Cost", costs], ["details", "Details", details], ["diff", "Diff", comparison],
];
const [widthMin, widthStep] = [360, 40];
/** It stays as wide as it was made, from page to page. */
let width = 620;

/** Shows the request of the address's `request`, in its tab of `tab`. `onMove(by)`: the next row or the one before is
 *  wanted. `onClose()`: it was closed. */
export class RequestPanel {
  #options;
  #record = null;
  #loading = null;

  constructor(options) {
    this.#options = options;
    this.head = h("div", { class: "panel-head" });
    this.tabList = h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the request" });
    this.body = h("div", { class: "panel-body", role: "tabpanel", id: "panel-body", tabindex: 0 });
    this.edge = this.#makeEdge();
    this.element = h("aside", { class: "panel", role: "dialog", "aria-label": "Request", tabindex: -1, hidden: true,
      on: { keydown: (event) => this.#onKey(event) } },
    this.edge, this.#makeBar(), this.head, this.tabList, this.body);
    this.#resize(width);
    options.signal.addEventListener("abort", () => this.#loading?.abort());
    this.update();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** Shows what the address says. */
  update() {
    const id = address.value("request");
    this.element.hidden = id === null;
    if (id === null) {
      this.#loading?.abort();
      this.#record = null;
    } else if (this.#record?.id === id) {
      this.#drawTab();
    } else {
      this.#load(id);
    }
  }

  close() {
    if (!this.isOpen) return;
    address.set({ request: null, tab: null, against: null });
    this.#options.onClose();
  }

  focus() {
    this.element.focus();
  }

  /** What it shows stays until the next is here, so that walking through rows does not flicker. */
  async #load(id) {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.element.setAttribute("aria-busy", "true");
    if (!this.#record) replace(this.body, skeleton(8));
    try {
      this.#record = await get(`requests/${encodeURIComponent(id)}`, {}, loading.signal);
      replace(this.head, summary(this.#record));
      this.#drawTab();
      announce(`Request of ${this.#record.model ?? "no model"}, ${this.#record.outcome}`);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#record = null;
      replace(this.head);
      replace(this.tabList);
      replace(this.body, failure(error, () => this.#load(id)));
    }
    this.element.removeAttribute("aria-busy");
  }

  #drawTab() {
    const [shown, , draw] = tabs.find(([name]) => name === address.value("tab")) ?? tabs[0];
    replace(this.tabList, tabs.map(([name, title]) => h("button", {
      type: "button", role: "tab", id: `panel-tab-${name}`, "aria-selected": String(name === shown),
      "aria-controls": "panel-body", tabindex: name === shown ? 0 : -1, on: { click: () => showTab(name) },
    }, title)));
    this.body.setAttribute("aria-labelledby", `panel-tab-${shown}`);
    this.tabList.querySelector("[aria-selected=true]").scrollIntoView({ block: "nearest", inline: "nearest" });
    this.body.scrollTop = 0;
    try {
      replace(this.body, draw(this.#record, this.#loading.signal));
    } catch (error) {
      // Bodies are whatever was sent; one that cannot be shown must not take the panel along.
      replace(this.body, failure(error));
    }
  }

  #makeBar() {
    const move = (by) => () => this.#options.onMove(by);
    const button = (title, text, click) =>
      h("button", { type: "button", class: "panel-button", "aria-label": title, title, on: { click } }, text);
    return h("div", { class: "panel-bar" }, h("h2", {}, "Request"), button("Previous request (k)", "↑", move(-1)),
      button("Next request (j)", "↓", move(1)), button("Close (Escape)", "×", () => this.close()));
  }

  #onKey(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.target.role === "tab") {
      this.#onTabKey(event);
    }
  }

  #onTabKey(event) {
    const now = tabs.findIndex(([name]) => event.target.id === `panel-tab-${name}`);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    showTab(tabs.at(next % tabs.length)[0]);
    this.tabList.querySelector("[aria-selected=true]").focus();
  }

  /** The left edge, by which the panel is made wider: with the pointer, or with arrows. */
  #makeEdge() {
    const edge = h("div", {
      class: "panel-edge", role: "separator", "aria-orientation": "vertical", "aria-label": "Width of the panel",
      tabindex: 0, "aria-valuemin": widthMin,
      on: {
        pointerdown: (event) => edge.setPointerCapture(event.pointerId),
        pointermove: (event) => edge.hasPointerCapture(event.pointerId) && this.#resize(innerWidth - event.clientX),
        keydown: (event) => this.#onEdgeKey(event),
      },
    });
    return edge;
  }

  #onEdgeKey(event) {
    const by = { ArrowLeft: widthStep, ArrowRight: -widthStep }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.#resize(width + by);
  }

  #resize(wanted) {
    const widthMax = Math.max(widthMin, innerWidth - 80);
    width = Math.round(Math.max(widthMin, Math.min(widthMax, wanted)));
    this.element.style.setProperty("--panel-width", `${width}px`);
    this.edge.setAttribute("aria-valuenow", width);
    this.edge.setAttribute("aria-valuemax", widthMax);
  }
}

function showTab(name) {
  address.set({ tab: name === tabs[0][0] ? null : name }, true);
}
