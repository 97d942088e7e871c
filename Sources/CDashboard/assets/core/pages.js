// Every page of the dashboard, by its path. The same paths stand in the server's menu.

import * as audit from "../pages/audit.js";
import * as costs from "../pages/costs.js";
import * as keys from "../pages/keys.js";
import * as overview from "../pages/overview.js";
import * as providers from "../pages/providers.js";
import * as requests from "../pages/requests.js";
import * as sessions from "../pages/sessions.js";
import * as system from "../pages/system.js";
import * as trace from "../pages/trace.js";
import * as traces from "../pages/traces.js";
import * as users from "../pages/users.js";

/** `[path, module, key that goes there after g]`; a path that ends in `/` is one of many, with an id behind it. */
export const pages = [
  ["/", overview, "o"], ["/requests", requests, "r"], ["/traces", traces, "t"], ["/traces/", trace, null],
  ["/sessions", sessions, "s"], ["/users", users, "u"], ["/costs", costs, "c"], ["/providers", providers, "p"],
  ["/keys", keys, "k"], ["/system", system, "h"], ["/audit", audit, "a"],
];

/** The page at a path, as `{module, path, id}`; null where there is none. */
export function pageAt(path) {
  const exact = pages.find(([own]) => own === path && !(own.endsWith("/") && own !== "/"));
  if (exact) return { module: exact[1], path: exact[0], id: null };
  const below = pages.find(([own]) => own.length > 1 && own.endsWith("/") && path.startsWith(own));
  const id = below && decoded(path.slice(below[0].length));
  return id ? { module: below[1], path: below[0], id } : null;
}

/** A part of a path without its escapes; null where they make no text. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
