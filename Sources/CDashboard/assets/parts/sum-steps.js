// Rows of sums over time as series of a chart.

import { span } from "../core/range.js";
import { costOf, groupName, groupTerms } from "./sum-rows.js";

/** The steps of a time as the API cuts it where it is asked with `tz=zone`: `{ times, until: end of the last }`. */
export function stepsOf(from, to, step) {
  const at = step === "day" ? dayClock(from) : clock(from, span(step));
  const times = [];
  while (at(times.length) < to) times.push(at(times.length));
  return { times, until: at(times.length) };
}

/** The same of an answer of the API. */
export const stepsIn = ({ since, until }, step) => stepsOf(Date.parse(since), Date.parse(until), step);

/** A day of a change of clocks has 23 or 25 hours. */
function dayClock(from) {
  const start = new Date(from);
  return (index) => new Date(start.getFullYear(), start.getMonth(), start.getDate() + index).getTime();
}

function clock(from, length) {
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.floor((from - offset) / length) * length + offset;
  return (index) => first + index * length;
}

/** What `read(row)` gives in each step. `missing`: what a step without calls has, for which there is no row. */
export function valuesOf(rows, times, read, missing = 0) {
  const found = new Map(rows.map((row) => [Date.parse(row.step), read(row)]));
  return times.map((at) => found.get(at) ?? missing);
}

/** A series for each group, the dearest first and all others last: `{ name, terms, values, color }`. */
export function groupSeries(rows, dimensions, times, { read, missing }) {
  const groups = new Map();
  for (const row of rows) {
    const key = JSON.stringify([Boolean(row.other), ...dimensions.map((dimension) => row[dimension])]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  const series = [...groups.values()].map((own) => ({
    name: groupName(own[0], dimensions), terms: groupTerms(own[0], dimensions), isRest: Boolean(own[0].other),
    cost: total(own, costOf), requests: total(own, (row) => row.requests), values: valuesOf(own, times, read, missing),
    color: own[0].other ? "--series-other" : undefined,
  }));
  return series.sort((one, other) =>
    one.isRest - other.isRest || other.cost - one.cost || other.requests - one.requests);
}

/** The sum of what `read` gives. */
export const total = (rows, read) => rows.reduce((sum, row) => sum + read(row), 0);

/** The sum of several series in each step. */
export function totals(series) {
  return (series[0]?.values ?? []).map((_, index) => total(series, ({ values }) => values[index] ?? 0));
}
