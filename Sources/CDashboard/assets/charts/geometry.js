// Where the parts of a plot are, in pixels.

const MARGIN = { top: 10, right: 12, bottom: 20 };

/** About how wide a small text is; exact enough to leave room for it. */
export const textWidth = (text) => text.length * 6.6;

/** The frame of a plot and its horizontal places; `left` is the room for the labels at the y axis. */
export function geometry({ times, until, height }, width, left) {
  const [right, bottom] = [Math.max(left + 1, width - MARGIN.right), height - MARGIN.bottom];
  const from = times[0] ?? until;
  const end = (index) => times[index + 1] ?? until;
  const x = (at) => left + (at - from) / (until - from || 1) * (right - left);
  return {
    width, height, left, right, top: MARGIN.top, bottom, from, until, end, x,
    /** The middle of a bucket, where its value is drawn. */
    center: (index) => x((times[index] + end(index)) / 2),
    /** The bucket at a place, or the nearest one; null where there are none. */
    indexAt(place) {
      if (!times.length) return null;
      const at = from + (place - left) / (right - left) * (until - from);
      return Math.max(0, lastAtOrBefore(times, at));
    },
  };
}

function lastAtOrBefore(times, at) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A text cut to a width, with an ellipsis where something is missing. */
export function cutTo(text, width) {
  const letters = Math.max(1, Math.floor(width / textWidth("x")));
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
