// Websocket clients that do next to nothing with a frame: with thousands of them, the server is what
// is measured.

import { randomBytes } from 'node:crypto';
import { request } from 'node:http';

/**
 * @typedef {object} Listener
 * @property {(onText: (text: string) => void) => void} listen from now on
 * @property {() => void} close
 */

/**
 * Opens a websocket (RFC 6455) and waits for its first text.
 * @param {{ origin: string, path: string, headers?: Record<string, string> }} target
 * @returns {Promise<Listener>}
 */
export function openSocket({ origin, path, headers = {} }) {
  return new Promise((resolve, reject) => {
    const upgrade = request(origin + path, {
      headers: {
        ...headers,
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      },
    });
    upgrade.once('error', reject);
    upgrade.once('response', ({ statusCode }) =>
      reject(new Error(`${path} answered ${statusCode} instead of a websocket`)),
    );
    upgrade.once('upgrade', (_, socket, head) => {
      /** @type {(text: string) => void} */
      let onText = () => resolve({ listen, close: () => socket.destroy() });
      const listen = (/** @type {(text: string) => void} */ next) => {
        onText = next;
      };
      socket.once('error', () => socket.destroy());
      const read = frameReader((text) => onText(text));
      read(head);
      socket.on('data', read);
    });
    upgrade.end();
  });
}

/**
 * Takes frames of a server, which are never masked, apart. Texts only, up to 64 kB, in one piece:
 * what a room sends.
 * @param {(text: string) => void} onText
 * @returns {(chunk: Buffer) => void}
 */
function frameReader(onText) {
  let rest = /** @type {Buffer} */ (Buffer.alloc(0));
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= 4) {
      const short = (rest[1] ?? 0) & 0x7f;
      const head = short === 126 ? 4 : 2;
      const end = head + (short === 126 ? rest.readUInt16BE(2) : short);
      if (rest.length < end) return;
      if (((rest[0] ?? 0) & 0x0f) === 1) onText(rest.toString('utf8', head, end));
      rest = rest.subarray(end);
    }
  };
}

/**
 * Opens many, a few at a time.
 * @param {number} count
 * @param {() => Promise<Listener>} open
 * @returns {Promise<Listener[]>}
 */
export async function openMany(count, open) {
  /** @type {Listener[]} */
  const opened = [];
  let left = count;
  const worker = async () => {
    while (left-- > 0) opened.push(await open());
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return opened;
}
