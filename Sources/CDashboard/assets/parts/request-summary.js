// The head of a request's panel: what it was, in a line of figures.

import { plainLink } from "../core/address.js";
import { h } from "../core/dom.js";
import { count, duration, time, usd } from "../core/format.js";
import { copyButton } from "./copy.js";
import { badge } from "./pieces.js";
import { tokensIn, tokensOut } from "./sum-rows.js";

/** How a request ended, as a badge. */
export function outcomeBadge({ outcome, status }) {
  const kind = { ok: "good", client_closed: "warn", truncated: "warn" }[outcome] ?? "bad";
  const text = outcome === "ok" ? String(status) : `${status} ${outcome.replaceAll("_", " ")}`;
  return badge(text, kind);
}

/** Title, figures and what can be done with a request. */
export function summary(record) {
  return h("div", { class: "panel-summary" },
    h("div", { class: "row panel-title" }, outcomeBadge(record),
      h("bdi", { class: "panel-model" }, record.model ?? "no model"),
      record.provider && h("bdi", { class: "panel-provider" }, record.provider),
      h("time", { datetime: record.started_at }, time(record.started_at))),
    record.error_message && h("p", { class: "panel-error" }, record.error_message),
    h("dl", { class: "panel-figures" },
      figure("Cost", usd(record.cost_usd)), figure("Latency", duration(record.duration_ms)),
      figure("First token", duration(record.time_to_first_token_ms)),
      figure("Tokens", `${count(tokensIn(record))} in, ${count(tokensOut(record))} out`)),
    h("div", { class: "row" },
      copyButton("Copy as curl", () => curl(record)), copyButton("Copy id", () => record.id),
      pageLink("Open trace", `/traces/${encodeURIComponent(record.trace_id)}`),
      record.tags.session && pageLink("Open session", "/sessions", { session: record.tags.session })));
}

function pageLink(title, path, parameters) {
  return h("a", { class: "button small", href: plainLink(path, parameters) }, title);
}

function figure(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

/** The call as a command. Its key is a variable: a copied command ends up in chats and tickets. */
function curl(record) {
  const path = record.endpoint.replace("{model}", encodeURIComponent(record.model ?? ""));
  const lines = [`curl "$HEADGATE_URL"${quoted(path)}`, `-H "authorization: Bearer $HEADGATE_KEY"`];
  const body = record.request_body ?? null;
  if (body !== null) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    lines.push("-H 'content-type: application/json'", `-d ${quoted(text)}`);
  }
  return lines.join(" \\\n  ");
}

/** A word of the shell that stands for exactly this text. */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
