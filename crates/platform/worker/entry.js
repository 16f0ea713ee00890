// The API worker as the runtime sees it. The build bundles this file with the bindings of the compiled
// module, index.js. The runtime calls its functions directly: an object around them for each
// request would take a tenth of the time of a small response.

import { durableObject } from './durable-object.js';
import {
  __worker_init_state,
  fetch,
  OrganizationRoom as Room,
  requestHeaders,
  scheduled,
} from './index.js';

// Without it, the compiled module schedules its tasks with promises, which cost this runtime a third.
delete globalThis.queueMicrotask;

// The first dozen frames of a panic's stack belong to the panic hook.
Error.stackTraceLimit = 100;

export const OrganizationRoom = durableObject(Room, __worker_init_state());

const names = requestHeaders().split('\n');

export default {
  fetch: (request, env, context) => fetch(headOf(request, names), request, env, context),
  scheduled,
};

/**
 * A request's method, address and headers, a line each; a header is two lines, its name and its value.
 * None of them can contain a line break.
 * @param {Request} request
 * @param {string[]} names of the headers that the API reads. To iterate over all that a browser and the
 *   network send takes several times as long.
 * @returns {string}
 */
function headOf(request, names) {
  const { method, url, headers } = request;
  let text = `${method}\n${url}`;
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) text += `\n${name}\n${value}`;
  }
  return text;
}
