// Measures two things in turn, so that a machine that slows down slows both. The result is the ratio of
// each pair.

/**
 * @typedef {object} Ratio
 * @property {number} median
 * @property {number} low
 * @property {number} high
 */

/**
 * Measures ours and theirs in pairs; the order alternates. One round of each is a warm-up that does not
 * count.
 * @template T
 * @param {number} count
 * @param {() => Promise<T>} ours
 * @param {() => Promise<T>} theirs
 * @returns {Promise<{ ours: T, theirs: T }[]>}
 */
export async function pairs(count, ours, theirs) {
  await ours();
  await theirs();
  const measured = [];
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) measured.push({ ours: await ours(), theirs: await theirs() });
    else {
      const second = await theirs();
      measured.push({ ours: await ours(), theirs: second });
    }
  }
  return measured;
}

/**
 * @param {number[]} values at least one
 * @returns {Ratio}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ i) => sorted[i] ?? Number.NaN;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, low: at(0), high: at(sorted.length - 1) };
}
