import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { barChart, areaChart } from "../charts/charts.js";
import { empty, h, replace, toast } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import * as range from "../core/range.js";
import { ask } from "../parts/ask.js";
import { attributedPage, figures, sumColumns } from "../parts/attributed.js";
import { plainTable } from "../parts/plain-table.js";

export const title = "Users";

export function mount(context) {
  return attributedPage("user", context, showUser);
}

/** One user: figures, cost over time, what it was spent on, and the sessions. */
function showUser(user, root, context) {
  const { signal } = context;
  const question = () => {
    const time = range.current();
    return Promise.all([
      api.get("costs", address.query({ step: time.step, tz: range.zone }), signal),
      api.get("facets", address.query({ names: "model,feature" }), signal),
      api.get("costs", address.query({ by: "session", top: 50 }), signal), time,
    ]);
  };
  return loading(root, signal, question, ([steps, facets, sessions, time]) => {
    if (!steps.data.length) return replace(root, empty("No call of this user in this time", "Take a longer time."));
    replace(root, figures(total(steps.data)), costChart(steps.data, time),
      h("div", { class: "grid-2" }, bars("Cost by model", facets.data.model), bars("Cost by feature", facets.data.feature)),
      h("section", { class: "card" }, h("h2", {}, "Sessions"), plainTable("Sessions", sessionColumns,
        sessions.data.filter((row) => row.session), "No call of this user names its session.")),
      context.session.can("admin") && erasure(user));
  });
}

const sessionColumns = [
  { title: "Session",
    cell: (row) => h("a", { href: address.link("/sessions", { user: null, session: row.session }) }, row.session) },
  ...sumColumns,
];

function total(rows) {
  const sum = { requests: 0, errors: 0, unpriced: 0, cost_usd: 0, usage: {} };
  for (const row of rows) {
    for (const name of ["requests", "errors", "unpriced"]) sum[name] += row[name];
    sum.cost_usd += Number(row.cost_usd);
    for (const [bucket, tokens] of Object.entries(row.usage)) sum.usage[bucket] = (sum.usage[bucket] ?? 0) + tokens;
  }
  return sum;
}

function costChart(rows, time) {
  const points = new Map(rows.map((row) => [Date.parse(row.step), Number(row.cost_usd)]));
  const times = range.steps(rows, time);
  return h("div", { class: "card" }, areaChart({
    title: "Cost", times, until: time.to, series: [{ name: "Cost", values: times.map((at) => points.get(at) ?? 0) }],
    format: format.usd, onZoom: range.zoom,
    onPick: (_, from, to) => address.go(address.link("/requests", { since: range.iso(from), until: range.iso(to) })),
  }));
}

function bars(name, values) {
  return h("div", { class: "card" }, barChart({
    title: name, format: format.usd, emptyText: "Nothing in this time",
    bars: values.slice(0, 10).map((row) => ({ name: row.value || "(none)", value: Number(row.cost_usd ?? 0) })),
  }));
}

function erasure(user) {
  const act = async () => {
    const answer = await api.send("DELETE", "records", undefined, { user, project: address.value("project", "default") });
    toast(`${answer.erased} records are gone.`);
    address.go("/users");
  };
  return h("section", { class: "card row spread" },
    h("span", { class: "muted" }, "Rows and bodies of this user can be deleted; the sums stay."),
    h("button", { class: "button danger", type: "button", on: { click: () => ask({
      title: "Erase this user", button: "Erase for good", isDanger: true, act,
      text: `Every row and body of “${user}” will be deleted, and cannot be had back.`,
    }) } }, "Erase this user"));
}
