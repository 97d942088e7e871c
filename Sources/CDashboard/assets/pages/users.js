// Users, and what one of them used.

import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { areaChart, barChart } from "../charts/charts.js";
import { empty, h, replace, toast } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import * as range from "../core/range.js";
import { ask as confirm } from "../parts/ask.js";
import { attributedPage, figures, sumColumns } from "../parts/attributed.js";
import { costBars } from "../parts/overview-top.js";
import { button, card, link } from "../parts/pieces.js";
import { column, plainTable } from "../parts/plain-table.js";
import { Plot } from "../parts/plot.js";
import { openRequests } from "../parts/request-link.js";
import { costOf } from "../parts/sum-rows.js";
import { stepsIn, valuesOf } from "../parts/sum-steps.js";

export const title = "Users";

export function mount(context) {
  return attributedPage("user", context, showUser);
}

/** One user: figures, cost over time, what it was spent on, and the sessions. */
function showUser(user, root, { signal, session }) {
  const plot = new Plot();
  const [top, rest] = [h("div"), h("div", { class: "stack" })];
  const all = h("div", { class: "stack" }, top, plot.element, rest);
  return loading(root, signal, ask, ({ sums, steps, step, facets, sessions }) => {
    if (!sums.data.length) return replace(root, empty("No call of this user in this time", "Take a longer time."));
    plot.show(areaChart, costOptions(steps, step));
    replace(top, figures(sums.data[0]));
    replace(rest, h("div", { class: "grid-2" }, ["model", "feature"].map((name) =>
      h("div", { class: "card" }, barChart(costBars(name, facets.data[name]))))),
      card("Sessions", plainTable("Sessions", sessionColumns, sessions.data.filter((row) => row.session),
        "No call of this user names its session.")),
      session.can("admin") && erasure(user));
    if (!all.isConnected) replace(root, all);
  });
}

async function ask(signal) {
  const { step } = range.current();
  const [sums, steps, facets, sessions] = await Promise.all([
    api.get("costs", address.query(), signal), api.get("costs", address.query({ step, tz: range.zone }), signal),
    api.get("facets", address.query({ names: "model,feature" }), signal),
    api.get("costs", address.query({ by: "session", top: 50 }), signal),
  ]);
  return { sums, steps, step, facets, sessions };
}

const sessionColumns = [
  column("Session", ({ session }) => link(address.link("/sessions", { user: null, session }), session)), ...sumColumns,
];

function costOptions(answer, step) {
  const { times, until } = stepsIn(answer, step);
  return {
    title: "Cost", times, until, series: [{ name: "Cost", values: valuesOf(answer.data, times, costOf) }],
    format: format.usd, onZoom: range.zoom, onPick: (_, from, to) => openRequests([], from, to),
  };
}

function erasure(user) {
  const project = address.value("project", "default");
  const act = async () => {
    const answer = await api.send("DELETE", "records", undefined, { user, project });
    toast(`${answer.erased} records are gone.`);
    address.go("/users");
  };
  const text = `Every row and body of “${user}” in the project “${project}” will be deleted for good.`;
  return h("section", { class: "card row spread" },
    h("span", { class: "muted" }, "Rows and bodies of this user can be deleted; the sums stay."),
    button("Erase this user", () =>
      confirm({ title: "Erase this user", button: "Erase for good", isDanger: true, act, text }), "danger"));
}
