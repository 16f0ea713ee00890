/**
 * The only function that sends requests to the API: adds the idempotency key, repeats what is
 * safe to repeat, and turns every failure into a `Problem`. Knows no routes.
 */
import { faultFrom, problemFrom } from './problem';

const ATTEMPTS = 3;
/** Milliseconds before the second and the third attempt. */
const PAUSES = [300, 1200];
const PASSING = new Set([502, 503, 504]);

type Ports = {
  fetch: typeof fetch;
  wait: (milliseconds: number) => Promise<void>;
  online: () => boolean;
  /** Called for every 401, so that the shell can ask for a sign-in. */
  signedOut: () => void;
};

/**
 * A `fetch` for the generated client. A write carries one `Idempotency-Key` over
 * all its attempts, so repeating it after a lost answer changes nothing twice.
 */
export function createApiFetch(ports: Ports): (request: Request) => Promise<Response> {
  return async (original) => {
    const request = withIdempotencyKey(original);
    const response = await attempt(ports, request);
    if (response.ok) return response;
    if (response.status === 401) ports.signedOut();
    const body: unknown = await response.json().catch(() => null);
    throw problemFrom(response.status, body, response.headers.get('x-request-id'));
  };
}

function withIdempotencyKey(request: Request): Request {
  if (request.method === 'GET' || request.headers.has('idempotency-key')) return request;
  const headers = new Headers(request.headers);
  headers.set('idempotency-key', crypto.randomUUID());
  return new Request(request, { headers });
}

async function attempt(ports: Ports, request: Request): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    const last = tried === ATTEMPTS;
    try {
      const response = await ports.fetch(last ? request : request.clone());
      if (last || !PASSING.has(response.status)) return response;
    } catch (error) {
      if (request.signal.aborted) throw error;
      if (last || !ports.online()) throw faultFrom(ports.online());
    }
    await ports.wait(PAUSES[tried - 1] ?? 0);
  }
}
