// Functions of the runtime that throw for wrong input, made to return nothing instead: in a development
// build, wasm-bindgen logs the whole stack of each exception that reaches compiled code.

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
 * The text of bytes. Nothing for a label that the Encoding Standard does not have.
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
