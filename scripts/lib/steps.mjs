// Shows what a command is doing, step by step, with the time each took.

/** @typedef {(detail: string) => void} Note replaces what stands behind the running step's name */

const terminal = process.stdout.isTTY === true;

/**
 * Runs one step and prints it: while it runs in a terminal, and when it is over everywhere.
 * @template T
 * @param {string} name
 * @param {(note: Note) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const started = performance.now();
  let detail = '';
  const show = () => {
    if (terminal)
      process.stdout.write(
        `\r\x1b[K${line('…', name, started, detail).slice(0, process.stdout.columns)}`,
      );
  };
  const timer = setInterval(show, 200);
  const end = (/** @type {string} */ mark) => {
    clearInterval(timer);
    process.stdout.write(`${terminal ? '\r\x1b[K' : ''}${line(mark, name, started, detail)}\n`);
  };
  show();
  try {
    const result = await work((text) => {
      detail = text;
      show();
    });
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/**
 * @param {string} mark
 * @param {string} name
 * @param {number} started
 * @param {string} detail
 */
function line(mark, name, started, detail) {
  const time = duration(performance.now() - started);
  return `  ${mark} ${name.padEnd(24)} ${time.padStart(8)}  ${detail}`.trimEnd();
}

/**
 * @param {number} milliseconds
 * @returns {string} `0.4 s` or `2 min 5 s`
 */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
