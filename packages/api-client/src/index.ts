/** The typed client of the HTTP API. */
export { type ApiClient, createApiClient, data, everything, ifMatch } from './client.ts';
export { createApiFetch, type FetchOptions } from './fetch.ts';
export { asProblem, Problem, problemFrom } from './problem.ts';
export type { components, operations, paths } from './schema.d.ts';
export type * from './types.ts';
