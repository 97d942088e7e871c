// The time before, drawn dashed over the time that is shown.

import { valuesOf } from "./sum-steps.js";

const mark = ", before";

/** A dashed series of the time before, at the places of this time's. `times`: `{ times, timesBefore }`. */
export function seriesBefore(name, rows, { times, timesBefore }, read, missing, color = "--text-2") {
  const values = valuesOf(rows, timesBefore, read, missing);
  return { name: `${name}${mark}`, dashed: true, color, values: times.map((_, index) => values[index] ?? missing) };
}

/** An `onPick` that leads to the time that is meant: a dashed series to the time before. */
export function pickIn({ times, timesBefore }, pick) {
  return (name, from, to) => {
    const shift = name?.endsWith(mark) ? times[0] - timesBefore[0] : 0;
    pick(name, from - shift, to - shift);
  };
}
