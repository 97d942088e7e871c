// The charts of the overview.

import { areaChart, lineChart } from "../charts/charts.js";
import { h } from "../core/dom.js";
import { count, duration, usd } from "../core/format.js";
import { zoom } from "../core/range.js";
import { Plot } from "./plot.js";
import { errorTerms, openRequests } from "./request-link.js";
import { bucketOf, costOf, errorsOf, requestsOf, tokenBuckets, tokensOf } from "./sum-rows.js";
import { groupSeries, totals, valuesOf } from "./sum-steps.js";
import { pickIn, seriesBefore } from "./time-before.js";

const codesShown = 7;

/** Six charts over the same times. `picker` chooses the dimension that the cost is told apart by. */
export class OverviewCharts {
  constructor(picker) {
    this.requests = new Plot();
    this.errors = new Plot();
    this.latency = new Plot();
    this.firstToken = new Plot();
    this.cost = new Plot(picker);
    this.tokens = new Plot();
    const { requests, errors, latency, firstToken, cost, tokens } = this;
    this.element = h("div", { class: "grid-2" },
      [requests, errors, latency, firstToken, cost, tokens].map((plot) => plot.element));
  }

  /** `view`: `{ overview, costs, dimension, times, until, timesBefore, isCompared }`. */
  show(view) {
    const { series } = view.overview;
    const { times } = view;
    showStack(this.requests, view, "Requests by outcome", count, requestsOf, [
      { name: "Ok", values: valuesOf(series, times, (row) => row.requests - row.errors), color: "--series-1",
        terms: [["outcome", "ok"]] },
      { name: "Errors", values: valuesOf(series, times, errorsOf), color: "--bad", terms: errorTerms },
    ]);
    showStack(this.errors, view, "Errors over time", count, errorsOf, errorSeries(view));
    showQuantiles(this.latency, view, "Latency", "duration_ms", ["p50", "p95", "p99"]);
    showQuantiles(this.firstToken, view, "Time to first token", "time_to_first_token_ms", ["p50", "p95"]);
    showStack(this.cost, view, `Cost by ${view.dimension}`, usd, costOf,
      groupSeries(view.costs.data, [view.dimension], times, { read: costOf, missing: 0 }));
    showStack(this.tokens, view, "Tokens", count, tokensOf, tokenSeries(view));
  }
}

function tokenSeries({ overview, times }) {
  return tokenBuckets.map(([bucket, name], index) => ({
    name, color: `--series-${index + 1}`, values: valuesOf(overview.series, times, (row) => bucketOf(row, bucket)),
  })).filter(({ values }) => values.some((value) => value > 0));
}

/** The codes of failed requests with their numbers, most first. Clients that left have a code, but did not fail. */
export function errorCodes({ error_series: rows }) {
  const sums = new Map();
  for (const { error_code: code, errors } of rows) {
    if (errors > 0) sums.set(code, (sums.get(code) ?? 0) + errors);
  }
  return [...sums].sort(([, one], [, other]) => other - one);
}

function errorSeries({ overview, times }) {
  const codes = errorCodes(overview).map(([code]) => code);
  const shown = codes.slice(0, codesShown);
  const own = shown.map((code) => ({
    name: code || "(none)", terms: [["error_code", code]],
    values: valuesOf(overview.error_series.filter((row) => row.error_code === code), times, errorsOf),
  }));
  if (codes.length === shown.length) return own;
  const sums = totals(own);
  return [...own, {
    name: "All others", color: "--series-other", terms: [...errorTerms, ...shown.map((code) => ["error_code!", code])],
    values: valuesOf(overview.series, times, errorsOf).map((value, index) => value - sums[index]),
  }];
}

/** Surfaces upon each other. Compared with the time before they are lines, as that has no place in the pile. */
function showStack(plot, view, title, format, read, series) {
  const pick = (name, from, to) => openRequests(series.find((one) => one.name === name)?.terms ?? [], from, to);
  if (!view.isCompared) return plot.show(areaChart, common(view, title, format, series, pick));
  const before = seriesBefore("All", view.overview.before_series, view, read, 0);
  const whole = { name: "All", color: "--text", values: valuesOf(view.overview.series, view.times, read) };
  plot.show(lineChart, common(view, title, format, [...series, whole, before], pick));
}

function showQuantiles(plot, view, title, member, names) {
  const { overview, times, isCompared } = view;
  const read = (name) => (row) => row[member]?.[name] ?? null;
  const color = (index) => `--series-${index + 1}`;
  const now = names.map((name, index) => ({
    name, color: color(index), values: valuesOf(overview.series, times, read(name), null),
  }));
  const before = isCompared ? names.map((name, index) =>
    seriesBefore(name, overview.before_series, view, read(name), null, color(index))) : [];
  plot.show(lineChart, common(view, title, duration, [...now, ...before], (name, from, to) => {
    const value = now.find((one) => one.name === name)?.values[times.indexOf(from)] ?? null;
    openRequests(value === null ? [] : [[`${member}_min`, String(value)]], from, to);
  }));
}

function common(view, title, format, series, pick) {
  const { times, until } = view;
  return { title, times, until, series, format, height: 150, onPick: pickIn(view, pick), onZoom: zoom };
}
