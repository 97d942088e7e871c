// Points to paths. A path never has more than four points in a column of pixels, so that thousands of points draw at
// once and no peak is lost.

/** The points of a series as lists without gaps. */
export function runs(values, x, y) {
  const found = [];
  let run = null;
  values.forEach((value, index) => {
    if (value === null) {
      run = null;
    } else {
      if (!run) found.push(run = []);
      run.push([x(index), y(value)]);
    }
  });
  return found.map(thinned);
}

/** The first, lowest, highest and last point of every column of pixels. */
function thinned(run) {
  if (run.length < 2 * (run.at(-1)[0] - run[0][0])) return run;
  const kept = [];
  for (let start = 0; start < run.length;) {
    const column = Math.floor(run[start][0]);
    let [end, low, high] = [start, start, start];
    for (; end < run.length && Math.floor(run[end][0]) === column; end++) {
      if (run[end][1] < run[low][1]) low = end;
      if (run[end][1] > run[high][1]) high = end;
    }
    const picked = new Set([start, Math.min(low, high), Math.max(low, high), end - 1]);
    for (const index of picked) kept.push(run[index]);
    start = end;
  }
  return kept;
}

/** A line through each run; a point alone becomes a dot. */
export function linePath(found) {
  return found.map((run) => (run.length === 1 ? dot(run[0]) : `M${joined(run)}`)).join("");
}

/** The surface between the runs of an upper and of a lower edge. */
export function areaPath(upper, lower) {
  return upper.map((run, index) => `M${joined(run)}L${joined(lower[index].toReversed())}Z`).join("");
}

const tenth = (value) => Math.round(value * 10) / 10;

const joined = (run) => run.map(([x, y]) => `${tenth(x)} ${tenth(y)}`).join("L");

const dot = ([x, y]) => `M${tenth(x - 1.5)} ${tenth(y)}a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0`;
