// How the process itself is doing.

import * as api from "../core/api.js";
import { h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { badge, card, facts, figure, meter } from "../parts/pieces.js";
import { column, number, plainTable } from "../parts/plain-table.js";

export const title = "Health";
export const hasRange = false;

const refreshMilliseconds = 5000;

export function mount({ root, signal }) {
  const update = loading(root, signal, (own) => api.get("health", {}, own), (health) => replace(root,
    figures(health), h("div", { class: "grid-2" }, recorder(health.recorder), load(health)),
    exporters(health.exporters), configuration(health.configuration)));
  const timer = setInterval(() => document.hidden || update(), refreshMilliseconds);
  signal.addEventListener("abort", () => clearInterval(timer));
  return { update };
}

function figures(health) {
  const started = health.started_at;
  return h("section", { class: "card figures" },
    figure("Version", health.version, health.node),
    figure("Running for", format.duration(Date.now() - Date.parse(started)), `since ${format.moment(started)}`),
    figure("Calls that run", format.whole(health.in_flight)),
    figure("Clients connected", format.whole(health.connections)),
    figure("Data", format.bytes(health.disk.data_bytes), `${format.bytes(health.disk.free_bytes)} free on the disk`));
}

function recorder(status) {
  return h("section", { class: "card" },
    h("h2", { class: "row" }, "Recorder ", status.failure ? badge("failing", "bad") : badge("well", "good")),
    status.failure && h("p", { class: "failure" }, status.failure),
    facts([
      ["Written since the start", format.whole(status.written)],
      ["Waiting", [format.whole(status.waiting), meter(status.waiting / status.waiting_max, 0.5)]],
      ["Records dropped", dropped(status.dropped_records)], ["Records refused", dropped(status.refused_records)],
      ["Bodies dropped", dropped(status.dropped_bodies)],
    ]));
}

function load(health) {
  const { request_bytes_held: held, request_bytes_max: most } = health;
  const shed = Object.entries(health.shed).filter(([, count]) => count);
  return card("Load", facts([
    ["Memory of requests", [`${format.bytes(held)} of ${format.bytes(most)}`, meter(held / most)]],
    ["Refused for want of room", shed.map(([name, count]) => `${name}: ${format.whole(count)}`).join(", ") || "none"],
    ["Log buffers dropped", dropped(health.dropped_log_buffers)],
  ]));
}

function exporters(exports) {
  return card("Exporters", plainTable("Exporters", [
    column("Endpoint", (row) => row.endpoint), column("Profile", (row) => row.profile),
    number("Sent", (row) => format.whole(row.sent)), number("Waiting", (row) => format.whole(row.waiting)),
    number("Dropped", (row) => dropped(row.dropped)),
    column("State", (row) => (row.failure ? badge(row.failure, "bad") : badge("well", "good"))),
  ], exports, "Spans are sent nowhere: see ‘otlp’ in the configuration."));
}

function configuration({ file, sha256, reloads }) {
  return card("Configuration",
    facts([["File", file ?? "none: what the environment has keys for"], ["SHA-256", h("code", {}, sha256 ?? "–")]]),
    plainTable("Reloads", [
      column("When", (row) => format.time(row.at)), column("Changed", (row) => row.changed),
      column("Outcome", ({ refused }) =>
        (refused ? [badge("refused", "bad"), h("pre", {}, refused)] : badge("taken", "good"))),
    ], reloads, "Nothing has changed since the start."));
}

function dropped(count) {
  return count ? badge(format.whole(count), "bad") : "0";
}
