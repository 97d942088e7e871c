// Who changed what.

import * as api from "../core/api.js";
import { empty, h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { card } from "../parts/pieces.js";
import { column, plainTable } from "../parts/plain-table.js";

export const title = "Audit log";
export const hasRange = false;

export function mount({ root, signal, session }) {
  if (!session.can("admin")) {
    replace(root, empty("For administrators", "Sign in with a code or token of the role ‘admin’ to see it."));
    return {};
  }
  const ask = (own) => api.get("audit", {}, own);
  const update = loading(root, signal, ask, ({ data }) => replace(root, card("The last 1,000 changes, newest first",
    plainTable("Changes", columns, data, "Nobody has changed anything yet."))));
  return { update };
}

const columns = [
  column("When", (row) => h("time", { datetime: row.at, title: row.at }, format.time(row.at))),
  column("Who", (row) => row.actor), column("What", (row) => row.action), column("On", (row) => row.subject),
];
