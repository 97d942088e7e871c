// Asking the server for what a page shows, and asking again.

import { failure, keepPlace, replace, skeleton } from "./dom.js";

/** Calls `ask(signal)`, then `show(answer)`. What was shown stays until the new is there; a failure stands above it.
 *  Returns a function that asks again: at once where the address has changed, which makes the answer that is on its
 *  way worthless, else when that is here, so that a slow server shows something as well. */
export function loading(root, signal, ask, show) {
  let running = null;
  const again = async () => {
    if (running?.address === location.href) {
      running.isWantedAgain = true;
      return;
    }
    running?.aborter.abort();
    const own = { address: location.href, aborter: new AbortController(), isWantedAgain: false };
    running = own;
    try {
      const answer = await ask(AbortSignal.any([signal, own.aborter.signal]));
      if (own === running && !signal.aborted) draw(root, () => show(answer));
    } catch (error) {
      if (own === running && error.name !== "AbortError") tellFailure(root, failure(error, again));
    }
    if (own !== running || signal.aborted) return;
    running = null;
    if (own.isWantedAgain) again();
  };
  if (!root.childElementCount) replace(root, skeleton(6));
  again();
  return again;
}

function draw(root, show) {
  root.querySelector(":scope > .failure")?.remove();
  keepPlace(root, show);
}

function tellFailure(root, note) {
  root.querySelector(":scope > .failure")?.remove();
  if (root.querySelector(":scope > :not(.skeleton)")) root.prepend(note);
  else replace(root, note);
}
