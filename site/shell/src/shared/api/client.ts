/** The generated client, bound to this page's origin. */
import createClient from 'openapi-fetch';
import { answered, isOnline } from '@/shared/lib/online';
import { createApiFetch } from './fetch';
import type { paths } from './schema';

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
    const response = await fetch(request);
    answered();
    onAnswer(response.url, response.headers);
    return response;
  },
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  online: isOnline,
  signedOut: () => onSignedOut(),
});

export const api = createClient<paths>({ fetch: apiFetch });

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

/** The body of an answer. Failures were thrown as problems on the way. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** All pages of a list, in order. */
export async function everything<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next_cursor } = await page(cursor);
    all.push(...items);
    cursor = next_cursor ?? undefined;
  } while (cursor);
  return all;
}

/** The precondition for a change of `version`. */
export const ifMatch = (version: number) => ({ 'If-Match': `"v${version}"` });
