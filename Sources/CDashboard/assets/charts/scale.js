// Scales of values: which numbers stand at the axis, and how high a value is drawn.

/** What a scale has to know about lists of numbers and nulls. */
export function extent(lists) {
  const found = { low: Infinity, high: -Infinity, positive: Infinity, integers: true };
  for (const list of lists) {
    for (const value of list) {
      if (value === null) continue;
      if (value < found.low) found.low = value;
      if (value > found.high) found.high = value;
      if (value > 0 && value < found.positive) found.positive = value;
      if (found.integers && !Number.isInteger(value)) found.integers = false;
    }
  }
  return found;
}

/** A scale from zero with three to five round `ticks` as a rule; `share` is 0 at its foot and 1 at its top. */
export function linearScale({ low, high, integers }) {
  const [foot, top] = high >= low ? [Math.min(0, low), Math.max(0, high)] : [0, 0];
  const step = roundStep((top - foot || 1) / (foot < 0 ? 3 : 4), integers);
  const first = Math.floor(foot / step);
  // A single call, or a share of all: nothing in between would make sense for both.
  const last = Math.max(Math.ceil(top / step), first + (integers && top <= 1 ? 1 : 2));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => exact((first + index) * step));
  return { ticks, share: (value) => (value / step - first) / (last - first) };
}

/** A scale by powers of ten; what is not above zero lies at its foot. */
export function logScale({ positive, high }) {
  if (!(high > 0)) return logScale({ positive: 1, high: 10 });
  const first = Math.floor(Math.log10(positive));
  const last = Math.max(Math.ceil(Math.log10(high)), first + 1);
  const stride = Math.ceil((last - first) / 4);
  const ticks = [];
  for (let power = first; power <= last; power += stride) ticks.push(exact(10 ** power));
  if (last - first === 1) ticks.splice(1, 0, exact(2 * ticks[0]), exact(5 * ticks[0]));
  const share = (value) => (value > 0 ? Math.max(0, (Math.log10(value) - first) / (last - first)) : 0);
  return { ticks, share };
}

function roundStep(least, integers) {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 2.5, 5, 10].find((digit) => digit * power >= least * 0.999999) * power;
  return integers ? Math.ceil(step) : step;
}

/** Without the dust of binary fractions: 0.3 rather than 0.30000000000000004. */
const exact = (value) => Number(value.toPrecision(12));
