// The API worker as the runtime sees it. The build bundles this file with the bindings of the compiled
// module, index.js. The runtime calls its functions directly: an object around them for each
// request would take a tenth of the time of a small response.

import { durableObject } from './durable-object.js';
import { __worker_init_state, fetch, OrganizationRoom as Room, scheduled } from './index.js';

// The first dozen frames of a panic's stack belong to the panic hook.
Error.stackTraceLimit = 100;

export const OrganizationRoom = durableObject(Room, __worker_init_state());

export default { fetch, scheduled };
