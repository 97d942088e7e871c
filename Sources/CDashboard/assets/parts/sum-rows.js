// What the API's rows of sums say: counts, tokens and cost of a group, of a step, or of all.

const bucketsIn = [
  ["input_uncached", "Input"], ["cache_read", "Cache read"], ["cache_write_5m", "Cache write, 5 min"],
  ["cache_write_1h", "Cache write, 1 h"], ["input_audio", "Sound in"], ["input_image", "Pictures in"],
];
const bucketsOut = [
  ["output", "Output"], ["reasoning", "Reasoning"], ["output_audio", "Sound out"], ["output_image", "Pictures out"],
];

/** The buckets of tokens, and what people call them. No token stands in two of them. */
export const tokenBuckets = [...bucketsIn, ...bucketsOut];

export const bucketOf = (row, bucket) => row.usage[bucket] ?? 0;
export const requestsOf = (row) => row.requests;
export const errorsOf = (row) => row.errors;
export const costOf = (row) => Number(row.cost_usd);
export const tokensIn = (row) => sumOf(row, bucketsIn);
export const tokensOut = (row) => sumOf(row, bucketsOut);
export const tokensOf = (row) => sumOf(row, tokenBuckets);
export const errorRate = (row) => ratio(row.errors, row.requests);
export const costPerRequest = (row) => ratio(costOf(row), row.requests);

const sumOf = (row, buckets) => buckets.reduce((sum, [bucket]) => sum + bucketOf(row, bucket), 0);

/** The share of the input that came from the provider's cache, of all that could have. */
export function cachedShare({ usage }) {
  const { input_uncached: fresh, cache_read: read, cache_write_5m: short, cache_write_1h: long } = usage;
  return ratio(read, fresh + read + short + long);
}

/** What there is nothing of is null rather than 0 / 0. */
const ratio = (part, whole) => (whole > 0 ? part / whole : null);

/** The name of a row's group, of one dimension or more. */
export function groupName(row, dimensions) {
  return row.other ? "All others" : dimensions.map((dimension) => row[dimension] || "(none)").join(" · ");
}

/** The terms of a filter that has only the calls of the row's group; null where no filter of calls says it. */
export function groupTerms(row, dimensions) {
  if (row.other || dimensions.includes("cohort")) return null;
  return dimensions.map((dimension) => [dimension, row[dimension] ?? ""]);
}
