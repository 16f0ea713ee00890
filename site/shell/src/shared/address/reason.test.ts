import { expect, it } from 'vitest';
import { reasonOf } from './reason';

it('sets the rule apart from the words', () => {
  expect(
    reasonOf("The site may not be shown inside any other page (frame-ancestors 'none')."),
  ).toEqual({
    words: 'The site may not be shown inside any other page.',
    rule: "frame-ancestors 'none'",
  });
});

it.each([
  'The address did not answer in time.',
  'The address is a file (application/zip), not a page.',
  '(only a rule).',
  '',
])('leaves %j whole', (text) => expect(reasonOf(text)).toEqual({ words: text, rule: null }));
