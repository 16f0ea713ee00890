import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { queryClient } from '@/shared/data/client';
import { watchKept } from '@/shared/data/kept';
import { keys } from '@/shared/data/keys';
import { forgetDocuments, openDocument } from '@/shared/state/documents';
import { confirm, useQuestion } from '@/shared/ui/confirm';
import { useMenu } from '@/shared/ui/menu';
import { shownToasts, toast } from '@/shared/ui/toasts';
import { noteChange, timeline } from '@/shared/undo/timeline';
import { openDialog, useDialog } from '@/system/dialogs';
import { leaveForSignIn, takeOver, whenClosed } from './sessionEnd';

const KEPT = 'prox.document:usr_ada:preferences';

let stored: Map<string, string>;
let listeners: Map<string, (event: object) => void>;

beforeEach(() => {
  stored = new Map();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => stored.set(name, text),
    removeItem: (name: string) => stored.delete(name),
  };
  vi.stubGlobal(
    'localStorage',
    new Proxy(storage, {
      ownKeys: () => [...stored.keys()],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    }),
  );
  listeners = new Map();
  vi.stubGlobal('addEventListener', (name: string, react: (event: object) => void) =>
    listeners.set(name, react),
  );
  queryClient.setQueryData(keys.me, { id: 'usr_ada' });
});

afterEach(() => {
  forgetDocuments('usr_ada');
  queryClient.clear();
  vi.unstubAllGlobals();
});

/** Ada's preferences, with a change that the server refuses because her session is over. */
async function unsentChange() {
  const send = vi.fn(() => Promise.reject({ status: 401 }));
  const load = vi.fn(async () => ({ version: 1, values: {} }));
  const document = openDocument('usr_ada', 'preferences', { load, send });
  document.change(() => ({ theme: 'ink' }));
  await document.flush();
  send.mockClear();
  return { document, send, load };
}

it('a session that ended sends nothing more with that of the next person', async () => {
  vi.useFakeTimers();
  const { document, send, load } = await unsentChange();
  const go = vi.fn();
  leaveForSignIn('/o/ada/home', go);
  expect(go).toHaveBeenCalledExactlyOnceWith('/sign-in?reason=ended&return_to=%2Fo%2Fada%2Fhome');
  await vi.advanceTimersByTimeAsync(300_000);
  await document.flush();
  expect(send).not.toHaveBeenCalled();
  expect(load).not.toHaveBeenCalled();
  // Her next sign-in sends it.
  expect(stored.get(KEPT)).toContain('ink');
  vi.useRealTimers();
});

it('a session that ended leaves nothing to see or to undo', () => {
  queryClient.setQueryData(['items', 'spc_1'], [{ title: 'Secret' }]);
  toast('info', '“Secret” was deleted.', { label: 'Undo', run: () => {} });
  confirm({ title: 'Delete “Secret”?', body: '', action: 'Delete', run: () => {} });
  useMenu.setState({ menu: { label: 'Secret' } as never });
  openDialog('add-item', { text: 'Secret' });
  noteChange('spc_1', { kind: 'delete', item: { title: 'Secret' } } as never);
  leaveForSignIn('/o/ada/home', () => {});
  expect(queryClient.getQueryCache().getAll()).toEqual([]);
  expect(shownToasts()).toEqual([]);
  expect(useQuestion.getState().question).toBeNull();
  expect(useMenu.getState().menu).toBeNull();
  expect(useDialog.getState().dialog).toBeNull();
  expect(timeline.last(['spc_1'])).toBeNull();
});

it('somebody else who signs in in another tab gets nothing of it', async () => {
  const { document, send } = await unsentChange();
  const leave = vi.fn();
  watchKept((now) => takeOver(now, leave));
  const says = (person: string | null) => {
    if (person === null) stored.delete('prox.kept');
    else stored.set('prox.kept', JSON.stringify({ person, at: 1, space: null }));
    listeners.get('storage')?.({ key: 'prox.kept' });
  };
  says('usr_ada');
  says(null);
  expect(queryClient.getQueryState(keys.me)?.isInvalidated).toBe(true);
  expect(leave).not.toHaveBeenCalled();
  says('usr_bob');
  expect(leave).toHaveBeenCalledOnce();
  await document.flush();
  expect(send).not.toHaveBeenCalled();
  expect(stored.get(KEPT)).toContain('ink');
});

it.each([
  ['the same person', { id: 'usr_ada' }, 'stay'],
  ['another person', { id: 'usr_bob' }, 'leave'],
  ['nobody', null, undefined],
])('a closed session that %s replaced', async (_, now, outcome) => {
  const { document, send } = await unsentChange();
  const queryFn = async () => {
    // As the fetch layer does with a 401.
    if (!now) leaveForSignIn('/o/ada/home', () => {});
    return now ?? Promise.reject({ status: 401 });
  };
  const observer = new QueryObserver(queryClient, { queryKey: keys.me, queryFn, retry: false });
  const unwatch = observer.subscribe(() => {});
  const done: string[] = [];
  await whenClosed(
    () => done.push('stay'),
    () => done.push('leave'),
  );
  unwatch();
  expect(done).toEqual(outcome ? [outcome] : []);
  if (outcome !== 'stay') await document.flush();
  expect(send).not.toHaveBeenCalled();
  expect(stored.get(KEPT)).toContain('ink');
});

it('a page from the cache of the Back button looks at who is signed in', () => {
  const react = vi.fn();
  watchKept(react);
  listeners.get('pageshow')?.({ persisted: false });
  listeners.get('storage')?.({ key: 'prox.look' });
  expect(react).not.toHaveBeenCalled();
  listeners.get('pageshow')?.({ persisted: true });
  expect(react).toHaveBeenCalledExactlyOnceWith(null);
});
