import { describe, expect, it } from 'vitest';
import { droppedOf, titleOf } from './dropped';

const drag = (formats: Record<string, string>) => droppedOf((format) => formats[format] ?? '');

describe('what a drag carries', () => {
  it.each([
    [
      'a link',
      {
        'text/uri-list': 'https://example.com/a',
        'text/plain': 'https://example.com/a',
        'text/html': '<a href="https://example.com/a">The <b>first</b> page</a>',
      },
      { url: 'https://example.com/a', name: 'The first page' },
    ],
    [
      'a list with a comment',
      { 'text/uri-list': '# mine\r\nhttps://example.com/\r\nhttps://example.org/' },
      { url: 'https://example.com/', name: null },
    ],
    [
      'a link whose words are its address',
      {
        'text/uri-list': 'https://example.com/',
        'text/html': '<a href="https://example.com/">https://example.com/</a>',
      },
      { url: 'https://example.com/', name: null },
    ],
    [
      'a text that is an address',
      { 'text/plain': ' example.com ' },
      { url: 'https://example.com/', name: null },
    ],
    ['a text', { 'text/plain': 'Some words.\nMore.' }, { text: 'Some words.\nMore.' }],
    ['an address that may not be opened', { 'text/uri-list': 'javascript:alert(1)' }, null],
    ['nothing', {}, null],
    ['a file', { Files: 'x' }, null],
  ])('%s', (_what, formats, expected) => {
    expect(drag(formats)).toEqual(expected);
  });
});

it.each([
  ['One line', 'One line'],
  ['\n\n## A heading\ntext', 'A heading'],
  ['- an item', 'an item'],
  ['x'.repeat(80), `${'x'.repeat(59)}…`],
  ['***', 'Note'],
])('the title of %j', (text, title) => {
  expect(titleOf(text)).toBe(title);
});
