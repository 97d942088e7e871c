// The dialog that makes a key, and the one that shows its token.

import * as api from "../core/api.js";
import { h } from "../core/dom.js";
import { ask, tell } from "./ask.js";
import { copyButton } from "./copy.js";

/** Asks what the key is to be and makes it. `onMade()`: it is there. */
export function newKey(onMade) {
  const act = async (form) => {
    showToken(await api.send("POST", "keys", keyOf(form)));
    onMade();
  };
  ask({
    title: "New key", button: "Make it", act,
    fields: [
      field("Name", "name", { required: true, maxlength: 64 }), field("Project", "project", { placeholder: "default" }),
      field("Models, separated by commas; a trailing * stands for any rest", "models", { value: "*", required: true }),
      field("Feature, set on every call", "feature"), field("Ends on", "expires", { type: "date" }), permissions(),
    ],
  });
}

function keyOf(form) {
  const [feature, expires] = [form.get("feature"), form.get("expires")];
  return {
    name: form.get("name"), project: form.get("project") || "default",
    models: form.get("models").split(",").map((part) => part.trim()).filter(Boolean),
    permissions: form.getAll("permissions"), ...(expires && { expires }), ...(feature && { tags: { feature } }),
  };
}

function field(label, name, more = {}) {
  return h("label", {}, label, h("input", { name, autocomplete: "off", ...more }));
}

function permissions() {
  return h("fieldset", { class: "row" }, h("legend", { class: "small muted" }, "May"),
    ["infer", "feedback", "ingest", "passthrough"].map((name, place) => h("label", { class: "check" },
      h("input", { type: "checkbox", name: "permissions", value: name, checked: place < 2 }), name)));
}

/** Shows a token, which is never shown again. */
export function showToken({ name, token }, note) {
  tell(`The token of ${name}`, h("p", {}, "It is shown once: copy it now."), h("pre", { class: "token" }, token),
    note && h("p", { class: "muted" }, note), h("p", {}, copyButton("Copy", () => token)));
}
