// The edge worker as the runtime sees it. See crates/platform/worker/entry.js.

import { fetch } from './index.js';

Error.stackTraceLimit = 100;

export default { fetch };
