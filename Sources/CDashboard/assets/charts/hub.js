// The charts on the page, so that the crosshair of one moves those of all that have the same times.

const members = new Set();
const charts = new WeakMap();

// A chart that leaves the page has no width any more. It then leaves the hub as well and nothing holds it.
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const chart = charts.get(target);
    if (contentRect.width > 0) members.add(chart);
    else members.delete(chart);
    chart.resize(contentRect.width);
  }
});

/** Tells a chart its width, now and whenever it changes, and lets it follow the others while it is on the page. */
export function enter(chart, element) {
  charts.set(element, chart);
  observer.observe(element);
}

/** Puts the crosshair of the other charts with the same times where this chart has its own. */
export function share(chart) {
  for (const peer of members) {
    if (peer !== chart && sameTimes(peer.options, chart.options)) peer.follow(chart.cursor);
  }
}

function sameTimes(one, other) {
  return one.until === other.until && one.times.length === other.times.length
    && one.times[0] === other.times[0] && one.times.at(-1) === other.times.at(-1);
}
