import { expect, it } from 'vitest';
import { excerpt } from './excerpt';

it('drops the marks and keeps the words', () => {
  expect(excerpt('Read **this** [page](https://example.com) and `run` it')).toBe(
    'Read this page and run it',
  );
});

it('keeps lines apart and shows lists as such', () => {
  expect(excerpt('> Quoted\n\n- one\n- two')).toBe('Quoted\n· one\n· two');
});

it('does not say the title twice', () => {
  expect(excerpt('# This week\n\nRest', 'This week')).toBe('Rest');
});

it('is short, whatever the text', () => {
  expect(excerpt('word '.repeat(20_000)).length).toBeLessThanOrEqual(240);
});
