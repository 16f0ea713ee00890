import { describe, expect, it } from 'vitest';
import { type DraftStorage, Drafts } from './drafts';

function storage(room = Number.POSITIVE_INFINITY): DraftStorage {
  const all = new Map<string, string>();
  return {
    get length() {
      return all.size;
    },
    key: (index) => [...all.keys()][index] ?? null,
    getItem: (name) => all.get(name) ?? null,
    removeItem: (name) => void all.delete(name),
    setItem: (name, text) => {
      if (text.length > room) throw new DOMException('full', 'QuotaExceededError');
      all.set(name, text);
    },
  };
}

it('a draft is there after a reload', () => {
  const tab = storage();
  new Drafts(() => tab).keep('ada', 'add-item', '{"title":"Looms"}');
  expect(new Drafts(() => tab).read('ada', 'add-item')).toBe('{"title":"Looms"}');
});

it('nobody else who signs in here sees it', () => {
  const drafts = new Drafts(() => storage());
  drafts.keep('ada', 'add-item', 'text');
  expect(drafts.read('bob', 'add-item')).toBeNull();
  expect(drafts.read('ad', 'a:add-item')).toBeNull();
});

it('signing out forgets all of one person and nothing of another', () => {
  const tab = storage();
  const drafts = new Drafts(() => tab);
  for (const person of ['ada', 'bob']) {
    for (const key of ['add-item', 'new-space']) drafts.keep(person, key, 'text');
  }
  drafts.forgetAll('ada');
  expect(drafts.read('ada', 'add-item')).toBeNull();
  expect(drafts.read('ada', 'new-space')).toBeNull();
  expect(drafts.read('bob', 'new-space')).toBe('text');
});

describe('a storage that refuses', () => {
  it('the page holds the draft and reports that it would be lost', () => {
    const full = storage(4);
    const drafts = new Drafts(() => full);
    drafts.keep('ada', 'note', 'a long text');
    expect(drafts.read('ada', 'note')).toBe('a long text');
    expect(drafts.wouldBeLost).toBe(true);
    drafts.keep('ada', 'note', 'a');
    expect(drafts.wouldBeLost).toBe(false);
  });

  it('a closed storage breaks nothing', () => {
    const drafts = new Drafts(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    drafts.keep('ada', 'note', 'text');
    expect(drafts.read('ada', 'note')).toBe('text');
    drafts.forgetAll('ada');
    expect(drafts.read('ada', 'note')).toBeNull();
    drafts.forget('ada', 'note');
  });
});
