// The values of each dimension, with how many calls have them.

import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { failure, h, keepPlace, replace, skeleton } from "../core/dom.js";
import { count, whole } from "../core/format.js";
import { withTerm } from "./filter-terms.js";
import { button } from "./pieces.js";

const names = [
  "outcome", "model", "provider", "feature", "key", "status", "error_code", "user", "environment", "prompt", "endpoint",
  "finish_reason", "fallback", "cache", "team",
];
/** Others are asked for when they are opened. */
const openAtFirst = new Set(names.slice(0, 6));

/** The side list; `update()` asks again for what is open. */
export class Facets {
  #signal;
  #groups = new Map();

  /** `onClose()`: it lies over the page and is to go. */
  constructor({ signal, onClose }) {
    this.#signal = signal;
    this.element = h("nav", { class: "facets", "aria-label": "Facets" },
      button("Close", onClose, "facets-close"),
      names.map((name) => this.#makeGroup(name)));
    this.update();
  }

  async update() {
    const open = names.filter((name) => this.#groups.get(name).element.open);
    await this.#load(open);
  }

  #makeGroup(name) {
    const list = h("div", { class: "facet-values" }, skeleton(2));
    const element = h("details", { class: "facet", open: openAtFirst.has(name) },
      h("summary", {}, name.replaceAll("_", " ")), list);
    element.addEventListener("toggle", () => {
      if (element.open && !openAtFirst.has(name)) this.#load([name]);
      if (element.open) openAtFirst.add(name);
      else openAtFirst.delete(name);
    });
    this.#groups.set(name, { element, list });
    return element;
  }

  async #load(wanted) {
    if (wanted.length === 0) return;
    const asked = String(address.query());
    try {
      const { data } = await get("facets", address.query({ names: wanted.join(",") }), this.#signal);
      if (asked !== String(address.query())) return;
      for (const name of wanted) {
        if (data[name]) this.#show(name, data[name]);
        else this.#tell(name, "Too many records: take a shorter time");
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      for (const name of wanted) this.#tell(name, "–");
      replace(this.#groups.get(wanted[0]).list, failure(error, () => this.update()));
    }
  }

  #tell(name, text) {
    replace(this.#groups.get(name).list, h("p", { class: "facet-none" }, text));
  }

  #show(name, rows) {
    const most = Math.max(1, ...rows.map((row) => row.requests));
    const terms = address.filters();
    const without = terms.filter(([term]) => term === `${name}!`).map(([, value]) => value);
    const chosen = terms.find(([term]) => term === name)?.[1];
    const missing = [chosen, ...without].filter((value) =>
      value !== undefined && !rows.some((row) => (row.value ?? "") === value));
    const all = [...rows, ...missing.map((value) => ({ value, requests: 0, errors: 0 }))];
    const { list } = this.#groups.get(name);
    keepPlace(list, () => replace(list, all.length === 0
      ? h("p", { class: "facet-none" }, "No values")
      : all.map((row) => line(name, row, most, { chosen, without }))));
  }
}

function line(name, { value, requests, errors }, most, { chosen, without }) {
  const text = value ?? "";
  const [isChosen, isOut] = [chosen === text, without.includes(text)];
  const shown = text === "" ? "(none)" : text;
  const toggle = (event) => (event.altKey ? change(name, text, "!", isOut) : change(name, text, "", isChosen));
  return h("div", { class: `facet-line${isChosen ? " chosen" : ""}${isOut ? " out" : ""}` },
    h("button", {
      type: "button", class: "facet-value", "aria-pressed": String(isChosen), title: shown, data: { focus: `=${text}` },
      on: { click: toggle },
      "aria-label": `${shown}, ${whole(requests)} requests${errors ? `, ${whole(errors)} failed` : ""}`,
    }, h("bdi", { class: "facet-name" }, shown), h("span", { class: "facet-count" }, count(requests)),
    bar(requests, errors, most)),
    h("button", {
      type: "button", class: "facet-without", "aria-pressed": String(isOut), "aria-label": `Leave out ${name} ${shown}`,
      title: "Leave out (Alt and click)", data: { focus: `!${text}` },
      on: { click: () => change(name, text, "!", isOut) },
    }, "−"));
}

function bar(requests, errors, most) {
  const share = (number) => `${(100 * number) / most}%`;
  return h("span", { class: "facet-bar", "aria-hidden": "true" },
    h("span", { class: "facet-bad", style: { width: share(errors) } }),
    h("span", { class: "facet-good", style: { width: share(requests - errors) } }));
}

/** Puts the term in, or out where it is in; the opposite of it goes. */
function change(name, value, sign, isIn) {
  const rest = address.filters().filter(([term, text]) => !((term === name || term === `${name}!`) && text === value));
  address.setFilters(isIn ? rest : withTerm(rest, [name + sign, value]));
}
