// Shows the steps of a command with the time of each. Steps may run in parallel.

/** @typedef {(detail: string) => void} Note replaces the text behind the running step's name */
/** @typedef {{ name: string, started: number, detail: string }} Running */

const terminal = process.stdout.isTTY === true;
/** Milliseconds between redraws in a terminal, and between lines in a log file. */
const REDRAW_EVERY = terminal ? 200 : 30_000;

/** @type {Set<Running>} */
const running = new Set();
/** The number of lines of running steps at the end of the terminal. */
let drawn = 0;
/** @type {NodeJS.Timeout | undefined} */
let timer;

/**
 * Runs one step and prints it: while it runs, and when it ends.
 * @template T
 * @param {string} name
 * @param {(note: Note) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const one = { name, started: performance.now(), detail: '' };
  running.add(one);
  timer ??= setInterval(() => draw(), REDRAW_EVERY);
  if (terminal) draw();
  const end = (/** @type {string} */ mark) => {
    running.delete(one);
    draw(line(mark, one));
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  try {
    const result = await work((text) => {
      one.detail = text;
      if (terminal) draw();
    });
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/**
 * Runs steps in parallel. Waits for all of them and then throws the first failure, because a program that
 * still runs would overwrite the message.
 * @param {Promise<unknown>[]} steps
 */
export async function together(...steps) {
  const results = await Promise.allSettled(steps);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/**
 * Prints text above the running steps, which are redrawn in place.
 * @param {string} text
 */
export function print(text) {
  draw(text);
}

/**
 * Prints the finished line, if any, and the running steps below it. A log file gets only lines.
 * @param {string} [finished]
 */
function draw(finished) {
  if (!terminal) {
    const lines = finished ? [finished] : [...running].map((one) => line('…', one));
    process.stdout.write(lines.map((text) => `${text}\n`).join(''));
    return;
  }
  const width = process.stdout.columns || 80;
  const live = [...running].map((one) => line('…', one).slice(0, width - 1));
  const up = drawn > 0 ? `\x1b[${drawn}A` : '';
  const lines = finished ? [finished, ...live] : live;
  process.stdout.write(`\r${up}\x1b[J${lines.map((text) => `${text}\n`).join('')}`);
  drawn = live.length;
}

/**
 * @param {string} mark
 * @param {Running} step
 */
function line(mark, { name, started, detail }) {
  const time = duration(performance.now() - started);
  return `  ${mark} ${name.padEnd(24)} ${time.padStart(8)}  ${detail}`.trimEnd();
}

/**
 * @param {number} milliseconds
 * @returns {string} `0.4 s` or `2 min 5 s`
 */
export function duration(milliseconds) {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
