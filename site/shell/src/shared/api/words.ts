/** Problems of the API in the words that people read. */
import { asProblem } from '@prox/api-client';

/** A field's message as a sentence: the server's own words follow the name of the field. */
export const sentence = (name: string, message: string): string =>
  /^\p{Ll}/u.test(message) ? `${name} ${message}.` : message;

/** `place.folder_id` as `Place folder`. */
function nameOf(path: string): string {
  const words = path.replace(/_id$/, '').replaceAll(/[._]/g, ' ');
  return words === '' ? 'The request' : words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * What a person reads: the sentence of each field at fault, otherwise that of the problem itself.
 * Leaves out the fields that show their own sentence; empty when those are all.
 */
export function wordsFor(error: unknown, shown: readonly string[] = []): string {
  const problem = asProblem(error);
  return problem.errors.length > 0
    ? problem.errors
        .filter(({ path }) => !shown.includes(path))
        .map(({ path, message }) => sentence(nameOf(path), message))
        .join(' ')
    : problem.message;
}
