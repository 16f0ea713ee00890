import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Item } from '@prox/api-client';
import { toJsonSchema } from '@valibot/to-json-schema';
import { describe, expect, it } from 'vitest';
import { preferencesOf } from '@/shared/state/preferences';
import type { Win } from '@/system/windows/model';
import { LARGEST, readFile, readSnapshot, type Snapshot, snapshotSchema } from './format';
import { type Mode, planOf, type Target } from './plan';
import type { WindowIds } from './subjects';
import { fileName, type Home, snapshotOf, withoutSecrets } from './write';

const ids: WindowIds = {
  subjectOf: (id) => {
    const [kind, a = '', b = ''] = id.split('|');
    return kind === 'app' ? { app: a } : kind === 'link' ? { link: a } : { space: a, item: b };
  },
  idOf: (subject) =>
    'app' in subject
      ? subject.app === 'settings'
        ? 'app|settings'
        : null
      : 'link' in subject
        ? `link|${subject.link}`
        : `item|${subject.space}|${subject.item}`,
};

const item = (id: string, more: Partial<Item> = {}): Item =>
  ({
    id,
    space_id: 'spc_secret',
    title: id,
    kind: 'link',
    url: null,
    size: 'icon',
    color: null,
    visibility: 'inherit',
    folder_id: null,
    ...more,
  }) as Item;

const win = (id: string, desktop: string, more: Partial<Win> = {}): Win => ({
  id,
  desktop,
  size: { width: 400, height: 300 },
  cascade: 0,
  placed: null,
  shape: 'free',
  minimized: false,
  pinned: false,
  order: 1,
  restored: false,
  provisional: false,
  ...more,
});

const ITEMS = [
  item('itm_tides', { title: 'Tide Table', kind: 'app', url: 'https://tides.example/?token=abc' }),
  item('itm_reading', { title: 'Reading', kind: 'folder' }),
  item('itm_book', { title: 'A book', folder_id: 'itm_reading', size: 'wide', color: '#aabbcc' }),
];

const placed = {
  rect: { x: 30.4, y: 40, width: 500, height: 300 },
  area: { width: 1280, height: 720 },
};

const HOME: Home = {
  title: 'Ada Lovelace',
  desktops: [
    { id: 'wks_1', name: 'Desktop 1', position: 1_000 },
    { id: 'wks_2', name: 'Lab', position: 2_000 },
  ],
  wallpaperOf: (id) => (id === 'wks_1' ? 'art:dunes' : 'upload:secret'),
  open: [
    win('item|spc_secret|itm_tides', 'wks_1', { placed, order: 7, pinned: true }),
    win('app|settings', 'wks_1', { shape: 'left', order: 3 }),
    win('link|https://ada:pw@example.com/a', 'wks_2', { minimized: true }),
    win('item|spc_secret|itm_gone', 'wks_2'),
  ],
  faces: { 'app|settings': { title: 'Settings', picture: null } },
  items: ITEMS,
  itemOf: (_space, id) => ITEMS.find((one) => one.id === id) ?? null,
  look: preferencesOf({ theme: 'dusk', accent: 30 }),
  now: new Date('2026-11-30T12:00:00Z'),
};

const exported = snapshotOf(HOME, ids);

const TARGET: Target = {
  desktops: [{ id: 'mine', name: 'Lab', position: 5_000 }],
  keptOf: ({ name }) => ({ name }),
  open: [win('app|settings', 'mine'), win('item|spc_2|own', 'mine')],
  items: [item('tides', { space_id: 'spc_2', title: 'Tides', url: 'https://tides.example' })],
  faceOf: ({ title }) => ({ title, picture: null }),
  look: preferencesOf({}),
};

