// The API worker as the runtime sees it. The build bundles this file with the bindings of the compiled
// module, index.js. The runtime calls its functions directly: an object around them for each
// request would take a tenth of the time of a small response.

import { durableObject } from './durable-object.js';
import { headOf } from './head.js';
import {
  __worker_init_state,
  fetch,
  Importer as Imports,
  OrganizationRoom as Room,
  requestHeaders,
  scheduled,
} from './index.js';

export const Importer = durableObject(Imports, __worker_init_state());
export const OrganizationRoom = durableObject(Room, __worker_init_state());

const names = requestHeaders().split('\n');

export default {
  fetch: (request, env, context) => fetch(headOf(request, names), request, env, context),
  scheduled,
};
