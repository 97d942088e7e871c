// Asking the server for what a page shows, and asking again.

import { failure, replace, skeleton } from "./dom.js";

/** Calls `ask(signal)`, then `show(answer)`. What was shown stays until the new is there; a failure takes its place.
 *  Returns a function that asks again; an answer that a later question overtook is not shown. */
export function loading(root, signal, ask, show) {
  let number = 0;
  const again = async () => {
    const own = ++number;
    try {
      const answer = await ask(signal);
      if (own === number && !signal.aborted) show(answer);
    } catch (error) {
      if (own === number && error.name !== "AbortError") replace(root, failure(error, again));
    }
  };
  setTimeout(() => number === 1 && !root.childElementCount && replace(root, skeleton(6)), 300);
  again();
  return again;
}
