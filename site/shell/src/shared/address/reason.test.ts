import { expect, it } from 'vitest';
import { reasonOf, reasonsOf } from './reason';

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

it('says the same words once, with every rule below them', () => {
  expect(
    reasonsOf([
      'The site may not be framed (X-Frame-Options: DENY).',
      "The site may not be framed (frame-ancestors 'none').",
      "The site may not be framed (frame-ancestors 'none').",
      'The address did not answer in time.',
    ]),
  ).toEqual([
    {
      words: 'The site may not be framed.',
      rules: ['X-Frame-Options: DENY', "frame-ancestors 'none'"],
    },
    { words: 'The address did not answer in time.', rules: [] },
  ]);
});
