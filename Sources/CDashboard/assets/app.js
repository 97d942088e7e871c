// The frame around the pages: it shows the page of the address, its tools, and what keys do everywhere.

import * as address from "./core/address.js";
import { failure, replace, skeleton } from "./core/dom.js";
import { pageAt, pages } from "./core/pages.js";
import * as keyboard from "./parts/keyboard.js";
import { toggleTheme } from "./parts/theme.js";
import { openPalette } from "./parts/palette.js";
import { timePicker } from "./parts/time-picker.js";

const roles = ["viewer", "operator", "admin"];
const session = {
  name: document.body.dataset.name,
  role: document.body.dataset.role,
  /** Whether one may do what this role may. */
  can: (role) => roles.indexOf(document.body.dataset.role) >= roles.indexOf(role),
};

const main = document.getElementById("main");
const tools = document.getElementById("tools");
let shown = null;

function showPage() {
  leave();
  const found = pageAt(location.pathname);
  if (!found) return replace(main, failure({ title: "There is no such page", message: location.pathname }));
  const { module, id } = found;
  const aborter = new AbortController();
  document.title = `${module.title} · Headgate`;
  document.getElementById("title").textContent = module.title;
  markMenu(found.path);
  replace(main, skeleton(2, "chart"));
  replace(tools, module.hasRange === false ? null : timePicker(aborter.signal));
  shown = { module, aborter, page: null };
  try {
    shown.page = module.mount({ root: main, tools, signal: aborter.signal, session, id, again: showPage }) ?? {};
  } catch (error) {
    replace(main, failure(error, showPage));
  }
}

function leave() {
  shown?.aborter.abort();
  shown?.page?.unmount?.();
  shown = null;
}

function markMenu(path) {
  for (const link of document.querySelectorAll(".menu li a")) {
    const own = link.getAttribute("href");
    if (own === path || (own !== "/" && path.startsWith(`${own}/`))) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

address.onChange((changed) => {
  if (changed === null) {
    showPage();
    scrollTo(0, 0);
    document.getElementById("title").focus();
  } else if (shown?.page?.update) shown.page.update(changed);
  else showPage();
});

// Links within the dashboard change the page without loading it anew.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !pageAt(link.pathname)) return;
  event.preventDefault();
  address.go(link.pathname + link.search);
});

keyboard.start({
  own: (key) => shown?.page?.keys?.[key],
  go: Object.fromEntries(pages.filter(([, , key]) => key).map(([path, , key]) => [key, () => address.go(path)])),
  palette: () => openPalette(pages),
  theme: toggleTheme,
});
showPage();
