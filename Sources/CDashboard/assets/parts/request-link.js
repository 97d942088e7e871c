// The ways from figures to the calls behind them.

import * as address from "../core/address.js";
import { iso } from "../core/range.js";
import { withTerm } from "./filter-terms.js";

/** Terms of the calls that count as errors: those that ended badly, but not because their client left. */
export const errorTerms = [["outcome!", "ok"], ["outcome!", "client_closed"]];

/** The address of the requests of this page's filter that `terms` hold of as well, in this page's time or another. */
export function requestsLink(terms = [], range = {}) {
  const since = range.since ?? address.value("since");
  const until = range.since ? range.until : address.value("until");
  const query = new URLSearchParams();
  if (since) query.set("since", since);
  if (until) query.set("until", until);
  for (const [name, text] of terms.reduce(withTerm, address.filters())) query.append(name, text);
  const text = String(query);
  return text ? `/requests?${text}` : "/requests";
}

/** Goes to the requests between two instants. */
export function openRequests(terms, from, to) {
  address.go(requestsLink(terms, { since: iso(from), until: iso(to) }));
}
