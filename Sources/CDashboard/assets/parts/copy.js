// Puts texts on the clipboard.

import { h, toast } from "../core/dom.js";

/** A button that copies what `text()` gives then. */
export function copyButton(title, text) {
  return h("button", { class: "button small", type: "button", on: { click: () => copy(text()) } }, title);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser did not allow copying; it does so over https and on this machine.", "bad");
  }
}
