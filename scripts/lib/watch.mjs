// Watches the Rust sources and reports changes.

import { watch } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** Milliseconds without a change after which a burst of changes is over. */
const DEBOUNCE = 200;

/**
 * Calls `changed` once after every burst of changes, never while the last call still runs.
 * @param {() => Promise<void>} changed
 * @returns {() => void} stops watching
 */
export function watchCrates(changed) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let running = false;
  let again = false;
  const fire = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await changed();
    } while (again);
    running = false;
  };
  const watcher = watch(join(root, 'crates'), { recursive: true }, (_, file) => {
    if (!file || !isSource(file)) return;
    clearTimeout(timer);
    timer = setTimeout(fire, DEBOUNCE);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

/** @param {string} file relative to crates/ */
function isSource(file) {
  return (
    !/(^|[\\/])(build|target|tests)[\\/]/.test(file) &&
    /\.(rs|toml|html|css|js|sql|json)$/.test(file)
  );
}
