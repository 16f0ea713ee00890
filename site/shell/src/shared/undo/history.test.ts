import type { Item } from '@prox/api-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FullPlace, moved, neighbours, placeOf, without } from '@/shared/data/order';
import {
  type Change,
  type Fields,
  History,
  type ItemPort,
  inverse,
  Overtaken,
  wordsOf,
} from './history';

const item = (id: string, more: Partial<Item> = {}): Item =>
  ({ id, title: id, kind: 'link', folder_id: null, version: 1, size: 'icon', ...more }) as Item;

/** Items in memory, with the ids that the server gives. */
class Fake implements ItemPort {
  all: readonly Item[] = [];
  #made = 0;
  refusal: Error | null = null;

  items = () => this.all;

  #gate() {
    if (this.refusal) throw this.refusal;
  }

  create = async (source: Item, place: FullPlace) => {
    this.#gate();
    this.#made += 1;
    const made = { ...source, id: `${source.title}-${this.#made}`, folder_id: null };
    this.all = moved([...this.all, made], made.id, place);
    return made;
  };

  remove = async (id: string) => {
    this.#gate();
    this.all = without(this.all, id);
  };

  move = async (id: string, place: FullPlace) => {
    this.#gate();
    this.all = moved(this.all, id, place);
  };

  edit = async (id: string, version: number, fields: Fields) => {
    this.#gate();
    this.all = this.all.map((one) =>
      one.id === id ? ({ ...one, ...fields, version: version + 1 } as Item) : one,
    );
  };

  /** The order in words: `a, F[b, c]`. */
  get words(): string {
    return neighbours(this.all, null)
      .map((one) => {
        const inside = neighbours(this.all, one.id).map(({ title }) => title);
        return one.kind === 'folder' ? `${one.title}[${inside.join(' ')}]` : one.title;
      })
      .join(' ');
  }
}

let now = 0;
let port: Fake;
let history: History;

beforeEach(() => {
  now = 0;
  port = new Fake();
  port.all = [
    item('a'),
    item('b'),
    item('F', { kind: 'folder' }),
    item('x', { folder_id: 'F' }),
    item('y', { folder_id: 'F' }),
  ];
  history = new History(() => now);
});

const get = (id: string) => port.all.find((one) => one.id === id || one.title === id) as Item;

/** What a person does: each is made and remembered. */
const doMove = async (id: string, place: FullPlace) => {
  const one = get(id);
  const change: Change = {
    kind: 'move',
    id: one.id,
    title: id,
    from: placeOf(port.all, one),
    to: place,
  };
  await port.move(one.id, place);
  history.add(change);
  now += 5_000;
  return change;
};

const doDelete = async (id: string) => {
  const one = get(id);
  const inside = neighbours(port.all, one.id).map((other) => other.id);
  const change: Change = { kind: 'delete', item: one, place: placeOf(port.all, one), inside };
  await port.remove(one.id);
  history.add(change);
  now += 5_000;
  return change;
};

const doEdit = async (id: string, to: Fields) => {
  const one = get(id);
  const from = Object.fromEntries(
    Object.keys(to).map((name) => [name, one[name as keyof Item]]),
  ) as Fields;
  await port.edit(one.id, one.version, to);
  history.add({ kind: 'edit', id: one.id, title: one.title, from, to });
  now += 5_000;
};

describe('each kind of change is undone and redone', () => {
  it('a move', async () => {
    await doMove('a', { folder_id: 'F', after: 'x' });
    expect(port.words).toBe('b F[x a y]');
    await history.undo(port);
    expect(port.words).toBe('a b F[x y]');
    await history.redo(port);
    expect(port.words).toBe('b F[x a y]');
  });

  it('an edit', async () => {
    await doEdit('a', { size: 'wide' });
    await history.undo(port);
    expect(get('a').size).toBe('icon');
    await history.redo(port);
    expect(get('a').size).toBe('wide');
  });

  it('a deletion, at its place', async () => {
    await doDelete('a');
    expect(port.words).toBe('b F[x y]');
    await history.undo(port);
    expect(port.words).toBe('a b F[x y]');
    await history.redo(port);
    expect(port.words).toBe('b F[x y]');
  });

  it('a deletion of a folder, with what was in it', async () => {
    await doDelete('F');
    expect(port.words).toBe('a b x y');
    await history.undo(port);
    expect(port.words).toBe('a b F[x y]');
  });

  it('an addition', async () => {
    const made = await port.create(item('new'), { folder_id: null, after: 'a' });
    history.add({ kind: 'create', item: made, place: placeOf(port.all, made), inside: [] });
    expect(port.words).toBe('a new b F[x y]');
    await history.undo(port);
    expect(port.words).toBe('a b F[x y]');
    await history.redo(port);
    expect(port.words).toBe('a new b F[x y]');
  });
});

