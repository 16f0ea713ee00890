// How long a runtime takes to load one more copy of a worker: it compiles the code and runs its top
// level. A runtime with nine copies is compared with a runtime with one, so that what starting costs
// by itself is not counted.

import { Log, LogLevel, Miniflare } from 'miniflare';
import { spread } from './pairs.mjs';

/** @typedef {import('miniflare').WorkerOptions} WorkerOptions */

const COPIES = 8;

/**
 * Milliseconds for each further copy of a worker.
 * @param {WorkerOptions} worker its bindings are left out: loading does not need them
 * @returns {Promise<number>}
 */
export async function loadTime(worker) {
  const one = await startTime(worker, 1);
  return ((await startTime(worker, 1 + COPIES)) - one) / COPIES;
}

/**
 * The median of the starts of both, in turn, and their ratio.
 * @param {number} starts
 * @param {WorkerOptions} ours
 * @param {WorkerOptions} theirs
 */
export async function loadTimes(starts, ours, theirs) {
  const times = { ours: /** @type {number[]} */ ([]), theirs: /** @type {number[]} */ ([]) };
  for (let i = 0; i < starts; i++) {
    times.ours.push(await loadTime(ours));
    times.theirs.push(await loadTime(theirs));
  }
  const ratios = times.ours.map((time, i) => time / (times.theirs[i] ?? Number.NaN));
  return {
    ours: spread(times.ours).median,
    theirs: spread(times.theirs).median,
    ratio: spread(ratios),
  };
}

/**
 * Milliseconds until a runtime with so many copies listens.
 * @param {WorkerOptions} worker
 * @param {number} copies
 */
async function startTime({ config }, copies) {
  const { compatibilityDate, compatibilityFlags, manifest } = config;
  const started = performance.now();
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    log: new Log(LogLevel.ERROR),
    cf: false,
    workers: Array.from({ length: copies }, (_, i) => ({
      config: { name: `copy-${i}`, compatibilityDate, compatibilityFlags, manifest },
    })),
  });
  try {
    await miniflare.ready;
    return performance.now() - started;
  } finally {
    await miniflare.dispose();
  }
}
