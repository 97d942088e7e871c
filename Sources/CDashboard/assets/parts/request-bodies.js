// What was asked and answered, letter by letter, and how it differs from another request.

import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { failure, h, replace, skeleton } from "../core/dom.js";
import { time } from "../core/format.js";
import { copyButton } from "./copy.js";
import { diffView } from "./diff.js";
import { code, lengthOf, pretty } from "./long-text.js";
import { button } from "./pieces.js";

const shownLength = 60_000;
const bodies = [["Request", "request_body"], ["Response", "response_body"]];

/** Both bodies of a record's JSON. */
export function rawBodies(record) {
  return h("div", {}, record.body_problem && h("p", { class: "panel-note" }, record.body_problem),
    bodies.map(([title, name]) => rawBody(title, record[name])));
}

function rawBody(title, body) {
  if (body === null || body === undefined) return h("section", { class: "raw" }, h("h4", {}, title), "Not kept.");
  const text = pretty(body);
  return h("section", { class: "raw" },
    h("div", { class: "row raw-head" }, h("h4", {}, title), h("span", {}, lengthOf(text)),
      copyButton("Copy", () => text)),
    code(text, shownLength));
}

/** The tab that compares: with the request of the address's `against`, which can be chosen here. */
export function comparison(record, signal) {
  const place = h("div", {});
  const field = h("input", { name: "id", "aria-label": "Id of the other request", placeholder: "id of another request",
    value: address.value("against", ""), autocomplete: "off", spellcheck: "false" });
  const form = h("form", { class: "row against", on: { submit: (event) => {
    event.preventDefault();
    address.set({ against: field.value.trim() }, true);
  } } }, field, h("button", { class: "button small" }, "Compare"), previousButton(record, place, signal));
  if (address.value("against")) compareWith(address.value("against"), record, place, signal);
  return h("div", {}, form, place);
}

function previousButton(record, place, signal) {
  const session = record.tags.session;
  if (!session) return null;
  return button("Previous in this session", async () => {
    try {
      const { data } = await get("requests", { session, since: "30d", until: record.started_at, limit: 1 }, signal);
      if (data.length > 0) address.set({ against: data[0].id }, true);
      else replace(place, h("p", { class: "panel-note" }, "The first request of its session in the last 30 days."));
    } catch (error) {
      if (error.name !== "AbortError") replace(place, failure(error));
    }
  }, "small");
}

async function compareWith(id, record, place, signal) {
  replace(place, skeleton(6));
  try {
    const other = await get(`requests/${encodeURIComponent(id)}`, {}, signal);
    replace(place,
      h("div", { class: "panel-note" },
        h("div", {}, `− ${other.id}, ${time(other.started_at)}`), h("div", {}, "+ this request")),
      bodies.map(([title, name]) => h("section", { class: "raw" }, h("h4", {}, title),
        diffView(comparable(other[name]), comparable(record[name])))));
  } catch (error) {
    if (error.name !== "AbortError") replace(place, failure(error, () => compareWith(id, record, place, signal)));
  }
}

/** A prompt is one line of JSON; it is broken where its own lines end, so that a changed word is not all of it. */
function comparable(body) {
  return pretty(body ?? "").replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\n/g, "\\n\n");
}
