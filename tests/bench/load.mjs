// Sends a fixed number of requests to one address and measures them. Loopback only.

import { Client } from 'undici';

/**
 * @typedef {object} Target
 * @property {string} origin where the worker listens
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {number} [status] the expected status; default 200. Any other fails
 */

/**
 * @typedef {object} Sample
 * @property {number} perSecond requests
 * @property {number} p50 milliseconds
 * @property {number} bytes of one answer's body
 */

/**
 * @param {Target} target
 * @param {{ requests: number, concurrency: number }} size `concurrency` connections, one request at
 *   a time on each
 * @returns {Promise<Sample>}
 */
export async function load(target, { requests, concurrency }) {
  const clients = Array.from({ length: concurrency }, () => new Client(target.origin));
  /** @type {number[]} */
  const times = [];
  let left = requests;
  let bytes = 0;
  const started = performance.now();
  try {
    await Promise.all(
      clients.map(async (client) => {
        while (left-- > 0) {
          const asked = performance.now();
          bytes = await request(client, target);
          times.push(performance.now() - asked);
        }
      }),
    );
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return { perSecond: requests / seconds, p50: times[times.length >> 1] ?? Number.NaN, bytes };
}

/**
 * One request by undici's lowest interface, so that the client costs little.
 * @param {Client} client
 * @param {Target} target
 * @returns {Promise<number>} the body's length
 */
function request(client, { path, headers = {}, status = 200 }) {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let answered = 0;
    client.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart() {},
        onResponseStart(_, statusCode) {
          answered = statusCode;
        },
        onResponseData(_, chunk) {
          bytes += chunk.length;
        },
        onResponseEnd() {
          if (answered === status) resolve(bytes);
          else reject(new Error(`${path} answered ${answered}, not ${status}`));
        },
        onResponseError(_, error) {
          reject(error);
        },
      },
    );
  });
}
