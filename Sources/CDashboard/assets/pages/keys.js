import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, h, replace, toast } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { ask, tell } from "../parts/ask.js";
import { meter, plainTable } from "../parts/plain-table.js";

export const title = "Keys and limits";

export function mount({ root, tools, signal, session }) {
  replace(root);
  const question = () => Promise.all([
    api.get("keys", {}, signal), api.get("limits", {}, signal), api.get("costs", address.query({ by: "key" }), signal),
  ]);
  const again = loading(root, signal, question, ([keys, limits, costs]) => {
    const spent = new Map(costs.data.map((row) => [row.key, row]));
    replace(root, keyList(keys.data, spent, session, () => again()),
      budgets(limits.data.filter((rule) => rule.budget_usd)), rates(limits.data.filter((rule) => rule.limits.length)));
  });
  if (session.can("admin")) {
    tools.prepend(h("button", { class: "button primary", type: "button", on: { click: () => create(again) } }, "New key"));
  }
  return { update: again };
}

// MARK: Keys

function keyList(keys, spent, session, again) {
  const live = keys.filter((key) => !key.revoked_at);
  const ended = keys.filter((key) => key.revoked_at);
  const columns = keyColumns(spent);
  if (session.can("admin")) columns.push({ title: "", cell: (key) => actions(key, again) });
  return h("section", { class: "card" }, h("h2", {}, `${live.length} keys`),
    live.length ? plainTable("Keys", columns, live)
      : empty("No key yet", h("p", {}, "A client needs one."), h("pre", {}, "headgate keys create --name app")),
    ended.length > 0 && h("details", {}, h("summary", {}, `${ended.length} revoked`),
      plainTable("Revoked keys", keyColumns(spent), ended)));
}

function keyColumns(spent) {
  const row = (key) => spent.get(key.name);
  return [
    { title: "Name", cell: (key) => h("a", { href: address.link("/requests", { key: key.name }) }, key.name) },
    { title: "Project", cell: (key) => key.project },
    { title: "Models", cell: (key) => key.models.join(", ") },
    { title: "May", cell: (key) => key.permissions.join(", ") },
    { title: "Tags", cell: (key) => Object.entries(key.tags).map(([name, value]) => h("span", { class: "chip" }, `${name} = ${value}`)) },
    { title: "Requests", number: true, cell: (key) => format.whole(row(key)?.requests ?? 0) },
    { title: "Spent", number: true, cell: (key) => format.usd(row(key)?.cost_usd ?? 0) },
    { title: "Ends", cell: (key) => (key.expires_at ? expiry(key.expires_at) : "never") },
    { title: "From", cell: (key) => (key.origin === "store" ? format.ago(key.created_at) : "configuration") },
  ];
}

function expiry(time) {
  const isOver = new Date(time) < new Date();
  return h("span", { class: isOver ? "badge bad" : null }, isOver ? `ended ${format.day(time)}` : format.day(time));
}

function actions(key, again) {
  if (key.origin !== "store") return h("span", { class: "muted small" }, "changed in the file");
  const path = `keys/${encodeURIComponent(key.id)}`;
  const rotate = async () => {
    const made = await api.send("POST", `${path}/rotate`);
    showToken(made, "The old token is good for 24 hours more.");
    again();
  };
  const revoke = async () => {
    await api.send("DELETE", path);
    toast(`The key ${key.name} is revoked.`);
    again();
  };
  return h("div", { class: "row" },
    button("Rotate", () => ask({ title: `Rotate ${key.name}`, button: "Rotate", act: rotate,
      text: "A new token is made and shown once. The old one is good for 24 hours more." })),
    button("Revoke", () => ask({ title: `Revoke ${key.name}`, button: "Revoke", isDanger: true, act: revoke,
      text: "Calls with this key are refused from now on. This cannot be taken back." })));
}

function button(text, click) {
  return h("button", { class: "button", type: "button", on: { click } }, text);
}

function create(again) {
  const field = (label, name, more = {}) => h("label", {}, label, h("input", { name, autocomplete: "off", ...more }));
  const act = async (form) => {
    const body = { name: form.get("name"), project: form.get("project") || "default" };
    body.models = list(form.get("models"));
    body.permissions = form.getAll("permissions");
    if (form.get("expires")) body.expires = form.get("expires");
    if (form.get("feature")) body.tags = { feature: form.get("feature") };
    showToken(await api.send("POST", "keys", body));
    again();
  };
  ask({
    title: "New key", button: "Make it", act,
    fields: [
      field("Name", "name", { required: true, maxlength: 64 }), field("Project", "project", { placeholder: "default" }),
      field("Models, separated by commas; a trailing * stands for any rest", "models", { value: "*", required: true }),
      field("Feature, set on every call", "feature"), field("Ends on", "expires", { type: "date" }), permissions(),
    ],
  });
}

