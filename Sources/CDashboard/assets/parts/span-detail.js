// Everything about one span of a trace.

import { h } from "../core/dom.js";
import * as format from "../core/format.js";
import { pretty } from "./long-text.js";
import { facts } from "./pieces.js";
import { tokensOf } from "./sum-rows.js";

/** Whether it failed; a client that left is no failure. */
export function isBad({ error, outcome }) {
  return Boolean(error) || Boolean(outcome && outcome !== "ok" && outcome !== "client_closed");
}

/** The elements that tell of a span. */
export function spanDetail(span) {
  return [
    h("h2", {}, span.name),
    facts([
      ["Kind", span.kind], ["Began", format.time(span.started_at)], ["Took", format.duration(span.duration_ms)],
      ["Outcome", span.outcome], ["Error", span.error ?? span.error_code], ["Model", span.model],
      ["User", span.user], ["Session", span.session], ["Cost, with all below", format.usd(span.subtree.cost_usd)],
      ["Tokens, with all below", format.whole(tokensOf(span.subtree))], ["Span", span.span_id],
      ["Parent", span.parent_span_id],
    ]),
    span.request_id && h("p", {},
      h("a", { class: "button", href: `/requests?request=${span.request_id}` }, "The whole call")),
    text("Question", span.request_preview), text("Answer", span.response_preview),
    text("Attributes", span.attributes && pretty(span.attributes)),
  ];
}

function text(name, content) {
  return content ? [h("h3", {}, name), h("pre", {}, content)] : null;
}
