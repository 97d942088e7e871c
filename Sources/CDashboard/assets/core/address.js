// The state of a page is its address: what is not in it is lost on reload, and the back button works by it.

/** Parameters that say which calls are meant, in the API's own names; `NAME!` leaves a value out. */
export const dimensions = [
  "feature", "user", "cohort", "session", "prompt", "model", "key", "team", "provider", "project", "region",
  "environment", "route", "endpoint", "upstream_model", "served_model", "service_tier", "status", "outcome",
  "error_code", "finish_reason", "streamed", "fallback", "cache",
];

const rangeNames = ["since", "until"];
const filterNames = ["text", "duration_ms_min", "time_to_first_token_ms_min", "cost_usd_min"];
const listeners = new Set();

/** Calls back with the set of names that changed (or with `null` when the path did), until `signal` is aborted. */
export function onChange(listener, signal) {
  listeners.add(listener);
  signal?.addEventListener("abort", () => listeners.delete(listener));
}

export function parameters() {
  return new URLSearchParams(location.search);
}

export function value(name, standard = null) {
  return parameters().get(name) ?? standard;
}

/** Whether a parameter says which calls are meant. */
export function isFilter(name) {
  const plain = name.endsWith("!") ? name.slice(0, -1) : name;
  return dimensions.includes(plain) || plain.startsWith("tag.") || filterNames.includes(plain);
}

/** The terms of the filter as `[name, value]`, in their order. */
export function filters() {
  return [...parameters()].filter(([name]) => isFilter(name));
}

/** What the API is asked: range and filter of this page, and `more`. */
export function query(more = {}) {
  const result = new URLSearchParams();
  for (const [name, text] of parameters()) if (rangeNames.includes(name) || isFilter(name)) result.append(name, text);
  for (const [name, text] of Object.entries(more)) {
    if (text === null || text === undefined) result.delete(name);
    else result.set(name, text);
  }
  return result;
}

/** Changes parameters of this page: `{name: text or null}`. `quietly`: the back button does not come here again. */
export function set(changes, quietly = false) {
  const next = parameters();
  for (const [name, text] of Object.entries(changes)) {
    if (text === null || text === undefined || text === "") next.delete(name);
    else next.set(name, text);
  }
  show(next, quietly);
}

/** Puts these terms in the place of the filter's. */
export function setFilters(terms) {
  const next = new URLSearchParams([...parameters()].filter(([name]) => !isFilter(name)));
  for (const [name, text] of terms) next.append(name, text);
  show(next, false);
}

export function removeFilter(name, text) {
  setFilters(filters().filter(([other, value]) => other !== name || value !== text));
}

/** The address of another page, with this page's range and filter and `more`. */
export function link(path, more = {}) {
  const text = String(query(more));
  return path + (text ? `?${text}` : "");
}

/** The address of a page that shows only what `more` says, in this page's range. */
export function plainLink(path, more = {}) {
  const next = new URLSearchParams();
  for (const name of rangeNames) if (value(name)) next.set(name, value(name));
  for (const [name, text] of Object.entries(more)) next.append(name, text);
  const text = String(next);
  return path + (text ? `?${text}` : "");
}

/** Goes to another page of the dashboard. */
export function go(address) {
  const before = location.pathname + location.search;
  if (address !== before) history.pushState(null, "", address);
  tell(before);
}

/** Lets the page ask again: what it shows may have changed. */
export function refresh() {
  for (const listener of listeners) listener(new Set(["now"]));
}

function show(next, quietly) {
  const text = String(next);
  const before = location.pathname + location.search;
  const address = location.pathname + (text ? `?${text}` : "");
  if (address === before) return;
  if (quietly) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  tell(before);
}

let shown = location.pathname + location.search;

function tell(before) {
  const [from, to] = [new URL(before, location.origin), new URL(location.href)];
  shown = to.pathname + to.search;
  const names = new Set([...from.searchParams.keys(), ...to.searchParams.keys()]);
  const changed = [...names].filter((name) =>
    from.searchParams.getAll(name).join("\n") !== to.searchParams.getAll(name).join("\n"));
  for (const listener of listeners) listener(from.pathname === to.pathname ? new Set(changed) : null);
}

addEventListener("popstate", () => tell(shown));