describe('an export', () => {
  it('has the windows of each desktop from back to front, and folders', () => {
    expect(exported.desktops).toMatchObject([
      {
        name: 'Desktop 1',
        wallpaper: 'art:dunes',
        windows: [
          { shows: { app: 'settings' }, shape: 'left' },
          {
            shows: { item: { title: 'Tide Table' } },
            place: [30, 40, 500, 300, 1280, 720],
            pinned: true,
          },
        ],
      },
      { name: 'Lab', windows: [{ shows: { link: 'https://example.com/a' }, minimized: true }] },
    ]);
    expect(exported.tiles).toMatchObject([
      { title: 'Tide Table' },
      { title: 'Reading', inside: [{ title: 'A book', size: 'wide', color: '#aabbcc' }] },
    ]);
    expect(exported.look).toMatchObject({ theme: 'dusk', accent: 30 });
  });

  it('has no ids and no secrets', () => {
    const text = JSON.stringify(exported);
    expect(text).not.toMatch(/(usr|ses|spc|itm|wks|org)_|token|abc|pw@|upload/);
  });

  it('has the look only when it is wanted', () => {
    expect(snapshotOf({ ...HOME, look: null }, ids)).not.toHaveProperty('look');
  });

  it('can be read again when its names are cut off inside of a character', () => {
    const long = `x${'😀'.repeat(60)}`;
    const desktops = [{ id: 'wks_1', name: long, position: 1_000 }];
    const file = snapshotOf({ ...HOME, desktops }, ids);
    expect(readSnapshot(JSON.stringify(file))).toEqual({ snapshot: file });
    // Also when such a name is taken.
    const [one] = file.desktops;
    const many = { ...file, desktops: [one, one, one] } as Snapshot;
    const names = planOf(many, 'add', TARGET, ids, false).desktops.map(({ name }) => name);
    expect(names.filter((name) => /\p{Cs}/u.test(name) || name.length > 80)).toEqual([]);
    expect(new Set(names).size).toBe(3);
  });

  it('can be read again', () => {
    expect(readSnapshot(JSON.stringify(exported))).toEqual({ snapshot: exported });
  });
});

it.each([
  ['https://a.example/x?q=1&api_key=2', 'https://a.example/x?q=1'],
  ['https://user:word@a.example/', 'https://a.example/'],
  ['https://a.example/#access_token=1', 'https://a.example/'],
  ['https://a.example/#part', 'https://a.example/#part'],
  ['javascript:alert(1)', null],
  [null, null],
])('the address %s is exported as %s', (address, expected) => {
  expect(withoutSecrets(address)).toBe(expected);
});

it.each([
  ['Ada Lovelace', 'Ada Lovelace 2026-11-30.png'],
  ['a/b: "c"?', 'a b c 2026-11-30.png'],
  ['', 'Desktop 2026-11-30.png'],
])('the file of %s is called %s', (home, expected) => {
  expect(fileName(home, new Date(2026, 10, 30), 'png')).toBe(expected);
});

describe('the visibility of items', () => {
  const [, folder, book] = ITEMS as [Item, Item, Item];
  const items = [
    item('itm_plan', { title: 'Plan', visibility: 'private' }),
    folder,
    { ...book, visibility: 'private' as const },
  ];
  const file = snapshotOf(
    {
      ...HOME,
      open: [win('item|spc_secret|itm_plan', 'wks_1')],
      items,
      itemOf: (_space, id) => items.find((one) => one.id === id) ?? null,
    },
    ids,
  );
  const readAgain = (value: unknown): Snapshot => {
    const result = readSnapshot(JSON.stringify(value));
    if ('problem' in result) throw new Error(result.problem);
    return result.snapshot;
  };

  it('is read as it was written: what is private stays private', () => {
    const { tiles, desktops } = readAgain(file);
    expect(tiles).toMatchObject([
      { title: 'Plan', visibility: 'private' },
      { title: 'Reading', visibility: 'inherit', inside: [{ visibility: 'private' }] },
    ]);
    expect(desktops[0]?.windows[0]?.shows).toMatchObject({ item: { visibility: 'private' } });
  });

  it('is that of the folder or page in a file from before it was known', () => {
    const old = JSON.parse(
      JSON.stringify(file, (name, value) => (name === 'visibility' ? undefined : value)),
    );
    expect(readAgain(old).tiles).toMatchObject([
      { title: 'Plan', visibility: 'inherit' },
      { title: 'Reading', visibility: 'inherit' },
    ]);
  });

  it('is not changed by an import: it plans nothing for items', () => {
    const { from, to } = planOf(readAgain(file), 'replace', TARGET, ids, true);
    for (const part of [from, to])
      expect(Object.keys(part).toSorted()).toEqual(['desktops', 'look', 'windows']);
  });

  it('that is not known is refused', () => {
    const [tile] = file.tiles;
    const result = readSnapshot(
      JSON.stringify({ ...file, tiles: [{ ...tile, visibility: 'friends' }] }),
    );
    expect(result).toEqual({ problem: expect.stringMatching(/tiles\.0\.visibility\.$/) });
  });
});

