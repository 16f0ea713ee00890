// How the runtime gets in; the build puts this file beside what it made. Events go straight to the
// functions of the built module: the object that worker-build makes around them, with two proxies for
// each request, costs a tenth of a small answer.

import Worker, { OrganizationRoom } from './index.js';

const { fetch, scheduled } = Worker.prototype;

export { OrganizationRoom };

export default {
  fetch: (request, env, ctx) => fetch.call({ env, ctx }, request),
  scheduled: (event, env, ctx) => scheduled.call({ env, ctx }, event),
};
