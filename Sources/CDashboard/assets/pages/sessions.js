// Sessions, and the calls of one in their order.

import * as address from "../core/address.js";
import * as api from "../core/api.js";
import { empty, h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { attributedPage, figures } from "../parts/attributed.js";
import { badge, card } from "../parts/pieces.js";

export const title = "Sessions";

const turnsMax = 500;

export function mount(context) {
  return attributedPage("session", context, showSession);
}

/** One session: its figures, and its calls in their order. */
function showSession(session, root, { signal }) {
  const ask = (own) => Promise.all([
    api.get("costs", address.query(), own), api.get("requests", address.query({ limit: turnsMax }), own),
  ]);
  return loading(root, signal, ask, ([sums, page]) => {
    if (!page.data.length) return replace(root, empty("No call of this session in this time", "Take a longer time."));
    const turns = page.data.reverse();
    replace(root, sums.data[0] && figures(sums.data[0]),
      card(`${session}: ${turns.length} calls${page.next_cursor ? ", the newest" : ""}`,
        h("ol", { class: "turns" }, turns.map(turn))));
  });
}

function turn(record) {
  const isBad = record.outcome !== "ok" && record.outcome !== "client_closed";
  return h("li", {}, h("a", { href: address.link("/requests", { request: record.id }) },
    h("span", { class: "row spread" },
      h("span", { class: "muted" }, format.time(record.started_at)),
      h("span", { class: "row" }, isBad && badge(record.error_code ?? record.outcome, "bad"),
        h("span", {}, record.model ?? record.endpoint),
        h("span", { class: "muted" }, format.duration(record.duration_ms)),
        h("span", {}, format.usd(record.cost_usd)))),
    h("span", { class: "preview" }, record.request_preview ?? "(the request is not kept)"),
    h("span", { class: "preview muted" }, record.response_preview ?? "")));
}
