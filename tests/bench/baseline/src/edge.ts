// The least that an edge in front of the API can be.

export default {
  fetch: (request: Request, env: { API: Fetcher }) => env.API.fetch(request),
};
