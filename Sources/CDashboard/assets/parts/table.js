// A table of any number of rows, of which only those in sight are elements.

import { h, replace } from "../core/dom.js";

const rowHeight = 28;
/** Rows that are elements beyond each edge, so that quick scrolling shows no gaps. */
const spareRows = 8;
/** The end is told this many rows before it is seen. */
const endRows = 40;

let tablesMade = 0;

/** `columns`: all there are, `{ id, title, width, grow?, align?, cell: row => node or text }`;
 *  `shown`: the ids of those to show. `key` names a row. `onOpen(row)`: clicked, or Enter. `onSelect(row)`: moved to.
 *  `onEnd()`: more rows are wanted. `keptRows`: how many a live table holds; `onDrop()`: it let go of those below. */
export class Table {
  #options;
  #columns = [];
  #rows = [];
  #keys = new Set();
  #arriving = [];
  #elements = new Map();
  #rowOfElement = new WeakMap();
  #selected = null;
  #frame = 0;
  #height = 0;
  #name = `grid-${++tablesMade}`;
  #rowsMade = 0;

  constructor(options) {
    this.#options = { key: (row) => row.id, keptRows: 5000, ...options };
    this.head = h("div", { class: "data-head", role: "row", "aria-rowindex": 1 });
    this.view = h("div", { class: "data-view", role: "rowgroup" });
    this.space = h("div", { class: "data-space", role: "presentation" }, this.view);
    this.foot = h("div", { class: "data-foot" });
    this.element = h("div", {
      class: "data-grid", role: "grid", tabindex: 0, "aria-label": options.label, "aria-rowcount": 1,
      on: {
        scroll: () => this.#plan(), keydown: (event) => this.#onKey(event), click: (event) => this.#onClick(event),
      },
    }, this.head, this.space, this.foot);
    new ResizeObserver(() => this.#measure()).observe(this.element);
    this.showColumns(options.shown ?? options.columns.map((column) => column.id));
  }

  get rows() {
    return this.#rows;
  }

  /** The row that is marked; null: none. */
  get selected() {
    return this.#rows[this.#selectedIndex()] ?? null;
  }

  /** Shows these columns, in this order. */
  showColumns(ids) {
    this.#columns = ids.map((id) => this.#options.columns.find((column) => column.id === id)).filter(Boolean);
    const widths = this.#columns.map(({ width, grow }) => (grow ? `minmax(${width}px, 1fr)` : `${width}px`));
    const least = this.#columns.reduce((sum, { width }) => sum + width, 0);
    this.element.style.setProperty("--columns", widths.join(" "));
    this.element.style.setProperty("--least-width", `${least + 24}px`);
    this.element.setAttribute("aria-colcount", this.#columns.length);
    replace(this.head, this.#columns.map((column) =>
      h("div", { role: "columnheader", ...cellClass(column) }, column.title)));
    this.#forgetElements();
    this.#plan();
  }

  /** Puts these rows in the place of those there are; it goes back to the top unless the marked row is among them. */
  setRows(rows) {
    this.#rows = [];
    this.#keys.clear();
    this.#arriving = [];
    this.#forgetElements();
    this.append(rows);
    if (this.#selectedIndex() < 0) this.element.scrollTop = 0;
  }

  /** Adds rows below; those that are there already are left out. */
  append(rows) {
    this.#rows = this.#rows.concat(rows.filter((row) => this.#isNew(row)));
    this.#plan();
  }

  /** Adds rows above, oldest first, with the next frame. What is being read stays where it is. */
  prepend(rows) {
    this.#arriving.push(...rows);
    const { keptRows } = this.#options;
    if (this.#arriving.length > 2 * keptRows) this.#arriving.splice(0, this.#arriving.length - keptRows);
    this.#plan();
  }

  /** Marks the row of this key and brings it into sight; null marks none. */
  select(key) {
    this.#selected = key;
    const index = this.#selectedIndex();
    if (index >= 0) this.#reveal(index);
    this.#plan();
  }

  /** Marks the row so many further down. */
  move(by) {
    if (this.#rows.length === 0) return;
    const index = this.#selectedIndex();
    const start = index >= 0 ? index + by : Math.floor(this.element.scrollTop / rowHeight);
    const row = this.#rows[Math.max(0, Math.min(this.#rows.length - 1, start))];
    this.select(this.#options.key(row));
    this.#options.onSelect?.(row);
  }

  /** Opens the marked row. */
  open() {
    const row = this.selected;
    if (row) this.#options.onOpen?.(row);
  }

  #isNew(row) {
    const key = this.#options.key(row);
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }

  #selectedIndex() {
    if (this.#selected === null) return -1;
    return this.#rows.findIndex((row) => this.#options.key(row) === this.#selected);
  }

  #reveal(index) {
    const [top, shown] = [index * rowHeight, this.#height - this.head.offsetHeight];
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > this.element.scrollTop + shown) this.element.scrollTop = top + rowHeight - shown;
  }

  #forgetElements() {
    this.#elements.clear();
    this.view.replaceChildren();
  }

  #measure() {
    this.#height = this.element.clientHeight;
    this.#plan();
  }

  /** Whatever happens within a frame is drawn once. */
  #plan() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#takeArrived();
      this.#draw();
    });
  }

  #takeArrived() {
    if (this.#arriving.length === 0) return;
    const rows = this.#arriving.reverse().filter((row) => this.#isNew(row));
    this.#arriving = [];
    const isReading = this.element.scrollTop > 0;
    this.#rows = rows.concat(this.#rows);
    this.space.style.height = `${this.#rows.length * rowHeight}px`;
    if (isReading) this.element.scrollTop += rows.length * rowHeight;
    else this.#dropOldest();
  }

  /** Nobody reads the end of a table that is looked at from its top. */
  #dropOldest() {
    const { keptRows, key, onDrop } = this.#options;
    if (this.#rows.length <= keptRows) return;
    for (const row of this.#rows.splice(keptRows)) this.#keys.delete(key(row));
    onDrop?.();
  }

  #draw() {
    const top = this.element.scrollTop;
    const first = Math.max(0, Math.floor(top / rowHeight) - spareRows);
    const last = Math.min(this.#rows.length, Math.ceil((top + this.#height) / rowHeight) + spareRows);
    this.space.style.height = `${this.#rows.length * rowHeight}px`;
    this.view.style.transform = `translateY(${first * rowHeight}px)`;
    this.element.setAttribute("aria-rowcount", this.#rows.length + 1);
    this.#drawRows(this.#rows.slice(first, last), first);
    if (last > this.#rows.length - endRows) this.#options.onEnd?.();
  }

  /** Elements of rows that stay in sight are kept, so that a live table makes only those of its new rows. */
  #drawRows(rows, first) {
    const { key } = this.#options;
    const wanted = new Set(rows.map(key));
    for (const [name, element] of this.#elements) {
      if (wanted.has(name)) continue;
      element.remove();
      this.#elements.delete(name);
    }
    let place = this.view.firstChild;
    let active = null;
    rows.forEach((row, offset) => {
      const element = this.#elementOf(row);
      if (element === place) place = place.nextSibling;
      else this.view.insertBefore(element, place);
      element.setAttribute("aria-rowindex", first + offset + 2);
      const isSelected = key(row) === this.#selected;
      element.setAttribute("aria-selected", isSelected);
      if (isSelected) active = element.id;
    });
    if (active) this.element.setAttribute("aria-activedescendant", active);
    else this.element.removeAttribute("aria-activedescendant");
  }

  #elementOf(row) {
    const key = this.#options.key(row);
    const known = this.#elements.get(key);
    if (known) return known;
    const element = h("div", { class: "data-row", role: "row", id: `${this.#name}-row-${++this.#rowsMade}` },
      this.#columns.map((column) => bodyCell(column, row)));
    this.#elements.set(key, element);
    this.#rowOfElement.set(element, row);
    return element;
  }

  #onClick(event) {
    const element = event.target.closest(".data-row");
    if (!element || event.target.closest("a, button")) return;
    const row = this.#rowOfElement.get(element);
    this.select(this.#options.key(row));
    this.#options.onOpen?.(row);
  }

  #onKey(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#height / rowHeight) - 2);
    const steps = {
      ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity,
    };
    if (event.key === "Enter") this.open();
    else if (Object.hasOwn(steps, event.key)) this.move(steps[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function bodyCell(column, row) {
  const content = column.cell(row);
  const title = typeof content === "string" && content.length > 12 ? content : null;
  return h("div", { role: "gridcell", ...cellClass(column), title }, content);
}

const cellClass = ({ align }) => ({ class: align === "right" ? "cell number" : "cell" });
