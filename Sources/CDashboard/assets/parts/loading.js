// Asks the API for what a page shows. What is there stays while new data are on their way.

import { failure, h, replace, skeleton } from "../core/dom.js";

/** `load(signal)` asks, `show(answer)` fills `content`. Grey bars stand there until the first answer, if that takes a
 *  while. `element` holds the content, and above it what failed. */
export class Loading {
  #options;
  #notice = h("div");
  #running = null;

  constructor(options) {
    this.#options = options;
    this.content = h("div", { class: "loaded" }, h("div", { class: "late" }, skeleton(1, "strip"), skeleton(2, "chart")));
    this.element = h("div", { class: "loaded" }, this.#notice, this.content);
  }

  /** Asks for what the address says now; an answer to what it said before no longer counts. */
  async start() {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    try {
      const answer = await this.#options.load(AbortSignal.any([running.signal, this.#options.signal]));
      if (this.#running !== running || this.#options.signal.aborted) return;
      replace(this.#notice);
      this.#options.show(answer);
    } catch (error) {
      if (error.name === "AbortError" || this.#running !== running) return;
      this.content.querySelector(".late")?.remove();
      replace(this.#notice, failure(error, () => this.start()));
    }
    this.#running = null;
  }

  /** Asks again, unless an answer is being waited for. */
  refresh() {
    if (!this.#running) this.start();
  }
}
