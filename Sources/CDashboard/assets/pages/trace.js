// One trace: the tree of its spans on a line of time, and one span beside it.

import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { copyButton } from "../parts/copy.js";
import { badge, button, figure } from "../parts/pieces.js";
import { isBad, spanDetail } from "../parts/span-detail.js";
import { bounds, found, matches, prepareSearch, readSpans, unfolded } from "../parts/span-tree.js";
import { tokensOf } from "../parts/sum-rows.js";
import { Table } from "../parts/table.js";

export const title = "Trace";
export const hasRange = false;

const [indent, indentedMost, foldWidth] = [14, 24, 18];
/** In percent: a shorter bar could not be seen. */
const shortestBar = 0.4;

export function mount({ root, signal, id }) {
  let view = null;
  loading(root, signal, (own) => api.get(`traces/${encodeURIComponent(id)}`, {}, own), (trace) => {
    view = new TraceView(trace);
    replace(root, view.elements);
    view.show();
  });
  return {
    update: () => view?.show(),
    keys: { j: () => view?.table.move(1), k: () => view?.table.move(-1), Escape: () => view?.close() },
  };
}

/** The tree and timeline of a trace on the left, one span on the right. The address says which, and what is sought. */
class TraceView {
  #rows;
  #bounds;
  #folded = new Set();
  #words = null;
  #frame = 0;

  constructor(trace) {
    this.#rows = readSpans(trace.spans);
    this.#bounds = bounds(this.#rows);
    const choose = ({ span }) => address.set({ span: span.span_id }, true);
    this.table = new Table({
      label: "Spans", columns: this.#columns(), key: ({ span }) => span.span_id, onOpen: choose, onSelect: choose,
    });
    this.table.element.addEventListener("keydown", (event) => this.#onKey(event), true);
    this.search = h("input", {
      type: "search", placeholder: "Search in this trace  /", "aria-label": "Search in this trace",
      value: address.value("find", ""), on: { input: () => this.#planSearch() },
    });
    this.detail = h("section", { class: "card span-detail", "aria-label": "Span", "aria-live": "polite" });
    this.elements = [this.#figures(trace), this.#layOut()];
    prepareSearch(this.#rows);
  }

  /** Shows what the address says. */
  show() {
    const words = address.value("find", "");
    if (words !== this.#words) this.#showRows(words);
    const id = address.value("span");
    const chosen = this.#rows.find(({ span }) => span.span_id === id) ?? this.#rows[0];
    replace(this.detail, spanDetail(chosen.span));
  }

  close() {
    if (address.value("find")) this.search.value = "";
    address.set({ find: null, span: null });
  }

  /** However quickly one types, it is sought once a frame. */
  #planSearch() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      address.set({ find: this.search.value }, true);
    });
  }

  #showRows(words = this.#words) {
    this.#words = words;
    this.table.setRows(words ? found(this.#rows, words) : unfolded(this.#rows, this.#folded));
  }

  #layOut() {
    const foldAll = () => this.#fold(this.#rows.filter((row) => row.hasChildren && row.depth > 0));
    return h("div", { class: "trace" }, h("section", { class: "card table-card" },
      h("div", { class: "row spread", "data-filter-line": true }, this.search,
        h("div", { class: "row" }, button("Fold all", foldAll), button("Unfold all", () => this.#fold([])))),
      this.table.element), this.detail);
  }

  /** Folds these rows and no others. */
  #fold(rows) {
    this.#folded = new Set(rows.map((row) => row.place));
    this.#showRows();
  }

  #toggle(row, isFolded = !this.#folded.has(row.place)) {
    if (isFolded) this.#folded.add(row.place);
    else this.#folded.delete(row.place);
    this.#showRows();
  }

  #onKey(event) {
    const row = this.table.selected;
    if (!row?.hasChildren || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    this.#toggle(row, event.key === "ArrowLeft");
  }

  #figures(trace) {
    const { from, to } = this.#bounds;
    const id = trace.trace_id;
    return h("section", { class: "card figures" },
      figure("Took", format.duration(to - from), format.moment(from)),
      figure("Spans", format.whole(this.#rows.length), trace.is_cut ? "the first of more" : null),
      figure("Calls", format.whole(trace.calls)),
      figure("Errors", format.whole(this.#rows.filter((row) => isBad(row.span)).length)),
      figure("Tokens", format.count(tokensOf(trace))),
      figure("Cost", format.usd(trace.cost_usd), trace.unpriced ? `${trace.unpriced} unpriced` : null),
      h("div", { class: "row" }, copyButton("Copy the id", () => id),
        h("a", { class: "button small", href: `/api/v1/traces/${id}`, download: `${id}.json` }, "JSON")));
  }

  #columns() {
    const sums = (id, title, width, read) =>
      ({ id, title, width, align: "right", cell: ({ span }) => read(span) });
    return [
      { id: "name", title: "Span", width: 220, grow: true, cell: (row) => this.#name(row) },
      { id: "time", title: "When", width: 120, grow: true, cell: (row) => this.#bar(row) },
      sums("duration", "Took", 76, (span) => format.duration(span.duration_ms)),
      sums("tokens", "Tokens", 70, (span) => format.count(tokensOf(span.subtree))),
      sums("cost", "Cost", 80, (span) => format.usd(span.subtree.cost_usd)),
    ];
  }

  #name(row) {
    const { span, depth, hasChildren } = row;
    const left = Math.min(depth, indentedMost) * indent + (hasChildren ? 0 : foldWidth);
    const isFound = matches(row, this.#words);
    return h("span", { class: isFound ? "span-name found" : "span-name", style: { "padding-left": `${left}px` } },
      hasChildren && this.#foldButton(row), badge(span.kind, `kind-${span.kind}`),
      h("span", { class: "cut" }, span.name), isBad(span) && badge(span.error_code ?? "error", "bad"));
  }

  #foldButton(row) {
    const isFolded = this.#folded.has(row.place);
    const click = (event) => {
      event.stopPropagation();
      this.#toggle(row);
    };
    return h("button", {
      class: "fold", type: "button", tabindex: -1, "aria-expanded": String(!isFolded),
      "aria-label": isFolded ? "Unfold" : "Fold", on: { click },
    }, isFolded ? "▸" : "▾");
  }

  #bar({ span, from, to }) {
    const share = (length) => length / (this.#bounds.to - this.#bounds.from) * 100;
    const left = Math.min(share(from - this.#bounds.from), 100 - shortestBar);
    return h("span", { class: "span-bar" }, h("span", {
      class: isBad(span) ? "bad" : `kind-${span.kind}`,
      style: { left: `${left}%`, width: `${Math.max(share(to - from), shortestBar)}%` },
    }));
  }
}