it('many changes are undone to the start, and redone to the end', async () => {
  const words = [port.words];
  const step = async (run: Promise<unknown>) => {
    await run;
    words.push(port.words);
  };
  await step(doMove('b', { folder_id: 'F', after: null }));
  await step(doDelete('a'));
  await step(doEdit('x', { title: 'z' }));
  await step(doMove('y', { folder_id: null, after: null }));
  await step(doDelete('F'));
  for (const expected of words.slice(0, -1).toReversed()) {
    await history.undo(port);
    expect(port.words).toBe(expected);
  }
  expect(history.canUndo).toBe(false);
  expect(await history.undo(port)).toBeNull();
  for (const expected of words.slice(1)) {
    await history.redo(port);
    expect(port.words).toBe(expected);
  }
  expect(history.canRedo).toBe(false);
});

it('an item that was made again is meant by the changes before', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  await doDelete('a');
  await history.undo(port);
  expect(port.words).toBe('b F[a x y]');
  await history.undo(port);
  expect(port.words).toBe('a b F[x y]');
});

it('a new change ends the redo', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  await history.undo(port);
  await doDelete('b');
  expect(history.canRedo).toBe(false);
});

it('what somebody else changed meanwhile is left alone', async () => {
  await doEdit('a', { title: 'mine' });
  port.all = port.all.map((one) => (one.id === 'a' ? { ...one, title: 'theirs' } : one));
  await expect(history.undo(port)).rejects.toThrow(Overtaken);
  expect(get('a').title).toBe('theirs');
  expect(history.canUndo).toBe(false);
});

it('other fields that somebody else changed stay', async () => {
  await doEdit('a', { title: 'mine' });
  port.all = port.all.map((one) => (one.id === 'a' ? { ...one, size: 'tall' as const } : one));
  await history.undo(port);
  expect(get('a')).toMatchObject({ title: 'a', size: 'tall' });
});

it('the change of an item that is gone is forgotten', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  port.all = without(port.all, 'a');
  await expect(history.undo(port)).rejects.toMatchObject({ reason: 'gone' });
  expect(history.canUndo).toBe(false);
});

it('a place whose neighbour or folder is gone becomes the end', async () => {
  await doMove('y', { folder_id: null, after: 'a' });
  port.all = without(port.all, 'x');
  await history.undo(port);
  expect(port.words).toBe('a b F[y]');
  await history.redo(port);
  port.all = without(port.all, 'F');
  await history.undo(port);
  expect(port.words).toBe('a b y');
});

it('after another error the change can be tried again', async () => {
  await doDelete('a');
  port.refusal = new Error('offline');
  await expect(history.undo(port)).rejects.toThrow('offline');
  port.refusal = null;
  await history.undo(port);
  expect(port.words).toBe('a b F[x y]');
});

it('a certain change is undone, also when others came after it', async () => {
  const deletion = await doDelete('a');
  await doMove('b', { folder_id: 'F', after: null });
  await history.undo(port, deletion);
  expect(port.words).toBe('a F[b x y]');
  expect(await history.undo(port, deletion)).toBeNull();
});

it('quick moves of one item are one change', async () => {
  const first: Change = {
    kind: 'move',
    id: 'a',
    title: 'a',
    from: { folder_id: null, after: null },
    to: { folder_id: null, after: 'b' },
  };
  history.add(first);
  now += 200;
  history.add({ ...first, from: first.to, to: { folder_id: 'F', after: null } });
  await port.move('a', { folder_id: 'F', after: null });
  await history.undo(port);
  expect(port.words).toBe('a b F[x y]');
  expect(history.canUndo).toBe(false);
});

it('a held key undoes one change after the other', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  await doMove('b', { folder_id: 'F', after: null });
  await Promise.all([history.undo(port), history.undo(port), history.undo(port)]);
  expect(port.words).toBe('a b F[x y]');
});

it('a hundred changes are remembered', async () => {
  for (let count = 0; count < 120; count += 1) await doEdit('a', { title: `t${count}` });
  let undone = 0;
  while (await history.undo(port)) undone += 1;
  expect(undone).toBe(100);
});

it.each<[Change, string]>([
  [
    { kind: 'delete', item: item('a'), place: { folder_id: null, after: null }, inside: [] },
    'a was deleted',
  ],
  [{ kind: 'edit', id: 'a', title: 'a', from: {}, to: { size: 'wide' } }, 'a was resized'],
  [{ kind: 'edit', id: 'a', title: 'a', from: {}, to: { title: 'b' } }, 'a was renamed'],
  [{ kind: 'edit', id: 'a', title: 'a', from: {}, to: { title: 'b', url: '' } }, 'a was changed'],
])('a change is described in words', (change, words) => {
  expect(wordsOf(change)).toBe(words);
  expect(inverse(inverse(change))).toEqual(change);
});
