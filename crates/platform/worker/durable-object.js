// Durable Object classes for the runtime, over classes that are compiled from Rust.
//
// After an abort of its wasm module (out of memory, for example; a panic unwinds instead), the `worker`
// crate starts the module again with fresh memory. An object of the old memory must not be called any
// more, so it is created again from its state and environment. Its data is in Postgres and in its
// own storage.

const HANDLERS = ['fetch', 'alarm', 'webSocketMessage', 'webSocketClose', 'webSocketError'];

/**
 * @param {new (state: unknown, env: unknown) => any} Compiled the class of the wasm module
 * @param {{ instanceId: number }} memory counts the starts of the module
 * @returns {new (state: unknown, env: unknown) => object}
 */
export function durableObject(Compiled, memory) {
  class DurableObject {
    #object;
    #instanceId;
    #build;

    /** @param {unknown} state @param {unknown} env */
    constructor(state, env) {
      this.#build = () => new Compiled(state, env);
      this.#object = this.#build();
      this.#instanceId = memory.instanceId;
    }

    /** @param {string} handler @param {unknown[]} args */
    call(handler, args) {
      if (this.#instanceId !== memory.instanceId) {
        this.#object = this.#build();
        this.#instanceId = memory.instanceId;
      }
      return this.#object[handler](...args);
    }
  }
  for (const handler of HANDLERS) {
    if (!(handler in Compiled.prototype)) continue;
    Object.defineProperty(DurableObject.prototype, handler, {
      /** @this {DurableObject} @param {unknown[]} args */
      value(...args) {
        return this.call(handler, args);
      },
    });
  }
  return DurableObject;
}
