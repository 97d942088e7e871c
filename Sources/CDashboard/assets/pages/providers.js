import { areaChart, lineChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, h, replace, toast } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import * as range from "../core/range.js";
import { ask } from "../parts/ask.js";
import { meter, plainTable } from "../parts/plain-table.js";

export const title = "Providers";

export function mount({ root, signal, session }) {
  replace(root);
  const question = () => {
    const time = range.current();
    return Promise.all([
      api.get("providers", {}, signal), api.get("state", {}, signal),
      api.get("metrics", address.query({ by: "provider", step: time.step, tz: range.zone }), signal),
      api.get("costs", address.query({ by: "fallback,error_code" }), signal), time,
    ]);
  };
  const again = loading(root, signal, question, ([providers, state, metrics, fallbacks, time]) => {
    if (!providers.data.length) {
      return replace(root, empty("No provider", "Name one under ‘providers’ in the configuration, or set its key in the environment."));
    }
    replace(root, providerTable(providers.data), targets(state, session, () => again()), headroom(providers.data),
      charts(metrics.data, time), fallbackTable(fallbacks.data));
  });
  return { update: again };
}

// MARK: Providers and their targets

function providerTable(providers) {
  return h("section", { class: "card" }, h("h2", {}, "Providers"), plainTable("Providers", [
    { title: "Name", cell: (row) => h("a", { href: address.link("/requests", { provider: row.name }) }, row.name) },
    { title: "Kind", cell: (row) => row.kind }, { title: "Address", cell: (row) => row.origin },
    { title: "Region", cell: (row) => row.region }, { title: "Keys", number: true, cell: (row) => row.keys },
    { title: "Connections", number: true, cell: (row) => `${row.connections_used ?? 0} used, ${row.connections_idle ?? 0} idle` },
    { title: "Waiting for one", number: true, cell: (row) => row.waiting ?? 0 },
  ], providers));
}

function targets(state, session, again) {
  const rows = state.models.flatMap((model) => model.targets.map((target) => ({ ...target, pattern: model.name })));
  const columns = [
    { title: "Model", cell: (row) => row.pattern }, { title: "Target", cell: (row) => row.id },
    { title: "State", cell: targetState }, { title: "Running", number: true, cell: (row) => row.in_flight },
    { title: "Takes at a time", number: true, cell: (row) => row.limit ?? "any" },
    { title: "Waiting", number: true, cell: (row) => Object.values(row.waiting).reduce((sum, count) => sum + count, 0) },
    { title: "Weight", number: true, cell: (row) => row.weight }, { title: "Priority", number: true, cell: (row) => row.priority },
    { title: "When", cell: (row) => (row.when ? h("code", {}, row.when) : "") },
  ];
  if (session.can("operator")) columns.push({ title: "", cell: (row) => drainButton(row, again) });
  return h("section", { class: "card" }, h("h2", {}, "Targets"), plainTable("Targets", columns, rows), drainedOthers(state, rows));
}

function targetState(row) {
  if (row.drained) return h("span", { class: "badge warn" }, "drained");
  if (row.ejected) return h("span", { class: "badge bad" }, `breaker open for ${format.duration(row.ejected_for_ms)}`);
  const some = row.drained_models?.length;
  return h("span", { class: some ? "badge warn" : "badge good" }, some ? `drained for ${row.drained_models.join(", ")}` : "serving");
}

function drainButton(row, again) {
  const change = async (verb) => {
    await api.send("POST", `targets/${encodeURIComponent(row.id)}/${verb}`);
    toast(verb === "drain" ? `${row.id} gets no new calls.` : `${row.id} serves again.`);
    again();
  };
  const drain = () => ask({
    title: `Drain ${row.id}`, button: "Drain", isDanger: true, act: () => change("drain"),
    text: "New calls go to other targets; those that run end. The audit log names you.",
  });
  const undrain = () => change("undrain").catch((error) => toast(error.message, "bad"));
  return h("button", { class: "button", type: "button", on: { click: row.drained ? undrain : drain } },
    row.drained ? "Undrain" : "Drain");
}

/** Targets that are drained and not in the configuration. */
function drainedOthers(state, rows) {
  const others = state.drained.filter(({ target }) => !rows.some((row) => row.id === target));
  return others.length > 0 && h("p", { class: "muted" }, "Also drained: ", others.map(({ target, by }) => `${target} (by ${by})`).join(", "));
}

// MARK: What is left, and what was

const units = { requests: "requests", tokens: "tokens", input_tokens: "input tokens", output_tokens: "output tokens" };

function headroom(providers) {
  const rows = providers.flatMap((provider) => provider.limits.map((level) => ({ ...level, provider: provider.name })));
  return h("section", { class: "card" }, h("h2", {}, "Rate limits, as the providers tell them"), plainTable("Rate limits", [
    { title: "Provider", cell: (row) => row.provider }, { title: "Key", number: true, cell: (row) => row.key ?? "–" },
    { title: "Model", cell: (row) => row.model }, { title: "Of", cell: (row) => units[row.unit] ?? row.unit },
    { title: "Left", number: true, cell: (row) => `${format.count(row.remaining)}${row.limit ? ` of ${format.count(row.limit)}` : ""}` },
    { title: "Used", cell: (row) => (row.limit ? meter(1 - row.remaining / row.limit) : "") },
    { title: "Full again in", number: true, cell: (row) => format.duration(row.resets_in_ms) },
  ], rows, "No provider has told of its limits yet."));
}

function charts(rows, time) {
  const times = range.steps(rows, time);
  const names = [...new Set(rows.map((row) => row.provider))].filter(Boolean).sort();
  const series = (value, gap) => names.map((name) => {
    const points = new Map(rows.filter((row) => row.provider === name).map((row) => [Date.parse(row.step), value(row)]));
    return { name, values: times.map((at) => points.get(at) ?? gap) };
  });
  const common = {
    times, until: time.to, onZoom: range.zoom, emptyText: "No call in this time",
    onPick: (name, from, to) => address.go(address.link("/requests",
      { since: range.iso(from), until: range.iso(to), ...(name && { provider: name }) })),
  };
  const card = (chart) => h("div", { class: "card" }, chart);
  return h("div", { class: "grid-2" },
    card(areaChart({ ...common, title: "Requests", series: series((row) => row.requests, 0), format: format.count })),
    card(lineChart({ ...common, title: "Error rate", format: format.percent,
      series: series((row) => (row.requests ? row.errors / row.requests : null), null) })),
    card(lineChart({ ...common, title: "Latency, p95", format: format.duration,
      series: series((row) => row.duration_ms?.p95 ?? null, null) })),
    card(lineChart({ ...common, title: "First token, p95", format: format.duration,
      series: series((row) => row.time_to_first_token_ms?.p95 ?? null, null) })));
}

function fallbackTable(rows) {
  const taken = rows.filter((row) => row.fallback);
  return h("section", { class: "card" }, h("h2", {}, "Fallbacks taken"), plainTable("Fallbacks", [
    { title: "Kind", cell: (row) => h("a", { href: address.link("/requests", { fallback: row.fallback }) }, row.fallback) },
    { title: "Error in the end", cell: (row) => row.error_code || "none" },
    { title: "Requests", number: true, cell: (row) => format.whole(row.requests) },
    { title: "Cost", number: true, cell: (row) => format.usd(row.cost_usd) },
  ], taken, "None in this time."));
}
