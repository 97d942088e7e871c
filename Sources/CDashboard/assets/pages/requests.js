// The requests that went through the gateway, and what each of them was.

import * as address from "../core/address.js";
import { url } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { current } from "../core/range.js";
import { Facets } from "../parts/facets.js";
import { FilterLine } from "../parts/filter-line.js";
import { columnMenu, menu } from "../parts/menu.js";
import { button } from "../parts/pieces.js";
import { requestChart } from "../parts/request-chart.js";
import { requestColumns, shownColumns } from "../parts/request-columns.js";
import { RequestList } from "../parts/request-list.js";
import { RequestPanel } from "../parts/request-panel.js";
import { Table } from "../parts/table.js";

export const title = "Requests";

/** Cohorts belong to users, not to requests. */
const filterNames = address.dimensions.filter((name) => name !== "cohort");

export function mount(context) {
  const page = new RequestsPage(context);
  return { update: (changed) => page.update(changed), keys: page.keys };
}

class RequestsPage {
  constructor({ root, signal }) {
    this.table = this.makeTable();
    this.list = new RequestList({ table: this.table, signal });
    this.filter = new FilterLine({ names: filterNames, tagNames: () => tagNames(this.table.rows), signal });
    this.facets = new Facets({ signal, onClose: () => this.showFacets(false) });
    this.facets.element.hidden = isPhone();
    this.facetsButton = button("Facets", () => this.showFacets(this.facets.element.hidden), "",
      { "aria-expanded": String(!isPhone()) });
    this.chart = h("div", { class: "request-chart" });
    this.updateChart = requestChart(this.chart, signal);
    this.panel = new RequestPanel({
      signal, onMove: (by) => this.table.move(by), onClose: () => this.table.element.focus(),
    });
    this.exports = ["csv", "jsonl"].map((format) =>
      h("a", { class: "sheet-line", download: true }, format.toUpperCase()));
    replace(root, this.layOut());
    this.list.load();
    this.table.select(address.value("request"));
    this.pointExports();
  }

  /** Called when parameters of the address changed, and with `now` when what is new is to be shown. */
  update(changed) {
    const isOther = [...changed].some((name) => address.isFilter(name) || name === "since" || name === "until");
    const isNow = changed.has("now");
    if (isOther) this.filter.update();
    if (isOther || isNow) {
      this.facets.update();
      this.updateChart();
    }
    // A live list has what is new already.
    if (isOther || changed.has("live") || (isNow && !address.value("live"))) this.list.load();
    if (changed.has("columns")) this.table.showColumns(shownColumns(address.value("columns")));
    if (changed.has("request") && address.value("request")) this.table.select(address.value("request"));
    if (["request", "tab", "against"].some((name) => changed.has(name))) this.panel.update();
    this.pointExports();
  }

  get keys() {
    return {
      j: () => this.walk(1),
      k: () => this.walk(-1),
      l: toggleLive,
      Escape: () => (this.panel.isOpen ? this.panel.close() : isPhone() && this.showFacets(false)),
    };
  }

  /** The table is gone into, so that Enter opens the row; whoever is in the panel stays there. */
  walk(by) {
    if (!this.panel.element.contains(document.activeElement)) this.table.element.focus();
    this.table.move(by);
  }

  makeTable() {
    return new Table({
      label: "Requests", columns: requestColumns, shown: shownColumns(address.value("columns")),
      onOpen: (row) => this.open(row),
      onSelect: (row) => this.panel.isOpen && address.set({ request: row.id }, true),
      onEnd: () => this.list.loadMore(),
      onDrop: () => this.list.forgetPast(),
    });
  }

  /** Whoever opens what is open already wants to go into it. */
  open(row) {
    if (address.value("request") === row.id) this.panel.focus();
    else address.set({ request: row.id });
  }

  layOut() {
    const columns = columnMenu(requestColumns, shownColumns(address.value("columns")), (ids) =>
      address.set({ columns: ids.join(",") }, true));
    return h("div", { class: "requests" }, this.facets.element,
      h("section", { class: "requests-main", "aria-label": "Requests" },
        h("div", { class: "row requests-bar" }, this.facetsButton, this.filter.element, columns,
          menu("Export", this.exports)),
        this.chart, this.table.element),
      this.panel.element);
  }

  /** On phones the facets lie over the list. */
  showFacets(areShown) {
    this.facets.element.hidden = !areShown;
    this.facetsButton.setAttribute("aria-expanded", String(areShown));
    if (!areShown) this.facetsButton.focus();
  }

  /** An export is of what is shown. */
  pointExports() {
    for (const link of this.exports) {
      link.href = url("requests/export", address.query({ format: link.textContent.toLowerCase() }));
    }
  }
}

function isPhone() {
  return matchMedia("(max-width: 760px)").matches;
}

/** A list that ends in the past has nothing to follow. */
function toggleLive() {
  if (address.value("live")) address.set({ live: null });
  else address.set(current().isRelative ? { live: 1 } : { live: 1, since: null, until: null });
}

/** Names of tags that some of the rows have. */
function tagNames(rows) {
  const own = new Set(filterNames);
  return [...new Set(rows.slice(0, 200).flatMap((row) => Object.keys(row.tags)))].filter((name) => !own.has(name));
}
