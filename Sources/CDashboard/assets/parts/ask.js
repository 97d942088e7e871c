// Dialogs that ask before something is done.

import { failure, h, replace } from "../core/dom.js";
import { button } from "./pieces.js";

/** A dialog with a form. `fields`: labels with inputs. `act(form)` is called on its button; the dialog closes when it
 *  is done, and shows why it was not. */
export function ask({ title, text, fields = [], button: verb, isDanger = false, act }) {
  const problem = h("div");
  const form = h("form", { class: "form", method: "dialog" }, text && h("p", {}, text), fields, problem,
    h("div", { class: "row" },
      button("Cancel", () => dialog.close()),
      h("button", { class: isDanger ? "button danger" : "button primary" }, verb)));
  const dialog = h("dialog", { "aria-label": title }, h("h2", {}, title), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await act(new FormData(form));
      dialog.close();
    } catch (error) {
      replace(problem, failure(error));
    }
  });
  show(dialog);
}

/** A dialog that tells something. */
export function tell(title, ...children) {
  show(h("dialog", { "aria-label": title }, h("h2", {}, title), children,
    h("form", { method: "dialog", class: "row" }, h("button", { class: "button primary" }, "Close"))));
}

/** Shows a dialog, which is gone when it is closed. */
export function show(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