type Changes = (snapshot: Record<string, unknown> & Snapshot) => unknown;
const firstDesktop =
  (change: object): Changes =>
  (snapshot) => ({ ...snapshot, desktops: [{ ...snapshot.desktops[0], ...change }] });
const firstWindow =
  (change: object): Changes =>
  (snapshot) => ({
    ...snapshot,
    desktops: [
      { ...snapshot.desktops[0], windows: [{ ...snapshot.desktops[0]?.windows[0], ...change }] },
    ],
  });

describe('a file that is wrong gets one sentence', () => {
  it.each<[string, Changes, RegExp]>([
    ['another kind', (one) => ({ ...one, kind: 'prox-shortcuts' }), /does not hold/],
    ['a list', () => [], /does not hold/],
    ['null', () => null, /does not hold/],
    ['a newer version', (one) => ({ ...one, version: 2, more: true }), /newer version/],
    ['a version that is text', (one) => ({ ...one, version: '1' }), /cannot be used: version/],
    ['an unknown field', (one) => ({ ...one, owner: 'usr_1' }), /not known here: owner/],
    ['a missing field', ({ desktops: _, ...one }) => one, /lacks a field: desktops/],
    ['no desktops', (one) => ({ ...one, desktops: [] }), /cannot be used: desktops/],
    ['a negative size', firstWindow({ size: [-400, 300] }), /desktops\.0\.windows\.0\.size\.0/],
    ['an absurd size', firstWindow({ size: [400, 3e9] }), /desktops\.0\.windows\.0\.size\.1/],
    ['half a place', firstWindow({ place: [1, 2] }), /desktops\.0\.windows\.0\.place/],
    ['a script', firstWindow({ shows: { link: 'javascript:alert(1)' } }), /windows\.0\.shows/],
    ['an unknown shape', firstWindow({ shape: 'hexagon' }), /windows\.0\.shape/],
    ['a control character', firstWindow({ title: 'a\u0000b' }), /windows\.0\.title\.$/],
    ['half a character', firstWindow({ title: 'a\ud83d' }), /windows\.0\.title\.$/],
    ['a name of two lines', firstDesktop({ name: 'a\nb' }), /desktops\.0\.name\.$/],
    ['a blank name', firstDesktop({ name: ' \u200b' }), /desktops\.0\.name\.$/],
    ['a name that turns the text', firstDesktop({ name: 'a\u202eb' }), /desktops\.0\.name\.$/],
    [
      '51 desktops',
      (one) => ({ ...one, desktops: Array(51).fill(one.desktops[0]) }),
      /: desktops\.$/,
    ],
  ])('%s', (_name, change, expected) => {
    const result = readSnapshot(JSON.stringify(change(structuredClone(exported) as never)));
    expect(result).toEqual({ problem: expect.stringMatching(expected) });
    expect((result as { problem: string }).problem).toMatch(/^The file [^.]+.*\.$/);
  });

  it('not JSON', () => {
    expect(readSnapshot('PNG')).toEqual({ problem: expect.stringContaining('not JSON') });
  });

  it('too big, without reading it', async () => {
    const text = () => Promise.reject(new Error('was read'));
    const result = await readFile({ size: LARGEST + 1, text });
    expect(result).toEqual({ problem: expect.stringContaining('larger than 1 MB') });
  });
});

