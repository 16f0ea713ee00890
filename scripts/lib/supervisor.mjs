// What a command keeps running: notices when one of them ends by itself, stops them all in order.

import { Problem } from './cli.mjs';
import { logTail } from './processes.mjs';

/** @typedef {import('./processes.mjs').Started} Started */

export class Supervisor {
  /** In the order in which they were started. @type {Started[]} */
  #running = [];
  /** @type {(problem: Problem) => void} */
  #fail = () => {};

  /** Rejects when a program ends that nobody stopped. @type {Promise<never>} */
  failed = new Promise((_, reject) => {
    this.#fail = reject;
  });

  constructor() {
    // Whoever starts a program looks at its end as well; a rejection that comes early is not lost.
    this.failed.catch(() => {});
  }

  /**
   * @param {Started} program
   * @returns {Started}
   */
  add(program) {
    this.#running.push(program);
    program.ended.then((how) => {
      if (program.stopped()) return;
      this.#fail(new Problem(`${program.name} ended (${how}).\n${logTail(program.logFile)}`));
    });
    return program;
  }

  async stopAll() {
    for (const program of this.#running.splice(0).reverse()) await program.stop();
  }
}
