// Elements without markup: what people wrote is only ever put in as text.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an HTML element.
 *  `attributes`: `class`, `on: {event: handler}`, `data: {name: value}`, `style: {property: value}` (through the
 *  object model, which the content policy allows), anything else as an attribute; null, undefined and false are left
 *  out, true is an empty attribute. `children`: elements, texts, lists of them; null and false are left out. */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** As `h`, for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Puts these children in the place of those there are. */
export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Redraws what is in `root`: whoever was on an element is on the one that took its place, which has the same
 *  `data-focus`, label, address or text, and what was folded open stays so. */
export function keepPlace(root, draw) {
  const held = root.contains(document.activeElement) && nameOf(document.activeElement);
  const open = new Set([...root.querySelectorAll("details[open] > summary")].map(nameOf));
  draw();
  for (const summary of root.querySelectorAll("summary")) if (open.has(nameOf(summary))) summary.parentNode.open = true;
  if (!held || root.contains(document.activeElement)) return;
  const all = [...root.querySelectorAll("a, button, input, select, summary, [tabindex]")];
  all.find((element) => nameOf(element) === held)?.focus({ preventScroll: true });
}

function nameOf(element) {
  return element.dataset.focus ?? element.ariaLabel ?? element.getAttribute("href") ?? element.textContent;
}

/** Grey bars in the place of what is still to come. */
export function skeleton(lines = 3, kind = "line") {
  return h("div", { class: "skeleton", "aria-hidden": "true" },
    Array.from({ length: lines }, () => h("div", { class: `skeleton-${kind}` })));
}

/** Says what is not there and what to do about it. */
export function empty(title, ...advice) {
  return h("div", { class: "empty" }, h("h3", {}, title), h("div", {}, ...advice));
}

/** Says what failed, and offers to try again. */
export function failure(error, again) {
  return h("div", { class: "failure", role: "alert" },
    h("strong", {}, error.title ?? "This could not be shown"),
    h("p", {}, error.message ?? String(error)),
    again && h("button", { type: "button", on: { click: again } }, "Try again"));
}

/** Tells people who listen rather than look. */
export function announce(text) {
  const place = document.getElementById("announcements");
  if (place) place.textContent = text;
}

/** Shows a short word at the edge of the window for some seconds. */
export function toast(text, kind = "") {
  const place = document.getElementById("toasts");
  if (!place) return;
  const note = h("div", { class: `toast ${kind}`, role: "status" }, text);
  place.append(note);
  setTimeout(() => note.remove(), 5000);
}
