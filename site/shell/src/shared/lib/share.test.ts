import { expect, it } from 'vitest';
import { addShared, sharedIn } from './share';

const shared = (values: Record<string, string>) => sharedIn(`?${new URLSearchParams(values)}`);

const SHARES: [name: string, given: Record<string, string>, expected: (string | null)[]][] = [
  ['nothing', {}, [null, null, null]],
  ['a page', { url: 'https://a.example/x', title: 'A' }, ['https://a.example/x', 'A', null]],
  ['an address in text', { text: 'https://a.example/' }, ['https://a.example/', null, null]],
  [
    'a sentence with an address',
    { text: 'Ferry times: https://a.example/ferry?x=1.' },
    ['https://a.example/ferry?x=1', 'Ferry times', null],
  ],
  [
    'an address in text beside a title',
    { title: 'Ferry', text: 'Look at this https://a.example/' },
    ['https://a.example/', 'Ferry', 'Look at this'],
  ],
  ['an address in the title', { title: 'https://a.example/' }, ['https://a.example/', null, null]],
  [
    'an address with brackets',
    { text: '(https://a.example/wiki/Tide_(sea))' },
    ['https://a.example/wiki/Tide_(sea)', null, null],
  ],
  ['a host without a scheme', { url: 'a.example/x' }, ['https://a.example/x', null, null]],
  ['only words', { text: 'milk and bread' }, [null, null, 'milk and bread']],
  ['words with a title', { title: 'List', text: 'milk' }, [null, 'List', 'milk']],
  [
    'an address that runs code',
    { url: 'javascript:alert(1)' },
    [null, null, 'javascript:alert(1)'],
  ],
  [
    'an address with a password',
    { url: 'https://me:pw@a.example/' },
    [null, null, 'https://me:pw@a.example/'],
  ],
  ['data', { url: 'data:text/html,x' }, [null, null, 'data:text/html,x']],
  ['spaces only', { url: ' ', text: ' ', title: ' ' }, [null, null, null]],
];

it.each(SHARES)('reads %s', (_, given, expected) => {
  const { url, title, text } = shared(given);
  expect([url, title, text]).toEqual(expected);
});

it('keeps as much of a title as an item can have', () => {
  const search = addShared({ url: null, title: '🙂'.repeat(200), text: null });
  expect([...(new URLSearchParams(search).get('title') ?? '')]).toHaveLength(120);
});

it('opens the dialog with what was shared', () => {
  const search = addShared(shared({ title: 'A & B', url: 'https://a.example/?x=1&y=2#z' }));
  expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
    dialog: 'add-item',
    url: 'https://a.example/?x=1&y=2#z',
    title: 'A & B',
  });
  expect(addShared(shared({}))).toBe('?dialog=add-item');
  expect(addShared(shared({ text: 'milk' }))).toBe('?dialog=add-item&text=milk');
});
