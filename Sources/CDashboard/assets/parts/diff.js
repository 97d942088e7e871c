// What differs between two texts, line by line.

import { h } from "../core/dom.js";

/** More cells than this take longer than a person's glance; then the differing middle is shown as a whole. */
const cellsMax = 2_000_000;
const contextLines = 3;
const lineLengthMax = 2000;
const linesMax = 2000;

/** `{ lines: [{ kind: "same" | "less" | "more", text }], isRough }`. Rough: the texts were too long to be compared. */
export function diffLines(before, after) {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  const middle = [old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail)];
  const isRough = middle[0].length * middle[1].length > cellsMax;
  const lines = [
    ...old.slice(0, head).map(line("same")),
    ...(isRough ? [...middle[0].map(line("less")), ...middle[1].map(line("more"))] : compare(...middle)),
    ...old.slice(old.length - tail).map(line("same")),
  ];
  return { lines, isRough };
}

const line = (kind) => (text) => ({ kind, text });

/** By the longest common subsequence. */
function compare(old, fresh) {
  const width = fresh.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = fresh.length - 1; column >= 0; column--) {
      const here = row * width + column;
      longest[here] = old[row] === fresh[column]
        ? longest[here + width + 1] + 1 : Math.max(longest[here + width], longest[here + 1]);
    }
  }
  const lines = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < fresh.length) {
    const here = row * width + column;
    if (row < old.length && column < fresh.length && old[row] === fresh[column]) {
      lines.push({ kind: "same", text: old[row++] });
      column++;
    } else if (column === fresh.length || (row < old.length && longest[here + width] >= longest[here + 1])) {
      lines.push({ kind: "less", text: old[row++] });
    } else {
      lines.push({ kind: "more", text: fresh[column++] });
    }
  }
  return lines;
}

/** Shows how `after` differs from `before`; what is the same is folded away. */
export function diffView(before, after) {
  const { lines, isRough } = diffLines(before, after);
  if (lines.every(({ kind }) => kind === "same")) return h("p", { class: "panel-note" }, "No difference.");
  return h("div", { class: "diff" },
    isRough && h("p", { class: "panel-note" }, "Too long to be compared line by line: what differs stands as a whole."),
    h("div", { class: "diff-lines" }, firstParts(folded(lines))));
}

/** The beginning, and a button for the rest. */
function firstParts(parts) {
  const elements = parts.slice(0, linesMax).map((part) => (Array.isArray(part) ? fold(part) : lineElement(part)));
  const rest = parts.slice(linesMax).flat();
  return rest.length > 0 ? [elements, fold(rest, `${rest.length} more lines`)] : elements;
}

/** Lines, and lists of lines that are far from any difference. */
function folded(lines) {
  const isNear = new Uint8Array(lines.length);
  lines.forEach(({ kind }, at) => {
    if (kind !== "same") isNear.fill(1, Math.max(0, at - contextLines), at + contextLines + 1);
  });
  const parts = [];
  lines.forEach((line, at) => {
    if (isNear[at]) parts.push(line);
    else if (Array.isArray(parts.at(-1))) parts.at(-1).push(line);
    else parts.push([line]);
  });
  return parts;
}

function fold(lines, title = `${lines.length} unchanged ${lines.length === 1 ? "line" : "lines"}`) {
  const button = h("button", { type: "button", class: "diff-fold", on: {
    click: () => button.replaceWith(...lines.map(lineElement)),
  } }, title);
  return button;
}

function lineElement({ kind, text }) {
  const sign = { same: " ", less: "−", more: "+" }[kind];
  const shown = text.length > lineLengthMax ? `${text.slice(0, lineLengthMax)}… (${text.length} characters)` : text;
  return h("div", { class: `diff-line ${kind}` },
    h("span", { class: "diff-sign" }, sign), h("bdi", {}, shown));
}
