// Wrappers of functions of the runtime that return nothing for wrong input, where the functions
// throw: in a development build, wasm-bindgen logs the whole stack of each exception that reaches
// compiled code.

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
