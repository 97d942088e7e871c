// The filter in one line: terms as chips, and a field that completes names and values.

import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { count } from "../core/format.js";
import { describe, measures, readTyped, termOf, typed, withTerm } from "./filter-terms.js";

const listId = "filter-options";

/** `names`: the dimensions that are offered; `tagNames()`: tags that are known; `signal` ends its calls. */
export class FilterLine {
  #names;
  #tagNames;
  #signal;
  #options = [];
  #active = 0;
  #values = new Map();

  constructor({ names = address.dimensions, tagNames = () => [], signal }) {
    this.#names = names;
    this.#tagNames = tagNames;
    this.#signal = signal;
    this.chips = h("ul", { class: "filter-chips", "aria-label": "Terms of the filter" });
    this.list = h("ul", {
      class: "filter-options", id: listId, role: "listbox", "aria-label": "Completions", tabindex: -1, hidden: true,
    });
    this.input = this.#makeInput();
    this.element = h("div", {
      class: "filter-line", "data-filter-line": true, on: { click: (event) => this.#onClick(event) },
    }, this.chips, this.input, this.list);
    this.update();
  }

  /** Shows the address's filter. */
  update() {
    this.#values.clear();
    const terms = address.filters();
    replace(this.chips, terms.map((term) => this.#chip(term)));
    this.chips.hidden = terms.length === 0;
  }

  #makeInput() {
    return h("input", {
      type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
      "aria-label": "Filter: a name, = and a value, or words", placeholder: "Filter, or search for words  /",
      autocomplete: "off", spellcheck: "false",
      on: {
        input: () => this.#offer(), focus: () => this.#offer(), blur: () => this.#close(),
        keydown: (event) => this.#onKey(event),
      },
    });
  }

  #chip(term) {
    const [name, operator, value] = describe(term);
    const text = `${name} ${operator} ${value}`;
    return h("li", { class: operator === "!=" ? "chip without" : "chip" },
      h("button", {
        type: "button", class: "chip-text", title: `Change ${text}`, on: { click: () => this.#edit(term) },
      }, h("span", { class: "chip-name" }, `${name} ${operator} `), h("bdi", {}, value)),
      h("button", { type: "button", class: "chip-remove", "aria-label": `Remove ${text}`,
        on: { click: (event) => this.#remove(term, event) } }, "×"));
  }

  /** A key that removed a chip goes on in the field; the pointer is elsewhere anyway. */
  #remove(term, event) {
    address.removeFilter(...term);
    if (event.detail === 0) this.input.focus();
  }

  #edit(term) {
    address.removeFilter(...term);
    this.input.value = typed(term);
    this.input.focus();
    this.#offer();
  }

  #onClick(event) {
    if (event.target === this.element || event.target === this.chips) this.input.focus();
  }

  #onKey(event) {
    const acts = {
      ArrowDown: () => this.#moveTo(this.#active + 1),
      ArrowUp: () => this.#moveTo(this.#active - 1),
      Enter: () => this.#take(this.#active),
      Tab: () => this.#complete(),
      Escape: () => this.#leave(),
      Backspace: () => this.#removeLast(),
    };
    if (!Object.hasOwn(acts, event.key) || event.isComposing || event.shiftKey) return;
    if (acts[event.key]() !== false) event.preventDefault();
    event.stopPropagation();
  }

  #moveTo(place) {
    if (this.list.hidden) return this.#offer();
    this.#active = (place + this.#options.length) % this.#options.length;
    this.#mark();
  }

  #take(place) {
    this.#options[place]?.run();
  }

  /** Tab takes the first completion, and goes on where there is none. */
  #complete() {
    const place = this.#options.findIndex((option) => option.isCompletion);
    if (this.input.value === "" || this.list.hidden || place < 0) return false;
    this.#take(this.#options[this.#active]?.isCompletion ? this.#active : place);
  }

  #leave() {
    if (this.input.value === "") this.input.blur();
    this.input.value = "";
    this.#close();
  }

  #removeLast() {
    const last = address.filters().at(-1);
    if (this.input.value !== "" || !last) return false;
    address.removeFilter(...last);
    this.#offer();
  }

  #apply(term) {
    this.input.value = "";
    address.setFilters(withTerm(address.filters(), term));
    this.#close();
  }

  #offer() {
    const text = this.input.value;
    const read = readTyped(text, this.#names);
    if (read) this.#offerValues(read);
    else this.#show(this.#nameOptions(text.trim()));
  }

  #nameOptions(text) {
    const tags = this.#tagNames().map((name) => `tag.${name}`);
    const names = [...Object.keys(measures), ...this.#names, ...tags]
      .filter((name) => name.includes(text.toLowerCase()));
    const options = names.map((name) => ({
      title: name, note: Object.hasOwn(measures, name) ? measures[name].note : "", isCompletion: true,
      run: () => this.#begin(name),
    }));
    const search = { title: `Search for “${text}”`, note: "words", run: () => this.#apply(["text", text]) };
    return text ? [search, ...options] : options;
  }

  #begin(name) {
    this.input.value = `${name} ${Object.hasOwn(measures, name) ? measures[name].operator : "="} `;
    this.#offer();
  }

  #offerValues(read) {
    const own = this.#ownOption(read);
    if (Object.hasOwn(measures, read.word)) return this.#show(own);
    const values = this.#values.get(read.word);
    if (!values) this.#load(read.word);
    const wanted = read.value.toLowerCase();
    const fitting = (values ?? []).filter(({ value }) => (value ?? "").toLowerCase().includes(wanted));
    const isListed = fitting.some(({ value }) => value === read.value);
    this.#show([...fitting.map((row) => this.#valueOption(read, row)), ...(isListed ? [] : own)]);
  }

  #ownOption(read) {
    const term = termOf(read);
    if (!term) return [];
    const [name, operator, value] = describe(term);
    return [{ title: `${name} ${operator} ${value}`, note: "as typed", run: () => this.#apply(term) }];
  }

  #valueOption({ word, operator }, { value, requests }) {
    const term = termOf({ word, operator, value: value || "(none)" });
    return { title: value || "(none)", note: count(requests), isCompletion: true, run: () => this.#apply(term) };
  }

  async #load(name) {
    this.#values.set(name, []);
    try {
      const { data } = await get("facets", address.query({ names: name }), this.#signal);
      this.#values.set(name, data[name] ?? []);
    } catch {
      // What was typed can still be taken; the list of calls says what is wrong.
      return;
    }
    if (document.activeElement === this.input) this.#offer();
  }

  #show(options) {
    this.#options = options;
    this.#active = 0;
    replace(this.list, options.map(({ title, note, run }, place) =>
      h("li", { role: "option", id: `${listId}-${place}`,
        on: { mousedown: (event) => event.preventDefault(), click: run } },
      h("bdi", {}, title), h("span", { class: "filter-note" }, note))));
    this.list.hidden = options.length === 0;
    this.input.setAttribute("aria-expanded", options.length > 0);
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", place === this.#active));
    const active = this.list.children[this.#active];
    active?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", active?.id ?? "");
  }

  #close() {
    this.list.hidden = true;
    this.#options = [];
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-activedescendant", "");
  }
}
