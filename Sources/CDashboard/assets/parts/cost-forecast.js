// What the month will have cost at its end.

import { lineChart } from "../charts/charts.js";
import * as address from "../core/address.js";
import { get } from "../core/api.js";
import { h, replace } from "../core/dom.js";
import { usd } from "../core/format.js";
import { loading } from "../core/loading.js";
import { iso, zone } from "../core/range.js";
import { figure } from "./pieces.js";
import { openRequests } from "./request-link.js";
import { costOf } from "./sum-rows.js";
import { stepsOf, total, valuesOf } from "./sum-steps.js";

const recentDays = 7;
const dayLength = 864e5;

/** Shows it in `place`; returns a function that asks again. */
export function costForecast(place, signal) {
  return loading(place, signal, ask, (answer) => replace(place, card(answer)));
}

/** The days of this month and those of the week before today, of the page's filter. */
async function ask(signal) {
  const now = new Date();
  const day = (month, date) => new Date(now.getFullYear(), month, date).getTime();
  const [start, end] = [day(now.getMonth(), 1), day(now.getMonth() + 1, 1)];
  const since = Math.min(start, day(now.getMonth(), now.getDate() - recentDays));
  const { data } = await get("costs", address.query({ since: iso(since), until: null, step: "day", tz: zone }), signal);
  const { times } = stepsOf(since, now.getTime(), "day");
  const days = valuesOf(data, times, costOf).map((cost, index) => ({ at: times[index], cost }));
  return forecast(days, start, end, now.getTime());
}

/** The rest of the month goes on as the mean of two days: that of the last whole days, and that of the month so far.
 *  Days before the first that cost anything say nothing. `days`: `{ at, cost }`, the last of them is today. */
function forecast(days, start, end, now) {
  const known = days.slice(Math.max(0, days.findIndex(({ cost }) => cost > 0)));
  const month = known.filter(({ at }) => at >= start);
  const spent = total(month, ({ cost }) => cost);
  const recent = known.slice(0, -1).slice(-recentDays);
  const soFar = spent / ((now - (month[0]?.at ?? start)) / dayLength);
  const lately = recent.length > 0 ? total(recent, ({ cost }) => cost) / recent.length : null;
  const left = (end - now) / dayLength;
  const daily = lately === null ? soFar : (lately + soFar) / 2;
  return { spent, soFar, lately, recent: recent.length, left, end: spent + daily * left, month, start, until: end };
}

function card(answer) {
  const { spent, soFar, lately, recent, left, end } = answer;
  const month = new Date().toLocaleDateString("en-GB", { month: "long" });
  const recently = lately === null ? "" : `, and ${usd(lately)} a day in the last ${recent} whole days; their mean`;
  return h("section", { class: "card forecast", "aria-label": "Forecast" },
    h("h2", {}, `${month}, to its end`),
    h("div", { class: "figures" }, figure("Spent so far", usd(spent)), figure("Forecast", usd(end))),
    h("p", { class: "muted small" }, `${usd(soFar)} a day in the month so far${recently}`,
      ` times the ${left.toFixed(1)} days that are left. Days of ${zone}, this page's filter.`),
    lineChart(course(answer)));
}

/** What was spent by the end of each day, and from today on what will have been. */
function course({ month, start, until, spent, end }) {
  const { times } = stepsOf(start, until, "day");
  const today = times.indexOf(month.at(-1).at);
  const sums = times.map((at) => total(month.filter((day) => day.at <= at), ({ cost }) => cost));
  const left = times.length - 1 - today;
  return {
    title: "Spent by the day", times, until, format: usd, height: 130, series: [
      { name: "Spent", color: "--series-1", values: sums.map((sum, index) => (index <= today ? sum : null)) },
      { name: "Forecast", color: "--series-1", dashed: true, values: times.map((_, index) =>
        (index < today ? null : spent + (end - spent) * (index - today) / (left || 1))) },
    ],
    onPick: (_, from, to) => openRequests([], from, to),
  };
}
