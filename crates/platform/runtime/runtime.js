// Functions of the runtime, in the form in which the compiled module calls them. They take and return few
// values, because each that crosses between the two takes time. Where the runtime throws for wrong input,
// they return nothing: in a development build, wasm-bindgen logs the whole stack of each exception that
// reaches compiled code.

/**
 * The normal form of a web address.
 * @param {string} text
 * @param {string | undefined} base
 * @returns {string | undefined}
 */
export function parseAddress(text, base) {
  return URL.parse(text, base)?.href;
}

/**
 * The decoded text. Nothing for a label that is not in the Encoding Standard.
 * @param {string} label
 * @param {Uint8Array} bytes
 * @returns {string | undefined}
 */
export function decodeBytes(label, bytes) {
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The bytes that one read of a connection can take. */
const READ_SIZE = 65_536;

/** Reads a stream in large pieces. A reader of the usual kind gets 4 kB at a time from this runtime. */
export class ByteReader {
  #reader;
  #buffer = new ArrayBuffer(READ_SIZE);

  /** @param {ReadableStream<Uint8Array>} stream */
  constructor(stream) {
    this.#reader = stream.getReader({ mode: 'byob' });
  }

  /** @returns {Promise<Uint8Array | undefined>} valid until the next read; nothing at the end */
  async read() {
    const { value, done } = await this.#reader.read(new Uint8Array(this.#buffer));
    if (done || !value) return undefined;
    this.#buffer = value.buffer;
    return value;
  }

  cancel() {
    return this.#reader.cancel();
  }
}

/**
 * Closes both directions of a connection. Its request may be answered already, so that nobody waits for the
 * end.
 * @param {ByteReader} reader
 * @param {WritableStreamDefaultWriter} writer
 */
export function closeConnection(reader, writer) {
  writer.close().catch(() => {});
  reader.cancel().catch(() => {});
}

/**
 * The response of the runtime.
 * @param {number} status
 * @param {Headers} common headers that many responses share. While the
 *   response copies them, they have its own, too: to add a header to a finished response takes half as long
 *   as to create one.
 * @param {string} own headers of this response alone: a line break and the name, a line break and the value
 *   of each
 * @param {Uint8Array} body a view of the module's memory; an empty one means no body, which is what 204
 *   and 304 must have
 * @returns {Response}
 */
export function respond(status, common, own, body) {
  const lines = own.split('\n');
  for (let i = 1; i < lines.length; i += 2) common.append(lines[i], lines[i + 1]);
  try {
    return new Response(body.length > 0 ? body.slice() : null, { status, headers: common });
  } finally {
    for (let i = 1; i < lines.length; i += 2) common.delete(lines[i]);
  }
}