describe('a plan', () => {
  const plan = (mode: Mode, withLook = false) => planOf(exported, mode, TARGET, ids, withLook);

  it('of a file full of tiles is there at once', () => {
    const address = (n: number) => `https://a.example/${n}`;
    const items = Array.from({ length: 500 }, (_, n) => item(`itm_${n}`, { url: address(n) }));
    const tile = {
      kind: 'link',
      title: 'T',
      url: address(499),
      visibility: 'inherit' as const,
      size: 'icon' as const,
    };
    const tiles = Array.from({ length: 10 }, () => ({ ...tile, inside: Array(1_000).fill(tile) }));
    const start = performance.now();
    const { missing } = planOf({ ...exported, tiles }, 'add', { ...TARGET, items }, ids, false);
    expect(missing).toEqual(['Window']);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('to add leaves what is open where it is, and names what is missing', () => {
    const { desktops, staying, missing, removed, closed, from, to } = plan('add');
    expect(desktops).toMatchObject([
      { name: 'Desktop 1', wallpaper: 'art:dunes', windows: [{ id: 'item|spc_2|tides' }] },
      { name: 'Lab (2)', wallpaper: null, windows: [{ id: 'link|https://example.com/a' }] },
    ]);
    expect(staying).toEqual(['Settings']);
    expect(missing).toEqual(['Reading', 'A book']);
    expect([removed, closed]).toEqual([[], 0]);
    expect(Object.keys(to.windows ?? {})).toEqual([
      'item|spc_2|tides',
      'link|https://example.com/a',
    ]);
    expect(from.windows).toEqual({ 'item|spc_2|tides': null, 'link|https://example.com/a': null });
    expect(to.desktops).toMatchObject({
      'imported-0': { name: 'Desktop 1', position: 6_000, layout: { wallpaper: 'art:dunes' } },
      'imported-1': { name: 'Lab (2)', position: 7_000 },
    });
  });

  it('to replace removes desktops, closes windows and moves those of the file', () => {
    const { desktops, removed, closed, from, to } = plan('replace');
    expect(desktops.map(({ name, windows }) => [name, windows.length])).toEqual([
      ['Desktop 1', 2],
      ['Lab', 1],
    ]);
    expect(removed).toEqual(['Lab']);
    expect(closed).toBe(1);
    expect(to.desktops).toMatchObject({ mine: null });
    expect(from.desktops).toMatchObject({ mine: { name: 'Lab' }, 'imported-0': null });
    expect(to.windows).toMatchObject({
      'app|settings': { desktop: 'imported-0', shape: 'left' },
      'item|spc_2|own': null,
    });
    expect(from.windows).toMatchObject({ 'item|spc_2|own': { desktop: 'mine' } });
  });

  it('has the look when it is chosen, and the one from before', () => {
    expect(plan('add').to.look).toBeUndefined();
    const { from, to } = plan('add', true);
    expect(to.look).toMatchObject({ theme: 'dusk', accent: 30 });
    expect(from.look).toMatchObject({ theme: 'paper', accent: null });
  });
});

it('docs/desktop.schema.json is the schema of the file', () => {
  const file = join(import.meta.dirname, '../../../../../docs/desktop.schema.json');
  const schema = {
    title: 'A desktop exported by Prox OS',
    description: 'See docs/desktop-file.md.',
    ...toJsonSchema(snapshotSchema, {
      target: 'draft-2020-12',
      // Which characters texts may have.
      ignoreActions: ['check'],
    }),
  };
  const expected = `${JSON.stringify(schema, null, 2)}\n`;
  if (process.env.UPDATE_SNAPSHOTS) writeFileSync(file, expected);
  else expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(expected));
});
