// The worker of jobs as the runtime sees it. See crates/platform/worker/entry.js.
//
// Only the importer of the API worker calls it, with the id of an import as the body.

import { advance } from './index.js';

export default {
  async fetch(request, env, context) {
    const done = await advance(await request.text(), env, context);
    return new Response(done, { headers: { 'content-type': 'application/json' } });
  },
};
