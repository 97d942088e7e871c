// Terms of a filter, as they are typed, shown and written in the address.

import { duration, usd } from "../core/format.js";

const lengths = { ms: 1, s: 1e3, m: 6e4 };
/** Of these a filter has one each. */
const single = ["text", "duration_ms_min", "time_to_first_token_ms_min", "cost_usd_min"];

/** What can be typed beside dimensions: its word, the parameter, how it is joined to its value. */
export const measures = {
  text: { parameter: "text", operator: "~", note: "words of what was asked and answered" },
  duration: { parameter: "duration_ms_min", operator: ">=", note: "as 500ms or 2s" },
  first_token: { parameter: "time_to_first_token_ms_min", operator: ">=", note: "as 300ms or 1s" },
  cost: { parameter: "cost_usd_min", operator: ">=", note: "in dollars" },
};

/** `[name, operator, value]` as a person reads them. */
export function describe([name, value]) {
  if (name === "text") return ["text", "~", value];
  if (isTime(name)) return [wordOf(name), ">=", duration(Number(value))];
  if (name === "cost_usd_min") return ["cost", ">=", usd(value)];
  const shown = value === "" ? "(none)" : value;
  return name.endsWith("!") ? [name.slice(0, -1), "!=", shown] : [name, "=", shown];
}

/** What can be typed to get this term. */
export function typed([name, value]) {
  const [word, operator, shown] = describe([name, value]);
  return `${word} ${operator} ${isTime(name) ? `${value}ms` : name === "cost_usd_min" ? value : shown}`;
}

/** Reads `model = gpt`: `{ word, operator, value }`; null where no known name and operator begin it. */
export function readTyped(text, names) {
  const found = /^\s*([^\s=!~<>:]+)\s*(!=|>=|=|~|>|:)\s*(.*?)\s*$/s.exec(text);
  if (!found) return null;
  const [, word, operator, value] = found;
  const isKnown = names.includes(word) || Object.hasOwn(measures, word) || /^tag\../.test(word);
  return isKnown ? { word, operator, value } : null;
}

/** The term of what was typed; null where its value says nothing. */
export function termOf({ word, operator, value }) {
  if (value === "") return null;
  if (isTime(measures[word]?.parameter)) return minimum(measures[word].parameter, milliseconds(value));
  if (word === "cost") return minimum("cost_usd_min", Number(value.replace(/^\$/, "")));
  if (word === "text") return ["text", value];
  return [operator === "!=" ? `${word}!` : word, value === "(none)" ? "" : value];
}

/** The terms with this one put in. A call has one value of each dimension: another `=` takes the place of the first. */
export function withTerm(terms, [name, value]) {
  const isAlone = single.includes(name) || !name.endsWith("!");
  const rest = terms.filter(([other, text]) => (isAlone ? other !== name : other !== name || text !== value));
  return [...rest, [name, value]];
}

function isTime(parameter) {
  return /_ms_min$/.test(parameter);
}

function wordOf(parameter) {
  return Object.keys(measures).find((word) => measures[word].parameter === parameter);
}

function minimum(name, number) {
  return Number.isFinite(number) && number >= 0 ? [name, String(number)] : null;
}

function milliseconds(text) {
  const found = /^([\d.]+)\s*(ms|s|m)?$/.exec(text);
  return found ? Number(found[1]) * lengths[found[2] ?? "ms"] : NaN;
}
