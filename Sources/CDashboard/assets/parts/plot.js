// A place for a chart that may be of another kind the next time.

import { h, replace } from "../core/dom.js";

/** A card with a chart; `tools` stand in the corner above it. */
export class Plot {
  #make = null;
  #figure = null;
  #place = h("div");

  constructor(...tools) {
    this.element = h("section", { class: "card plot" }, tools.length > 0 && h("div", { class: "plot-tools" }, tools),
      this.#place);
  }

  /** Shows these options with `make`, one of the kinds of charts. */
  show(make, options) {
    if (this.#make === make) return this.#figure.update(options);
    this.#make = make;
    this.#figure = make(options);
    replace(this.#place, this.#figure);
    this.element.setAttribute("aria-label", options.title);
  }
}
