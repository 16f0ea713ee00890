import { expect, it } from 'vitest';
import { excerpt } from './excerpt';

it.each([
  ['Read **this** [page](https://example.com) and `run` it', 'Read this page and run it'],
  ['> Quoted\n\n- one\n- two', 'Quoted\n· one\n· two'],
  ['> > - deep', '· deep'],
  ['1. one\n2) two', 'one\ntwo'],
  ['- [ ] open\n- [x] done\n- [X] done', '☐ open\n☑ done\n☑ done'],
  [
    '| Town | Sheet |\n|:--|--:|\n| Visby | **12** |\n| a \\| b | |',
    'Town · Sheet\nVisby · 12\na | b',
  ],
  ['Town | Sheet\n--- | ---\nVisby | 12\n\na | b', 'Town · Sheet\nVisby · 12\na | b'],
  ['either | or', 'either | or'],
  ['&amp; &copy; &auml; &#35; &#x26; &nope; AT&T', '& © ä # & &nope; AT&T'],
  ['`&amp; *a* \\b` ``a ` b``', '&amp; *a* \\b a ` b'],
  [
    '\\*not\\* \\_em\\_ 5 * 3 * 2 snake_case_name __a__b',
    '*not* _em_ 5 * 3 * 2 snake_case_name __a__b',
  ],
  ['***both*** **a *b* c** __d__ _e_ ~~f~~', 'both a b c d e f'],
  ['![alt](https://a.example/p.png) [![in](a)](https://a.example/x_(y)) [ref][a]', 'alt in ref'],
  ['[ref]\n\n[ref]: https://a.example', '[ref]'],
  ['<https://a.example/> <m@a.example> <b>', 'https://a.example/ m@a.example <b>'],
  ['# One ##\n\nTwo\n---\n\n***\n\nThree\n===', 'One\nTwo\nThree'],
  ['```rust\nlet a = 1;\n```\n~~~\nb\n~~~', 'let a = 1;\nb'],
  ['a\rb\r\nc', 'a\nb\nc'],
  ['שלום **עולם**', 'שלום עולם'],
])('%j is shown as %j', (markdown, expected) => {
  expect(excerpt(markdown)).toBe(expected);
});

it('does not repeat the title', () => {
  expect(excerpt('# This week\n\nRest', 'This week')).toBe('Rest');
});

it('is short for a long text', () => {
  expect(excerpt('word '.repeat(20_000)).length).toBeLessThanOrEqual(240);
});

it.each([
  ['words', 'word '.repeat(60), `${'word '.repeat(46)}word…`],
  ['one word', 'a'.repeat(300), `${'a'.repeat(239)}…`],
  ['the longest text', 'a'.repeat(240), 'a'.repeat(240)],
  ['pairs of surrogates', '😀'.repeat(200), `${'😀'.repeat(119)}…`],
  ['pairs after a letter', `a${'😀'.repeat(200)}`, `a${'😀'.repeat(119)}…`],
  ['words with long addresses', '[one](https://a.example/b) two '.repeat(40), / (?:one|two)…$/],
])('a long text ends with a whole word and an ellipsis: %s', (_, markdown, expected) => {
  const text = excerpt(markdown);
  expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  if (typeof expected === 'string') expect(text).toBe(expected);
  else expect(text).toMatch(expected);
});

it.each(['[', '`', '*', '_', '|', '<a@', '&', '~~a', '_a ', '[a](', '> ', '|-'])(
  'is quick for a text of %j only',
  (unit) => {
    expect(excerpt(unit.repeat(20_000)).length).toBeLessThanOrEqual(240);
  },
);
