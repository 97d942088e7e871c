import * as api from "../core/api.js";
import { h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { figure, meter, plainTable } from "../parts/plain-table.js";

export const title = "Health";
export const hasRange = false;

const refreshMilliseconds = 5000;

export function mount({ root, signal }) {
  replace(root);
  const again = loading(root, signal, () => api.get("health", {}, signal), (health) => replace(root,
    figures(health), h("div", { class: "grid-2" }, recorder(health.recorder), load(health)), exporters(health.exporters),
    configuration(health.configuration)));
  const timer = setInterval(() => document.hidden || again(), refreshMilliseconds);
  signal.addEventListener("abort", () => clearInterval(timer));
  return { update: again };
}

function figures(health) {
  return h("section", { class: "card figures" },
    figure("Version", health.version, health.node),
    figure("Running for", format.duration(Date.now() - Date.parse(health.started_at)), `since ${format.moment(health.started_at)}`),
    figure("Calls that run", format.whole(health.in_flight)), figure("Clients connected", format.whole(health.connections)),
    figure("Data", format.bytes(health.disk.data_bytes), `${format.bytes(health.disk.free_bytes)} free on the disk`));
}

function recorder(status) {
  const state = status.failure ? h("span", { class: "badge bad" }, "failing") : h("span", { class: "badge good" }, "well");
  return h("section", { class: "card" }, h("h2", { class: "row" }, "Recorder ", state),
    status.failure && h("p", { class: "failure" }, status.failure),
    facts([
      ["Written since the start", format.whole(status.written)],
      ["Waiting", [format.whole(status.waiting), meter(status.waiting / status.waiting_max, 0.5)]],
      ["Records dropped", dropped(status.dropped_records)], ["Bodies dropped", dropped(status.dropped_bodies)],
    ]));
}

function load(health) {
  const shed = Object.entries(health.shed).filter(([, count]) => count);
  return h("section", { class: "card" }, h("h2", {}, "Load"), facts([
    ["Memory of requests", [`${format.bytes(health.request_bytes_held)} of ${format.bytes(health.request_bytes_max)}`,
      meter(health.request_bytes_held / health.request_bytes_max)]],
    ["Refused for want of room", shed.length ? shed.map(([name, count]) => `${name}: ${format.whole(count)}`).join(", ") : "none"],
    ["Log buffers dropped", dropped(health.dropped_log_buffers)],
  ]));
}

function exporters(exports) {
  return h("section", { class: "card" }, h("h2", {}, "Exporters"), plainTable("Exporters", [
    { title: "Endpoint", cell: (row) => row.endpoint }, { title: "Profile", cell: (row) => row.profile },
    { title: "Sent", number: true, cell: (row) => format.whole(row.sent) },
    { title: "Waiting", number: true, cell: (row) => format.whole(row.waiting) },
    { title: "Dropped", number: true, cell: (row) => dropped(row.dropped) },
    { title: "State", cell: (row) => (row.failure ? h("span", { class: "badge bad" }, row.failure)
      : h("span", { class: "badge good" }, "well")) },
  ], exports, "Spans are sent nowhere: see ‘otlp’ in the configuration."));
}

function configuration({ file, sha256, reloads }) {
  return h("section", { class: "card" }, h("h2", {}, "Configuration"),
    facts([["File", file ?? "none: what the environment has keys for"], ["SHA-256", h("code", {}, sha256 ?? "–")]]),
    plainTable("Reloads", [
      { title: "When", cell: (row) => format.time(row.at) }, { title: "Changed", cell: (row) => row.changed },
      { title: "Outcome", cell: (row) => (row.refused ? [h("span", { class: "badge bad" }, "refused"), h("pre", {}, row.refused)]
        : h("span", { class: "badge good" }, "taken")) },
    ], reloads, "Nothing has changed since the start."));
}

function facts(rows) {
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function dropped(count) {
  return count ? h("span", { class: "badge bad" }, format.whole(count)) : "0";
}
