// The worker of pages as the runtime sees it. See crates/platform/worker/entry.js.

import { headOf } from './head.js';
import { fetch, requestHeaders } from './index.js';

const names = requestHeaders().split('\n');

export default {
  fetch: (request, env, context) => fetch(headOf(request, names), request, env, context),
};
