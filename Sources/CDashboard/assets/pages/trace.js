import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { inputTokens } from "../parts/attributed.js";
import { copyButton } from "../parts/copy.js";
import { pretty } from "../parts/long-text.js";
import { figure } from "../parts/plain-table.js";
import { bounds, found, matches, readSpans, unfolded } from "../parts/span-tree.js";
import { Table } from "../parts/table.js";

export const title = "Trace";
export const hasRange = false;

export function mount({ root, signal, id }) {
  replace(root);
  let view = null;
  loading(root, signal, () => api.get(`traces/${encodeURIComponent(id)}`, {}, signal), (trace) => {
    view = new TraceView(trace);
    replace(root, view.elements);
    view.show();
  });
  return { update: () => view?.show(), keys: { j: () => view?.table.move(1), k: () => view?.table.move(-1), Escape: () => view?.close() } };
}

/** The tree and timeline of a trace on the left, one span on the right. The address says what is folded open. */
class TraceView {
  #rows;
  #bounds;
  #folded = new Set();

  constructor(trace) {
    this.#rows = readSpans(trace.spans);
    this.#bounds = bounds(this.#rows);
    this.table = new Table({
      label: "Spans", columns: this.#columns(), key: (row) => row.span.span_id, onOpen: (row) => this.#choose(row),
      onSelect: (row) => this.#choose(row),
    });
    this.search = h("input", {
      type: "search", placeholder: "Search in this trace  /", "aria-label": "Search in this trace", value: address.value("find", ""),
      on: { input: () => address.set({ find: this.search.value }, true) },
    });
    this.detail = h("section", { class: "card span-detail", "aria-label": "Span", "aria-live": "polite" });
    this.elements = [this.#figures(trace), h("div", { class: "trace" },
      h("section", { class: "card table-card" }, h("div", { class: "row spread", "data-filter-line": true }, this.search,
        h("div", { class: "row" }, this.#button("Fold all", () => this.#foldAll()), this.#button("Unfold all", () => this.#unfoldAll()))),
      this.table.element), this.detail)];
    this.table.element.addEventListener("keydown", (event) => this.#onKey(event), true);
  }

  /** Shows what the address says. */
  show() {
    const words = address.value("find", "");
    const rows = words ? found(this.#rows, words) : unfolded(this.#rows, this.#folded);
    this.table.setRows(rows);
    const chosen = this.#rows.find((row) => row.span.span_id === address.value("span")) ?? this.#rows[0];
    replace(this.detail, spanDetail(chosen.span));
  }

  close() {
    if (address.value("find")) this.search.value = "";
    address.set({ find: null, span: null });
  }

  #button(text, click) {
    return h("button", { class: "button", type: "button", on: { click } }, text);
  }

  #choose(row) {
    address.set({ span: row.span.span_id }, true);
  }

  #foldAll() {
    this.#folded = new Set(this.#rows.filter((row) => row.hasChildren && row.depth > 0).map((row) => row.place));
    this.show();
  }

  #unfoldAll() {
    this.#folded.clear();
    this.show();
  }

  #toggle(row, isFolded = !this.#folded.has(row.place)) {
    if (isFolded) this.#folded.add(row.place);
    else this.#folded.delete(row.place);
    this.show();
  }

  #onKey(event) {
    const row = this.table.selected;
    if (!row?.hasChildren || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    this.#toggle(row, event.key === "ArrowLeft");
  }

  #figures(trace) {
    const errors = this.#rows.filter((row) => isBad(row.span)).length;
    return h("section", { class: "card figures" },
      figure("Took", format.duration(this.#bounds.to - this.#bounds.from), format.moment(this.#bounds.from)),
      figure("Spans", format.whole(this.#rows.length), trace.is_cut ? "the first of more" : null),
      figure("Calls", format.whole(trace.calls)), figure("Errors", format.whole(errors)),
      figure("Tokens", format.count(tokens(trace.usage))),
      figure("Cost", format.usd(trace.cost_usd), trace.unpriced ? `${trace.unpriced} unpriced` : null),
      h("div", { class: "row" }, copyButton("Copy the id", () => trace.trace_id),
        h("a", { class: "button", href: `/api/v1/traces/${trace.trace_id}`, download: `${trace.trace_id}.json` }, "JSON")));
  }

  #columns() {
    return [
      { id: "name", title: "Span", width: 220, grow: true, cell: (row) => this.#name(row) },
      { id: "time", title: "When", width: 120, grow: true, cell: (row) => this.#bar(row) },
      { id: "duration", title: "Took", width: 76, align: "right", cell: ({ span }) => format.duration(span.duration_ms) },
      { id: "tokens", title: "Tokens", width: 70, align: "right", cell: ({ span }) => format.count(tokens(span.subtree.usage)) },
      { id: "cost", title: "Cost", width: 80, align: "right", cell: ({ span }) => format.usd(span.subtree.cost_usd) },
    ];
  }

  #name(row) {
    const isFolded = this.#folded.has(row.place);
    const fold = row.hasChildren && h("button", {
      class: "fold", type: "button", tabindex: -1, "aria-expanded": String(!isFolded), "aria-label": isFolded ? "Unfold" : "Fold",
      on: { click: (event) => { event.stopPropagation(); this.#toggle(row); } },
    }, isFolded ? "▸" : "▾");
    return h("span", { class: `span-name${matches(row, address.value("find", "")) ? " found" : ""}`,
      style: { "padding-left": `${Math.min(row.depth, 24) * 14 + (row.hasChildren ? 0 : 18)}px` } },
    fold, h("span", { class: `badge kind-${row.span.kind}` }, row.span.kind), h("span", { class: "cut" }, row.span.name),
    isBad(row.span) && h("span", { class: "badge bad" }, row.span.error_code ?? "error"));
  }

  #bar(row) {
    const length = this.#bounds.to - this.#bounds.from;
    const [left, width] = [(row.from - this.#bounds.from) / length * 100, Math.max((row.to - row.from) / length * 100, 0.4)];
    return h("span", { class: "span-bar" }, h("span", {
      class: isBad(row.span) ? "bad" : `kind-${row.span.kind}`, style: { left: `${Math.min(left, 99.6)}%`, width: `${width}%` },
    }));
  }
}

function tokens(usage) {
  return inputTokens(usage) + usage.output + usage.reasoning;
}

function isBad(span) {
  return Boolean(span.error) || (span.outcome && span.outcome !== "ok" && span.outcome !== "client_closed");
}

function spanDetail(span) {
  const facts = [
    ["Kind", span.kind], ["Began", format.time(span.started_at)], ["Took", format.duration(span.duration_ms)],
    ["Outcome", span.outcome], ["Error", span.error ?? span.error_code], ["Model", span.model],
    ["User", span.user], ["Session", span.session],
    ["Cost, with all below", format.usd(span.subtree.cost_usd)], ["Tokens, with all below", format.whole(tokens(span.subtree.usage))],
    ["Span", span.span_id], ["Parent", span.parent_span_id],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "");
  return [
    h("h2", {}, span.name),
    h("dl", { class: "facts" }, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    span.request_id && h("p", {}, h("a", { class: "button", href: `/requests?request=${span.request_id}` }, "The whole call")),
    text("Question", span.request_preview), text("Answer", span.response_preview),
    text("Attributes", span.attributes && pretty(span.attributes)),
  ];
}

function text(name, content) {
  return content ? [h("h3", {}, name), h("pre", {}, content)] : null;
}
