// The rows of the list of requests: pages of the past, and what ends just now.

import * as address from "../core/address.js";
import { get, url } from "../core/api.js";
import { announce, empty, failure, h, replace, skeleton, toast } from "../core/dom.js";
import { whole } from "../core/format.js";
import { curl } from "./first-request.js";
import { button } from "./pieces.js";

const pageLength = 200;

/** Fills a table with the requests of the address's range and filter. */
export class RequestList {
  #table;
  #signal;
  #cursor = null;
  #loading = null;
  #stream = null;
  /** What ended before the first page was here; null: it is here. */
  #early = null;

  constructor({ table, signal }) {
    this.#table = table;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.stop());
  }

  /** Asks from the beginning, and follows what ends from now on where the address says so. What is shown stays until
   *  the answer is here. */
  load() {
    this.stop();
    this.#cursor = null;
    this.#early = [];
    this.#table.element.setAttribute("aria-busy", "true");
    if (address.value("live")) this.#follow();
    this.#loadPage();
  }

  /** Asks for the next page, if there is one and it is not on its way. */
  loadMore() {
    if (this.#cursor !== null && this.#loading === null) this.#loadPage();
  }

  stop() {
    this.#loading?.abort();
    this.#loading = null;
    this.#stream?.close();
    this.#stream = null;
  }

  /** A live table lets go of its end, and with it of the place where the past goes on. */
  forgetPast() {
    this.#cursor = null;
    this.#note(`The latest ${whole(this.#table.rows.length)} are kept here. Turn off Live to see those before.`);
  }

  async #loadPage() {
    const loading = new AbortController();
    this.#loading = loading;
    if (this.#table.rows.length === 0) replace(this.#table.foot, skeleton(12));
    try {
      const parameters = address.query({ limit: pageLength, cursor: this.#cursor });
      const { data, next_cursor: next } = await get("requests", parameters, loading.signal);
      this.#cursor = next;
      this.#add(data);
      this.#showEnd();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#cursor = null;
      if (this.#early) this.#add([]);
      replace(this.#table.foot, failure(error, () => this.load()));
    }
    if (this.#loading === loading) this.#loading = null;
  }

  #add(records) {
    if (!this.#early) return this.#table.append(records);
    this.#table.setRows(records);
    this.#table.prepend(this.#early);
    this.#early = null;
    this.#table.element.removeAttribute("aria-busy");
  }

  #follow() {
    if (address.value("text")) return toast("Words are searched in the past only: take out text ~ to go live.", "bad");
    this.#stream = new EventSource(url("requests/stream", new URLSearchParams(address.filters())));
    this.#stream.addEventListener("message", (event) => {
      const record = JSON.parse(event.data);
      if (this.#early) return this.#early.push(record);
      if (this.#table.rows.length === 0) replace(this.#table.foot);
      this.#table.prepend([record]);
    });
    this.#stream.addEventListener("error", ({ target }) => {
      if (target.readyState === EventSource.CLOSED) toast("The live connection ended: turn Live off and on.", "bad");
      else announce("The live connection was lost; trying again.");
    });
  }

  #showEnd() {
    const { length } = this.#table.rows;
    if (length === 0) this.#showNone();
    else if (this.#cursor === null) this.#note(length === 1 ? "1 request" : `All ${whole(length)} requests`);
    else replace(this.#table.foot);
  }

  #note(text) {
    replace(this.#table.foot, h("p", { class: "data-note" }, text));
  }

  async #showNone() {
    const { foot } = this.#table;
    if (address.filters().length > 0) {
      return replace(foot, empty("No request fits", "Take a term out of the filter, or look at more time. ",
        button("Clear the filter", () => address.setFilters([]))));
    }
    const { listen } = await get("config", {}, this.#signal).catch(() => ({ listen: `${location.hostname}:8080` }));
    if (this.#table.rows.length > 0) return;
    replace(foot, empty("No requests in this time",
      h("p", {}, "Look at more time, or send one with a key of ", h("code", {}, "headgate keys create"), "."),
      h("pre", { class: "code", tabindex: 0 }, curl(listen))));
  }
}
