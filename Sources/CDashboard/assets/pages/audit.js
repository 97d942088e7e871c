import * as api from "../core/api.js";
import { empty, h, replace } from "../core/dom.js";
import * as format from "../core/format.js";
import { loading } from "../core/loading.js";
import { plainTable } from "../parts/plain-table.js";

export const title = "Audit log";
export const hasRange = false;

export function mount({ root, signal, session }) {
  if (!session.can("admin")) {
    return replace(root, empty("For administrators", "Sign in with a code or token of the role ‘admin’ to see it.")) && {};
  }
  replace(root);
  const again = loading(root, signal, () => api.get("audit", {}, signal), ({ data }) => replace(root,
    h("section", { class: "card" }, h("h2", {}, "The last 1,000 changes, newest first"),
      plainTable("Changes", columns, data, "Nobody has changed anything yet."))));
  return { update: again };
}

const columns = [
  { title: "When", cell: (row) => h("time", { datetime: row.at, title: row.at }, format.time(row.at)) },
  { title: "Who", cell: (row) => row.actor },
  { title: "What", cell: (row) => row.action },
  { title: "On", cell: (row) => row.subject },
];
