/**
 * The only function that sends requests to the API: adds the idempotency key, repeats what is
 * safe to repeat, and turns every failure into a `Problem`. Knows no routes.
 */
import { faultFrom, foreignAnswer, problemFrom } from './problem.ts';

const ATTEMPTS = 3;
/** Milliseconds before the second and the third attempt. */
const PAUSES = [300, 1200];
const PASSING = new Set([502, 503, 504]);

/** What the platform offers. Without an option, the platform's own `fetch` and timer. */
export type FetchOptions = {
  fetch?: (request: Request) => Promise<Response>;
  wait?: (milliseconds: number) => Promise<void>;
  /** Whether the device has a network at all: without one, nothing is repeated. */
  online?: () => boolean;
  /** Called for every 401, so that the app can ask for a sign-in. */
  signedOut?: () => void;
};

type Ports = Required<FetchOptions>;

const platform: Ports = {
  fetch: (request) => fetch(request),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  online: () => true,
  signedOut: () => {},
};

/**
 * A `fetch` for the generated client. A write carries one `Idempotency-Key` over
 * all its attempts, so repeating it after a lost answer changes nothing twice.
 */
export function createApiFetch(
  options: FetchOptions = {},
): (request: Request) => Promise<Response> {
  const ports = { ...platform, ...options };
  return async (original) => {
    const request = withIdempotencyKey(original);
    const response = await attempt(ports, request);
    if (response.ok) {
      if (isPage(response)) throw foreignAnswer();
      return response;
    }
    if (response.status === 401) ports.signedOut();
    const body: unknown = await response.json().catch(() => null);
    throw problemFrom(response.status, body, response.headers.get('x-request-id'));
  };
}

/** The API answers with no page: one comes from the network, which wants a sign-in of its own. */
const isPage = ({ headers }: Response): boolean =>
  headers.get('content-type')?.toLowerCase().startsWith('text/html') ?? false;

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
