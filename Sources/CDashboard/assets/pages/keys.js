// Keys of clients, and what of limits and budgets is used.

import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, h, replace, toast } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { ask as confirm } from "../parts/ask.js";
import { budgetCard } from "../parts/cost-budgets.js";
import { newKey, showToken } from "../parts/new-key.js";
import { badge, button, card, link, meter } from "../parts/pieces.js";
import { column, number, plainTable } from "../parts/plain-table.js";
import { requestsLink } from "../parts/request-link.js";

export const title = "Keys and limits";

export function mount({ root, tools, signal, session }) {
  const ask = (own) => Promise.all([
    api.get("keys", {}, own), api.get("limits", {}, own), api.get("costs", address.query({ by: "key" }), own),
  ]);
  const update = loading(root, signal, ask, ([keys, limits, costs]) => {
    const spent = new Map(costs.data.map((row) => [row.key, row]));
    replace(root, keyList(keys.data, spent, session.can("admin") && update),
      budgetCard(limits.data), rates(limits.data.filter((rule) => rule.limits.length)));
  });
  if (session.can("admin")) tools.prepend(button("New key", () => newKey(update), "primary"));
  return { update };
}

// MARK: Keys

/** `again()`: keys have changed; false where they cannot be. */
function keyList(keys, spent, again) {
  const live = keys.filter((key) => !key.revoked_at);
  const ended = keys.filter((key) => key.revoked_at);
  const columns = keyColumns(spent);
  const all = again ? [...columns, column("", (key) => actions(key, again))] : columns;
  return card(`${live.length} keys`,
    live.length ? plainTable("Keys", all, live)
      : empty("No key yet", h("p", {}, "A client needs one."), h("pre", {}, "headgate keys create --name app")),
    ended.length > 0 && h("details", {}, h("summary", {}, `${ended.length} revoked`),
      plainTable("Revoked keys", columns, ended)));
}

function keyColumns(spent) {
  return [
    column("Name", ({ name }) => link(requestsLink([["key", name]]), name)), column("Project", (key) => key.project),
    column("Models", (key) => key.models.join(", ")), column("May", (key) => key.permissions.join(", ")),
    column("Tags", (key) => Object.entries(key.tags).map(([name, value]) =>
      h("span", { class: "chip" }, `${name} = ${value}`))),
    number("Requests", (key) => format.whole(spent.get(key.name)?.requests ?? 0)),
    number("Spent", (key) => format.usd(spent.get(key.name)?.cost_usd ?? 0)),
    column("Ends", (key) => (key.expires_at ? expiry(key.expires_at) : "never")),
    column("From", (key) => (key.origin === "store" ? format.ago(key.created_at) : "configuration")),
  ];
}

function expiry(time) {
  return new Date(time) < new Date() ? badge(`ended ${format.day(time)}`, "bad") : format.day(time);
}

function actions(key, again) {
  if (key.origin !== "store") return h("span", { class: "muted small" }, "changed in the file");
  const path = `keys/${encodeURIComponent(key.id)}`;
  const rotate = async () => {
    showToken(await api.send("POST", `${path}/rotate`), "The old token is good for 24 hours more.");
    again();
  };
  const revoke = async () => {
    await api.send("DELETE", path);
    toast(`The key ${key.name} is revoked.`);
    again();
  };
  const act = (verb, options) => button(verb, () => confirm({ title: `${verb} ${key.name}`, button: verb, ...options }),
    "", { data: { focus: `${verb} ${key.id}` } });
  return h("div", { class: "row" },
    act("Rotate", { act: rotate,
      text: "A new token is made and shown once. The old one is good for 24 hours more." }),
    act("Revoke", { act: revoke, isDanger: true,
      text: "Calls with this key are refused from now on. This cannot be taken back." }));
}

// MARK: Limits

function rates(rules) {
  return card("Limits", plainTable("Limits", [
    column("Name", (rule) => rule.name), column("Per", (rule) => rule.per.join(", ") || "all together"),
    column("At most", (rule) => rule.limits.map(rateText).join(", ")),
    number("At a time", (rule) => rule.concurrency ?? "–"), number("Values", (rule) => format.whole(rule.values)),
    column("Most used", ({ states, limits }) => meter(Math.max(0, ...states.flatMap((state) =>
      state.used.map((used, place) => used / limits[place].amount))))),
  ], rules, "No limit is configured: see ‘limits’ in the configuration."), valueLists(rules));
}

function usedText({ used }, { limits }) {
  return used.map((amount, place) => `${format.count(Number(amount))} of ${rateText(limits[place])}`).join(", ");
}

const unitNames = { tokens_in: "input tokens", tokens_out: "output tokens", cost_usd: "dollars" };

function rateText({ unit, amount, seconds }) {
  return `${format.count(Number(amount))} ${unitNames[unit] ?? unit} in ${format.duration(seconds * 1000)}`;
}

/** Who has used most of each rule that tells values apart. */
function valueLists(rules) {
  return rules.filter((rule) => rule.per.length && rule.states.length).map((rule) =>
    h("details", {}, h("summary", {}, `${rule.name}: who used most`), plainTable(rule.name, [
      column(rule.per.join(", "), (state) => state.values.join(", ")),
      column("Used", (state) => usedText(state, rule)), number("Running", (state) => state.running),
    ], rule.states)));
}
