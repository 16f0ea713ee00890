import { describe, expect, it } from 'vitest';
import type { Action } from '@/shared/actions/action';
import type { Uses } from '@/shared/actions/uses';
import { actionEntries, found, inlineEntries, listed, typedEntries } from './entries';

const action = (id: string, title: string, more: object = {}): Action =>
  ({
    id,
    title,
    group: 'Items',
    ...('choose' in more || 'ask' in more ? {} : { run: () => {} }),
    ...more,
  }) as Action;

const ACTIONS: readonly Action[] = [
  action('item.open', 'Open an item', {
    keywords: ['launch'],
    choose: {
      prompt: 'An item',
      inline: true,
      choices: () => [
        { id: '1', title: 'Figma design board', run: () => {} },
        { id: '2', title: 'Grafana production dashboard', run: () => {} },
        { id: '3', title: '東京オフィス', run: () => {} },
        { id: '4', title: 'Größe und Straße', run: () => {} },
      ],
    },
  }),
  action('item.add-address', 'Add an address', {
    ask: {
      prompt: 'The address',
      inline: 'first',
      check: (text: string) => (text.includes('.') ? null : 'Type an address.'),
      run: () => {},
    },
  }),
  action('window.close', 'Close the window', { group: 'Windows', keys: ['Control+Alt+w'] }),
  action('window.close-all', 'Close all windows', { group: 'Windows' }),
  action('window.maximize', 'Maximize or restore the window', { group: 'Windows' }),
  action('app.settings', 'Open Settings', { group: 'Go to', keywords: ['preferences', 'theme'] }),
  action('look.theme', 'Change the theme', { group: 'Look' }),
  action('account.sign-out', 'Sign out', { group: 'Account', keywords: ['log out'] }),
  action('window.never', 'Never possible', { when: () => false }),
  action('tile.edit', 'Edit the item', { local: true }),
];

const DAY = 24 * 60 * 60_000;

const search = (query: string, uses: Uses = {}) =>
  found([...actionEntries(ACTIONS), ...inlineEntries(ACTIONS)], query, uses, DAY);

it('lists what makes sense now, by group', () => {
  const groups = listed(actionEntries(ACTIONS), {}, DAY);
  expect(groups.map(({ label }) => label)).toEqual([
    'Items',
    'Windows',
    'Go to',
    'Look',
    'Account',
  ]);
  const ids = groups.flatMap(({ items }) => items.map(({ id }) => id));
  expect(ids).not.toContain('window.never');
  expect(ids).not.toContain('tile.edit');
  expect(groups[1]?.items[0]).toMatchObject({ title: 'Close the window', keys: 'Control+Alt+w' });
});

it('lists what was used before, often and lately first, and once', () => {
  const uses = {
    'look.theme': { count: 1, at: DAY },
    'window.close': { count: 3, at: DAY },
    'window.never': { count: 9, at: DAY },
  };
  const [recent, ...rest] = listed(actionEntries(ACTIONS), uses, DAY);
  expect(recent?.label).toBe('Recent');
  expect(recent?.items.map(({ id }) => id)).toEqual(['window.close', 'look.theme']);
  expect(rest.flatMap(({ items }) => items.map(({ id }) => id))).not.toContain('window.close');
});

describe('the first result', () => {
  it.each([
    ['close', 'Close the window'],
    ['cw', 'Close the window'],
    ['clse', 'Close the window'],
    ['maxmize', 'Maximize or restore the window'],
    ['window close', 'Close the window'],
    ['theme', 'Change the theme'],
    ['preferences', 'Open Settings'],
    ['setings', 'Open Settings'],
    ['log out', 'Sign out'],
    ['SIGN', 'Sign out'],
    ['launch', 'Open an item'],
    ['figma', 'Figma design board'],
    ['fimga', 'Figma design board'],
    ['dash', 'Grafana production dashboard'],
    ['東京', '東京オフィス'],
    ['große', 'Größe und Straße'],
  ])('of %j is %s', (query, title) => {
    expect(search(query)[0]?.title).toBe(title);
  });
});

it('nothing is found for what no title or keyword holds', () => {
  expect(search('xyzzy')).toEqual([]);
});

it('of two that match alike, the one that was used comes first', () => {
  expect(search('window')[0]?.id).toBe('window.close');
  const uses = { 'window.maximize': { count: 4, at: DAY } };
  expect(search('window', uses)[0]?.id).toBe('window.maximize');
});

it('a match of the title stands before one of the keywords', () => {
  expect(search('theme').map(({ id }) => id)).toEqual(['look.theme', 'app.settings']);
});

it('says which letters of the title matched', () => {
  const [first] = search('figma');
  expect(first?.ranges).toEqual([[0, 4]]);
  expect(search('preferences')[0]?.ranges).toEqual([]);
});

it('a text that an action accepts is offered to it', () => {
  expect(typedEntries(ACTIONS, 'close', 'first')).toEqual([]);
  expect(typedEntries(ACTIONS, ' ', 'first')).toEqual([]);
  expect(typedEntries(ACTIONS, 'example.com', 'first').map(({ title }) => title)).toEqual([
    'Add an address: example.com',
  ]);
  expect(typedEntries(ACTIONS, 'example.com', 'last')).toEqual([]);
});
