/** The API's client, bound to this page's origin. */
import { createApiClient, createApiFetch } from '@prox/api-client';
import { answered, isOnline, networkLosses } from '@/shared/lib/online';
import { takeEarly } from './early';

let onSignedOut: () => void = () => {};

/** Says what happens when any request is answered with 401. */
export function whenSignedOut(react: () => void): void {
  onSignedOut = react;
}

let onAnswer: (url: string, headers: Headers) => void = () => {};

/** Looks at every answer's headers. */
export function whenAnswered(look: (url: string, headers: Headers) => void): void {
  onAnswer = look;
}

const apiFetch = createApiFetch({
  fetch: async (request) => {
    const losses = networkLosses();
    const response = await (takeEarly(request) ?? fetch(request));
    answered(response.status >= 500, losses);
    onAnswer(response.url, response.headers);
    return response;
  },
  online: isOnline,
  signedOut: () => onSignedOut(),
});

export const api = createApiClient({ fetch: apiFetch });

/** Development sign-in, which the contract leaves out because release builds do not have it. */
export async function signInForDevelopment(body: {
  email: string;
  name: string | null;
}): Promise<void> {
  await apiFetch(
    new Request(new URL('/api/auth/dev', location.origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}
