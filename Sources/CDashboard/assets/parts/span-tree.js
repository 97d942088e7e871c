// The spans of a trace as rows: read into a list once, then folded, searched and measured.

/** `[{ span, depth, parent: index, hasChildren, from, to }]`, parents before children; times are ms since 1970. */
export function readSpans(roots) {
  const rows = [];
  const waiting = roots.map((span) => [span, 0, -1]).reverse();
  while (waiting.length) {
    const [span, depth, parent] = waiting.pop();
    const from = Date.parse(span.started_at);
    const place = rows.length;
    rows.push({ span, depth, parent, hasChildren: span.children.length > 0, from, to: from + span.duration_ms, place });
    for (const child of span.children.toReversed()) waiting.push([child, depth + 1, place]);
  }
  return rows;
}

/** Rows that are not inside a folded one. `folded`: places. */
export function unfolded(rows, folded) {
  const hidden = new Set();
  return rows.filter((row) => {
    if (row.parent >= 0 && (hidden.has(row.parent) || folded.has(row.parent))) hidden.add(row.place);
    return !hidden.has(row.place);
  });
}

/** Rows in which these words stand, and all above them. */
export function found(rows, words) {
  const wanted = words.toLowerCase();
  const keep = new Set();
  for (const row of rows) {
    if (!textOf(row).includes(wanted)) continue;
    for (let place = row.place; place >= 0 && !keep.has(place); place = rows[place].parent) keep.add(place);
  }
  return rows.filter((row) => keep.has(row.place));
}

/** Whether the words stand in the row itself. */
export function matches(row, words) {
  return words !== "" && textOf(row).includes(words.toLowerCase());
}

/** Makes the texts that are searched, some at a time, so that the first search need not make them all. */
export function prepareSearch(rows, place = 0) {
  const next = place + 500;
  rows.slice(place, next).forEach(textOf);
  if (next < rows.length) setTimeout(() => prepareSearch(rows, next));
}

function textOf(row) {
  const { span } = row;
  row.text ??= [span.name, span.kind, span.model, span.error, span.error_code, span.user, span.session,
    span.request_preview, span.response_preview, span.attributes && JSON.stringify(span.attributes)]
    .filter(Boolean).join("\n").toLowerCase();
  return row.text;
}

/** When the trace began and ended, in ms since 1970. */
export function bounds(rows) {
  let [from, to] = [Infinity, -Infinity];
  for (const row of rows) {
    from = Math.min(from, row.from);
    to = Math.max(to, row.to);
  }
  return { from, to: Math.max(to, from + 1) };
}
