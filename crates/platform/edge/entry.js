// How the runtime gets in. See crates/platform/worker/entry.js.

import Worker from './index.js';

const { fetch } = Worker.prototype;

export default {
  fetch: (request, env, ctx) => fetch.call({ env, ctx }, request),
};
