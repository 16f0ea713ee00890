// The edge worker as the runtime sees it. See crates/platform/worker/entry.js.
//
// Most requests go to the API as they are. For them the compiled module only decides, and the runtime
// forwards.

import { fetch, passes, unavailable } from './index.js';

Error.stackTraceLimit = 100;

export default {
  fetch(request, env, context) {
    if (!passes(request.url, namesOf(request.headers), env)) return fetch(request, env, context);
    return env.API.fetch(request).catch((error) => unavailable(request, error));
  },
};

/**
 * The names of headers, a line each.
 * @param {Headers} headers
 */
function namesOf(headers) {
  let names = '';
  headers.forEach((_, name) => {
    names += `${name}\n`;
  });
  return names;
}
