// What the overview shows where there is nothing to show.

import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { empty, h } from "../core/dom.js";
import { day } from "../core/format.js";
import { current, presets, span } from "../core/range.js";
import { copyButton } from "./copy.js";
import { button } from "./pieces.js";
import { requestsOf } from "./sum-rows.js";
import { total } from "./sum-steps.js";

const pause = 3000;
const longest = presets.at(-1)[0];

/** What there is in any time: how many requests, the day of the last one, and the gateway's address. */
export async function lookBack(signal) {
  const [past, { listen }] = await Promise.all([everything(signal), get("config", {}, signal)]);
  return { ...past, listen };
}

async function everything(signal) {
  const { data } = await get("costs", { since: longest, step: "day" }, signal);
  return { requests: total(data, requestsOf), last: data.at(-1)?.step };
}

/** Says why there is nothing to see in this time, and what to do about it. `onFirst()`: the first request has come. */
export function nothingHere({ requests, last, listen }, signal, onFirst) {
  if (requests > 0) return otherTime(last);
  waitForFirst(signal, onFirst);
  return firstCall(listen);
}

function otherTime(last) {
  const isFiltered = address.filters().length > 0;
  const longer = longerRange(Date.parse(last));
  const title = isFiltered ? "No request fits the filter in this time" : "No requests in this time";
  return h("div", { class: "card" }, empty(title,
    h("p", {}, `The last request of any kind is of ${day(last)}.`),
    h("div", { class: "row" },
      longer && button(`Show the last ${longer[1]}`, () => address.set({ since: longer[0], until: null, live: null })),
      isFiltered && button("Remove the filter", () => address.setFilters([])))));
}

/** The shortest of the offered times that is longer than this one and holds the last day with requests. */
function longerRange(last) {
  const { from, to } = current();
  return presets.find(([text]) => span(text) > to - from && Date.now() - span(text) <= last);
}

function firstCall(listen) {
  const command = curl(listen);
  return h("section", { class: "card first-request" },
    h("h2", {}, "Send the first request"),
    h("p", {}, "Nothing has gone through this gateway yet. The demo provider answers without any account:"),
    h("pre", { tabindex: 0 }, command),
    h("div", { class: "row" }, copyButton("Copy the command", () => command), h("a", { href: "/keys" }, "Make a key")),
    h("p", { class: "muted", role: "status" }, "Waiting for it; this page looks again every 3 seconds."));
}

/** A first call as a command. `listen`: the gateway's address, which is told as this browser would reach it. */
export function curl(listen) {
  const gateway = listen.replace(/^(0\.0\.0\.0|\[::\]|::)(?=:\d+$)/, location.hostname);
  return [
    `curl http://${gateway}/v1/chat/completions -H "authorization: Bearer $HEADGATE_KEY" \\`,
    `  -d '{"model":"demo/echo","messages":[{"role":"user","content":"Hello, Headgate"}]}'`,
  ].join("\n");
}

/** Looks again until there is a request. */
function waitForFirst(signal, onFirst) {
  const timer = setInterval(async () => {
    // Whether the server answers is told by the page; here it is only asked again.
    const { requests } = await everything(signal).catch(() => ({ requests: 0 }));
    if (requests === 0 || signal.aborted) return;
    clearInterval(timer);
    onFirst();
  }, pause);
  signal.addEventListener("abort", () => clearInterval(timer));
}
