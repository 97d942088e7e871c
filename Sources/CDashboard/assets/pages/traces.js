// Traces as a list: the newest calls, those of one trace put together.

import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, failure, h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { FilterLine } from "../parts/filter-line.js";
import { badge } from "../parts/pieces.js";
import { tokensOf } from "../parts/sum-rows.js";
import { Table } from "../parts/table.js";

export const title = "Traces";

const pageCalls = 500;

export function mount({ root, signal }) {
  const line = new FilterLine({ signal });
  const list = new TraceList(signal);
  replace(root, line.element, list.element);
  list.load();
  return {
    update() {
      line.update();
      list.load();
    },
    keys: list.keys,
  };
}

/** Traces of the range and filter, page by page; a page is of calls, so that a trace may stand in two of them. */
class TraceList {
  #signal;
  #cursor = null;
  #asking = null;
  #traces = new Map();

  constructor(signal) {
    this.#signal = signal;
    this.table = new Table({
      label: "Traces", columns, key: (row) => row.trace_id, onEnd: () => this.#cursor && !this.#asking && this.#ask(),
      onOpen: (row) => address.go(`/traces/${row.trace_id}`),
    });
    this.message = h("div");
    this.element = h("section", { class: "card table-card" }, this.message, this.table.element);
    this.keys = { j: () => this.table.move(1), k: () => this.table.move(-1) };
  }

  /** Asks from the beginning. What is shown stays until the answer is here; what was asked before is let go. */
  load() {
    this.#asking?.abort();
    this.#cursor = null;
    this.#ask();
  }

  async #ask() {
    const own = new AbortController();
    this.#asking = own;
    try {
      const query = address.query({ limit: pageCalls, cursor: this.#cursor });
      const signal = AbortSignal.any([this.#signal, own.signal]);
      const { data, next_cursor: next } = await api.get("traces", query, signal);
      if (this.#cursor === null) this.#traces.clear();
      this.#cursor = next;
      for (const trace of data) this.#traces.set(trace.trace_id, merged(this.#traces.get(trace.trace_id), trace));
      this.#show();
    } catch (error) {
      if (error.name !== "AbortError") replace(this.message, failure(error, () => this.load()));
    }
    if (this.#asking === own) this.#asking = null;
  }

  #show() {
    this.table.setRows([...this.#traces.values()]);
    replace(this.message, this.#traces.size === 0 && empty("No trace in this time",
      h("p", {}, "Every call is in one. A run of an agent becomes a tree when its calls carry a ",
        h("code", {}, "traceparent"), " header, or its spans come to ", h("code", {}, "POST /v1/traces"), ".")));
    this.table.element.hidden = this.#traces.size === 0;
  }
}

/** Two parts of one trace, from two pages. */
function merged(newer, older) {
  if (!newer) return older;
  const usage = { ...newer.usage };
  for (const [bucket, tokens] of Object.entries(older.usage)) usage[bucket] = (usage[bucket] ?? 0) + tokens;
  const end = Date.parse(newer.started_at) + newer.duration_ms;
  return {
    ...newer, ...older, usage, calls: newer.calls + older.calls, errors: newer.errors + older.errors,
    unpriced: newer.unpriced + older.unpriced, cost_usd: String(Number(newer.cost_usd) + Number(older.cost_usd)),
    duration_ms: Math.max(end, Date.parse(older.started_at) + older.duration_ms) - Date.parse(older.started_at),
    models: [...new Set([...older.models, ...newer.models])],
  };
}

const text = (id, title, width, cell) => ({ id, title, width, cell });
const number = (id, title, width, cell) => ({ id, title, width, align: "right", cell });

const columns = [
  text("time", "Began", 150, (row) => format.time(row.started_at)),
  { ...text("preview", "First question", 260, (row) => row.request_preview ?? ""), grow: true },
  text("feature", "Feature", 110, (row) => row.feature ?? ""), text("user", "User", 110, (row) => row.user ?? ""),
  text("models", "Models", 150, (row) => row.models.join(", ")),
  number("calls", "Calls", 64, (row) => format.whole(row.calls)),
  number("errors", "Errors", 64, (row) => (row.errors ? badge(row.errors, "bad") : "")),
  number("duration", "Took", 90, (row) => format.duration(row.duration_ms)),
  number("tokens", "Tokens", 90, (row) => format.count(tokensOf(row))),
  number("cost", "Cost", 90, (row) => format.usd(row.cost_usd)),
];