function permissions() {
  return h("fieldset", { class: "row" }, h("legend", { class: "small muted" }, "May"),
    ["infer", "feedback", "ingest", "passthrough"].map((name, place) => h("label", { class: "check" },
      h("input", { type: "checkbox", name: "permissions", value: name, checked: place < 2 }), name)));
}

function list(text) {
  return text.split(",").map((part) => part.trim()).filter(Boolean);
}

function showToken({ name, token }, note) {
  const copy = async () => {
    await navigator.clipboard.writeText(token);
    toast("Copied.");
  };
  tell(`The token of ${name}`, h("p", {}, "It is shown once: copy it now."), h("pre", { class: "token" }, token),
    note && h("p", { class: "muted" }, note), h("p", {}, button("Copy", copy)));
}

// MARK: Limits and budgets

function budgets(rules) {
  return h("section", { class: "card" }, h("h2", {}, "Budgets"), plainTable("Budgets", [
    { title: "Name", cell: (rule) => rule.name },
    { title: "Per", cell: (rule) => rule.per.join(", ") || "all together" },
    { title: "Spent", number: true, cell: (rule) => format.usd(rule.spent_usd) },
    { title: "Of", number: true, cell: (rule) => format.usd(rule.budget_usd) },
    { title: "Used", cell: (rule) => budgetMeter(rule) },
    { title: "Told at", number: true, cell: (rule) => (rule.soft_usd ? format.usd(rule.soft_usd) : "–") },
    { title: "Then", cell: (rule) => (rule.downgrade ? `calls go on with ${rule.downgrade}` : "calls are refused") },
    { title: "Begins anew", cell: (rule) => (rule.period_ends_at ? format.moment(rule.period_ends_at) : "–") },
  ], rules, "No budget is configured: see ‘budgets’ in the configuration."), valueLists(rules, (state) =>
    `${format.usd(state.spent_usd)}${Number(state.reserved_usd) ? ` and ${format.usd(state.reserved_usd)} reserved` : ""}`));
}

function budgetMeter(rule) {
  const most = rule.per.length ? Math.max(0, ...rule.states.map((state) => Number(state.spent_usd))) : Number(rule.spent_usd);
  return meter(most / Number(rule.budget_usd), rule.soft_usd ? rule.soft_usd / rule.budget_usd : 0.8);
}

const unitNames = { requests: "requests", tokens: "tokens", tokens_in: "input tokens", tokens_out: "output tokens", cost_usd: "dollars" };

function rates(rules) {
  return h("section", { class: "card" }, h("h2", {}, "Limits"), plainTable("Limits", [
    { title: "Name", cell: (rule) => rule.name },
    { title: "Per", cell: (rule) => rule.per.join(", ") || "all together" },
    { title: "At most", cell: (rule) => rule.limits.map(rateText).join(", ") },
    { title: "At a time", number: true, cell: (rule) => rule.concurrency ?? "–" },
    { title: "Values", number: true, cell: (rule) => format.whole(rule.values) },
    { title: "Most used", cell: (rule) => meter(Math.max(0, ...rule.states.flatMap((state) =>
      state.used.map((used, place) => used / rule.limits[place].amount)))) },
  ], rules, "No limit is configured: see ‘limits’ in the configuration."), valueLists(rules, (state, rule) =>
    state.used.map((used, place) => `${format.count(Number(used))} of ${rateText(rule.limits[place])}`).join(", ")));
}

function rateText({ unit, amount, seconds }) {
  return `${format.count(Number(amount))} ${unitNames[unit] ?? unit} in ${format.duration(seconds * 1000)}`;
}

/** Who has used most of each rule that tells values apart. */
function valueLists(rules, text) {
  return rules.filter((rule) => rule.per.length && rule.states.length).map((rule) =>
    h("details", {}, h("summary", {}, `${rule.name}: who used most`), plainTable(rule.name, [
      { title: rule.per.join(", "), cell: (state) => state.values.join(", ") },
      { title: "Used", cell: (state) => text(state, rule) },
      { title: "Running", number: true, cell: (state) => state.running },
    ], rule.states)));
}
