// Puts texts on the clipboard.

import { toast } from "../core/dom.js";
import { button } from "./pieces.js";

/** A button that copies what `text()` gives then. */
export function copyButton(title, text) {
  return button(title, () => copy(text()), "small");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser did not allow copying; it does so over https and on this machine.", "bad");
  }
}
