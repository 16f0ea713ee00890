import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { flushDocuments, forgetDocuments, hasUnsent, openDocument } from './documents';

let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
    removeItem: (name: string) => kept.delete(name),
  };
  // The names of what is stored are the keys of the object.
  vi.stubGlobal(
    'localStorage',
    new Proxy(storage, {
      ownKeys: () => [...kept.keys()],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    }),
  );
});

afterEach(() => {
  forgetDocuments('ada');
  vi.unstubAllGlobals();
});

const server = (isUp: boolean) => ({
  load: async () => ({ version: 0, values: {} }),
  send: async () => {
    if (!isUp) throw new TypeError('Failed to fetch');
    return { version: 1, values: { theme: 'ink' } };
  },
});

it('knows what was not sent yet', async () => {
  const there = openDocument('ada', 'preferences', server(true));
  there.change(() => ({ theme: 'ink' }));
  expect(hasUnsent('ada')).toBe(true);
  expect(hasUnsent('bob')).toBe(false);
  await flushDocuments('ada');
  expect(hasUnsent('ada')).toBe(false);

  openDocument('ada', 'workspace:a', server(false)).change(() => ({ wallpaper: 'art:dunes' }));
  await flushDocuments('ada');
  expect(hasUnsent('ada')).toBe(true);
});

it('forgets everything, or everything but what only this browser has', async () => {
  const fill = async () => {
    openDocument('ada', 'preferences', server(true)).change(() => ({ theme: 'ink' }));
    openDocument('ada', 'workspace:a', server(false)).change(() => ({ wallpaper: 'art:dunes' }));
    await flushDocuments('ada');
    kept.set('prox.document:ada:desktops:o', '[{"id":"a"},{"id":"b","isNew":true}]');
    kept.set('prox.document:ada:desktops:p', '[{"id":"c","isNew":true}]');
    kept.set('prox.document:ada:damaged', '{"base":');
    kept.set('prox.document:bob:preferences', '{}');
  };
  await fill();
  forgetDocuments('ada', true);
  expect([...kept.keys()].sort()).toEqual([
    'prox.document:ada:desktops:o',
    'prox.document:ada:workspace:a',
    'prox.document:bob:preferences',
  ]);
  // The next sign-in sends it.
  expect(openDocument('ada', 'workspace:a', server(true)).state).toBe('unsaved');
  await fill();
  forgetDocuments('ada');
  expect([...kept.keys()]).toEqual(['prox.document:bob:preferences']);
});

it('a forgotten document neither sends nor stores any more', async () => {
  const { load } = server(true);
  const send = vi.fn(server(true).send);
  const document = openDocument('ada', 'preferences', { load, send });
  document.change(() => ({ theme: 'ink' }));
  forgetDocuments('ada');
  document.change(() => ({ theme: 'dusk' }));
  await document.flush();
  await document.refresh();
  expect(send).not.toHaveBeenCalled();
  expect(kept.size).toBe(0);
});
