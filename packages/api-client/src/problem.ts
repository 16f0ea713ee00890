/**
 * What went wrong, in one shape: a problem document of the API (RFC 9457), or a
 * fault on the way to it. Never decides how it is shown.
 */
import type { FieldError } from './types.ts';

export class Problem extends Error {
  override name = 'Problem';

  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The API's stable word, or `offline`, `unreachable`, `unreadable`. */
    readonly code: string,
    /** What to do, for people. */
    detail: string,
    /** The id to quote in a report. */
    readonly requestId: string | null = null,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(detail);
  }

  /** The message for one field of the body that was sent. */
  field(path: string): string | undefined {
    return this.errors.find((error) => error.path === path)?.message;
  }

  /** Whether asking again may help without any change. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const isFieldError = (value: unknown): value is FieldError =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as FieldError).path === 'string' &&
  typeof (value as FieldError).message === 'string';

/** Reads a problem out of a failed response's body, whatever the body is. */
export function problemFrom(status: number, body: unknown, requestId: string | null): Problem {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return new Problem(
    status,
    text(fields.code) ?? 'unreadable',
    text(fields.detail) ?? text(fields.title) ?? `The server answered with status ${status}.`,
    text(fields.request_id) ?? requestId,
    Array.isArray(fields.errors) ? fields.errors.filter(isFieldError) : [],
  );
}

/** A fault that kept the request from being answered. */
export function faultFrom(online: boolean): Problem {
  return online
    ? new Problem(0, 'unreachable', 'The server did not answer. Try again in a moment.')
    : new Problem(0, 'offline', 'You are offline. Nothing was changed.');
}

/** A page in the place of an answer. */
export const foreignAnswer = (): Problem =>
  new Problem(
    0,
    'unreadable',
    'Something other than the server answered, such as the sign-in page of a network. Open another site to see it, then try again.',
  );

/** Any thrown value as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(
    0,
    'unreadable',
    error instanceof Error ? error.message : 'Something went wrong.',
  );
}
