// One field from which every page and every action can be reached.

import * as address from "../core/address.js";
import { h, replace } from "../core/dom.js";
import { presets } from "../core/range.js";
import { show } from "./ask.js";
import { showHelp } from "./keyboard.js";
import { toggleTheme } from "./theme.js";

/** Opens the palette over the page. */
export function openPalette(pages) {
  if (document.querySelector("dialog[open]")) return;
  const entries = [
    ...pages.filter(([, , key]) => key)
      .map(([path, module, key]) => [module.title, `g ${key}`, () => address.go(path)]),
    ...presets.map(([since, text]) => [`Show the last ${text}`, "", () => address.set({ since, until: null })]),
    ["Dark or light", "d", toggleTheme], ["List the keys", "?", showHelp],
  ];
  const list = h("ul", { role: "listbox", id: "palette-list", "aria-label": "Pages and actions" });
  const input = h("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", autocomplete: "off",
    placeholder: "Where to? A page, a request's or trace's id, an action", "aria-label": "Command",
  });
  const dialog = h("dialog", { class: "palette", "aria-label": "Commands" }, input, list);
  let [found, place] = [entries, 0];

  const run = (entry) => {
    dialog.close();
    entry[2]();
  };
  const draw = () => {
    replace(list, found.map((entry, index) => h("li", {
      role: "option", id: `palette-${index}`, "aria-selected": String(index === place), on: { click: () => run(entry) },
    }, h("span", {}, entry[0]), entry[1] && h("kbd", {}, entry[1]))));
    input.setAttribute("aria-activedescendant", found.length ? `palette-${place}` : "");
    list.children[place]?.scrollIntoView({ block: "nearest" });
  };
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    found = [...idEntries(words), ...entries.filter(([title]) => title.toLowerCase().includes(words))];
    place = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && found.length) place = (place + move + found.length) % found.length;
    else if (event.key === "Enter" && found[place]) return run(found[place]);
    else return;
    event.preventDefault();
    draw();
  });
  draw();
  show(dialog);
}

/** Where an id leads that somebody pasted. */
function idEntries(text) {
  if (/^[0-9a-f]{32}$/.test(text)) return [[`Trace ${text}`, "", () => address.go(`/traces/${text}`)]];
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text)) {
    return [[`Request ${text}`, "", () => address.go(`/requests?request=${text}`)]];
  }
  return [];
}
