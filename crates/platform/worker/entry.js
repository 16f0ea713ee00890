// The API worker as the runtime sees it. The build bundles this file with the bindings of the compiled
// module, index.js. Events go straight to its functions: an object around them for each request costs a
// tenth of a small answer.

import { durableObject } from './durable-object.js';
import { __worker_init_state, fetch, OrganizationRoom as Room, scheduled } from './index.js';

// The first dozen frames of a panic's stack are those of its hook.
Error.stackTraceLimit = 100;

export const OrganizationRoom = durableObject(Room, __worker_init_state());

export default { fetch, scheduled };
