// Providers and their targets: whether they serve, what they have left, how they did.

import { areaChart, heatMap, lineChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, h, replace, toast } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import * as range from "../core/range.js";
import { ask as confirm } from "../parts/ask.js";
import { badge, button, card, link, meter } from "../parts/pieces.js";
import { column, number, plainTable } from "../parts/plain-table.js";
import { Plot } from "../parts/plot.js";
import { openRequests, requestsLink } from "../parts/request-link.js";
import { errorRate, requestsOf } from "../parts/sum-rows.js";
import { stepsIn, valuesOf } from "../parts/sum-steps.js";

export const title = "Providers";

export function mount({ root, signal, session }) {
  const plots = measures.map(() => new Plot());
  const [above, below] = [h("div", { class: "stack" }), h("div")];
  const charts = h("div", { class: "grid-2" }, plots.map((plot) => plot.element));
  const all = h("div", { class: "stack" }, above, charts, below);
  const update = loading(root, signal, ask, ({ providers, state, metrics, step, fallbacks }) => {
    if (!providers.data.length) return replace(root, noProvider());
    replace(above, providerTable(providers.data), targets(state, session, () => update()), headroom(providers.data));
    showCharts(plots, metrics, step);
    replace(below, fallbackTable(fallbacks.data));
    if (!all.isConnected) replace(root, all);
  });
  return { update };
}

async function ask(signal) {
  const { step } = range.current();
  const [providers, state, metrics, fallbacks] = await Promise.all([
    api.get("providers", {}, signal), api.get("state", {}, signal),
    api.get("metrics", address.query({ by: "provider", step, tz: range.zone }), signal),
    api.get("costs", address.query({ by: "fallback,error_code" }), signal),
  ]);
  return { providers, state, metrics, step, fallbacks };
}

function noProvider() {
  return empty("No provider",
    "Name one under ‘providers’ in the configuration, or set its key in the environment.");
}

// MARK: Providers and their targets

function providerTable(providers) {
  return card("Providers", plainTable("Providers", [
    column("Name", ({ name }) => link(requestsLink([["provider", name]]), name)),
    column("Kind", (row) => row.kind), column("Address", (row) => row.origin), column("Region", (row) => row.region),
    number("Keys", (row) => row.keys),
    number("Connections", (row) => `${row.connections_used ?? 0} used, ${row.connections_idle ?? 0} idle`),
    number("Waiting for one", (row) => row.waiting ?? 0),
  ], providers));
}

function targets(state, session, again) {
  const rows = state.models.flatMap((model) => model.targets.map((target) => ({ ...target, pattern: model.name })));
  const columns = [
    column("Model", (row) => row.pattern), column("Target", (row) => row.id), column("State", targetState),
    number("Running", (row) => row.in_flight), number("Takes at a time", (row) => row.limit ?? "any"),
    number("Waiting", (row) => Object.values(row.waiting).reduce((sum, count) => sum + count, 0)),
    number("Weight", (row) => row.weight), number("Priority", (row) => row.priority),
    column("When", (row) => row.when && h("code", {}, row.when)),
  ];
  if (session.can("operator")) columns.push(column("", (row) => drainButton(row, again)));
  return card("Targets", plainTable("Targets", columns, rows), drainedOthers(state, rows));
}

function targetState(row) {
  if (row.drained) return badge("drained", "warn");
  if (row.ejected) return badge(`breaker open for ${format.duration(row.ejected_for_ms)}`, "bad");
  if (row.drained_models?.length) return badge(`drained for ${row.drained_models.join(", ")}`, "warn");
  return badge("serving", "good");
}

function drainButton(row, again) {
  const change = async (verb) => {
    await api.send("POST", `targets/${encodeURIComponent(row.id)}/${verb}`);
    toast(verb === "drain" ? `${row.id} gets no new calls.` : `${row.id} serves again.`);
    again();
  };
  const drain = () => confirm({
    title: `Drain ${row.id}`, button: "Drain", isDanger: true, act: () => change("drain"),
    text: "New calls go to other targets; those that run end. The audit log names you.",
  });
  const undrain = () => change("undrain").catch((error) => toast(error.message, "bad"));
  const more = { data: { focus: `drain ${row.pattern} ${row.id}` } };
  return row.drained ? button("Undrain", undrain, "", more) : button("Drain", drain, "", more);
}

/** Targets that are drained and not in the configuration. */
function drainedOthers(state, rows) {
  const others = state.drained.filter(({ target }) => !rows.some((row) => row.id === target));
  return others.length > 0 && h("p", { class: "muted" }, "Also drained: ",
    others.map(({ target, by }) => `${target} (by ${by})`).join(", "));
}

// MARK: What is left, and what was

const units = { input_tokens: "input tokens", output_tokens: "output tokens" };

function headroom(providers) {
  const rows = providers.flatMap(({ name, limits }) => limits.map((level) => ({ ...level, provider: name })));
  return card("Rate limits, as the providers tell them", plainTable("Rate limits", [
    column("Provider", (row) => row.provider), number("Key", (row) => row.key ?? "–"),
    column("Model", (row) => row.model), column("Of", (row) => units[row.unit] ?? row.unit),
    number("Left", ({ remaining, limit }) =>
      `${format.count(remaining)}${limit ? ` of ${format.count(limit)}` : ""}`),
    column("Used", (row) => row.limit > 0 && meter(1 - row.remaining / row.limit)),
    number("Full again in", (row) => format.duration(row.resets_in_ms)),
  ], rows, "No provider has told of its limits yet."));
}

/** What the charts show of each provider. `missing`: what a step without calls has. */
const measures = [
  { title: "Requests", make: areaChart, read: requestsOf, format: format.count, missing: 0 },
  { title: "Error rate", make: heatMap, read: errorRate, format: format.percent, missing: null },
  { title: "Latency, p95", make: lineChart, read: (row) => row.duration_ms?.p95, format: format.duration,
    missing: null },
  { title: "First token, p95", make: lineChart, read: (row) => row.time_to_first_token_ms?.p95,
    format: format.duration, missing: null },
];

function showCharts(plots, answer, step) {
  const { times, until } = stepsIn(answer, step);
  const names = [...new Set(answer.data.map((row) => row.provider))].filter(Boolean).sort();
  const rows = names.map((name) => answer.data.filter((row) => row.provider === name));
  measures.forEach(({ title, make, read, format, missing }, place) => plots[place].show(make, {
    title, times, until, format, onZoom: range.zoom, emptyText: "No call in this time",
    ...seriesOf(names, names.map((_, index) => valuesOf(rows[index], times, read, missing))),
    onPick: (name, from, to) => openRequests(name ? [["provider", name]] : [], from, to),
  }));
}

/** In the words of charts of lines and of heat maps. */
function seriesOf(names, values) {
  return { series: names.map((name, index) => ({ name, values: values[index] })), rows: names, values };
}

function fallbackTable(rows) {
  return card("Fallbacks taken", plainTable("Fallbacks", [
    column("Kind", ({ fallback }) => link(requestsLink([["fallback", fallback]]), fallback)),
    column("Error in the end", (row) => row.error_code || "none"),
    number("Requests", (row) => format.whole(row.requests)), number("Cost", (row) => format.usd(row.cost_usd)),
  ], rows.filter((row) => row.fallback), "None in this time."));
}
