import { problemFrom } from '@prox/api-client';
import { expect, it } from 'vitest';
import { wordsFor } from './words';

const problem = (errors: { path: string; message: string }[]) =>
  problemFrom(422, { code: 'invalid', detail: 'Some fields need another look.', errors }, null);

it('a problem without fields is its own sentence', () => {
  expect(wordsFor(problem([]))).toBe('Some fields need another look.');
});

it('each field at fault has a sentence', () => {
  const errors = [
    { path: 'title', message: 'must not be blank' },
    { path: 'place.folder_id', message: 'must be a folder of this space' },
    { path: '', message: 'must not be empty' },
    { path: 'email', message: 'Give one address.' },
  ];
  expect(wordsFor(problem(errors))).toBe(
    'Title must not be blank. Place folder must be a folder of this space. The request must not be empty. Give one address.',
  );
  expect(wordsFor(problem(errors), ['place.folder_id', '', 'email'])).toBe(
    'Title must not be blank.',
  );
});
