/** What the background of the desktop does: its menu, and taking what is dropped on it from outside. */
import type { CreateItem, Space } from '@prox/api-client';
import { ArrowDownAZ } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { menuEntry, registerActions, runChoice } from '@/shared/actions/registry';
import { queryClient } from '@/shared/data/client';
import { useCreateItem } from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import { endOf } from '@/shared/data/order';
import { hostOf } from '@/shared/lib/url';
import { type MenuAnchor, type MenuEntry, openMenu } from '@/shared/ui/menu';
import { retract, toast, toastProblem } from '@/shared/ui/toasts';
import { editItem } from './actions';
import { type Dropped, droppedOf, itemOf } from './dropped';
import { pasteActions } from './pasting';
import { SORT_NAMES, SORTS } from './sort';
import { widgetActions, widgetMenu } from './widgets/actions';

type Items = Parameters<typeof endOf>[0];

/** What keeps its own menu and takes drops by itself. */
const OTHERS = 'a, input, textarea, select, iframe, [contenteditable], [role="dialog"]';

export default function DesktopGestures({ space }: { space: Space }) {
  const create = useCreateItem(space);

  /** Adds what was dropped or pasted, into a folder or at the end. */
  const add = async (dropped: Dropped, folder: string | null) => {
    const wait = 'url' in dropped ? `Looking up ${hostOf(dropped.url)}.` : null;
    if (wait) toast('info', wait);
    try {
      const items = queryClient.getQueryData<Items>(keys.items(space.id)) ?? [];
      const body = await itemOf(dropped);
      const item = await create.mutateAsync({ ...body, place: endOf(items, folder) });
      toast('success', `${item.title} was added.`, { label: 'Edit', run: () => editItem(item) });
    } catch (error) {
      toastProblem(error);
    } finally {
      if (wait) retract(wait);
    }
  };

  const addWidget = async (body: CreateItem) => {
    const items = queryClient.getQueryData<Items>(keys.items(space.id)) ?? [];
    try {
      const item = await create.mutateAsync({ ...body, place: endOf(items, null) });
      toast('success', `${item.title} was added.`, { label: 'Edit', run: () => editItem(item) });
    } catch (error) {
      toastProblem(error);
    }
  };

  const latest = useRef({ add, addWidget });
  latest.current = { add, addWidget };

  useEffect(() => {
    const desktop = document.querySelector<HTMLElement>('main[data-region="desktop"]');
    if (!desktop) return;
    const paste = async () => {
      const text = await navigator.clipboard.readText().catch(() => null);
      if (text === null) {
        toast('error', 'The browser did not allow reading the clipboard. Paste with the keyboard.');
        return;
      }
      const found = droppedOf((format) => (format === 'text/plain' ? text : ''));
      if (found) await latest.current.add(found, null);
      else toast('info', 'There is no text in the clipboard.');
    };
    const newWidget = (body: CreateItem) => void latest.current.addWidget(body);
    const unregister = registerActions(widgetActions(newWidget));
    const menu = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.defaultPrevented || target?.closest(OTHERS)) return;
      event.preventDefault();
      const byKeyboard = event.clientX === 0 && event.clientY === 0;
      const anchor: MenuAnchor = byKeyboard
        ? (desktop.querySelector('h1') ?? desktop)
        : { x: event.clientX, y: event.clientY };
      openMenu('Desktop', anchor, entries(newWidget));
    };
    const forgetPaste = registerActions(pasteActions(() => void paste()));
    desktop.addEventListener('contextmenu', menu);
    const end = takeDrops(desktop, (dropped, folder) => void latest.current.add(dropped, folder));
    return () => {
      desktop.removeEventListener('contextmenu', menu);
      forgetPaste();
      unregister();
      end();
    };
  }, []);
  return null;
}

const entries = (newWidget: (body: CreateItem) => void): MenuEntry[] => [
  menuEntry('item.add'),
  menuEntry('item.new-card', { label: 'New card' }),
  menuEntry('item.new-folder', { label: 'New folder' }),
  menuEntry('item.paste', { label: 'Paste' }),
  {
    kind: 'submenu',
    label: 'Sort the items',
    icon: ArrowDownAZ,
    entries: SORTS.map((sort) => ({
      kind: 'action',
      label: SORT_NAMES[sort],
      run: () => runChoice('item.sort', sort),
    })),
  },
  widgetMenu(newWidget),
  { kind: 'line' },
  menuEntry('space.look'),
  menuEntry('space.edit'),
  menuEntry('space.publish'),
  { kind: 'line' },
  menuEntry('desktop.export'),
];

/** Calls `dropped` with what comes from outside of the page, and the folder under the pointer. */
function takeDrops(
  desktop: HTMLElement,
  dropped: (what: Dropped, folder: string | null) => void,
): () => void {
  let marked: HTMLElement | null = null;
  const mark = (element: HTMLElement | null) => {
    if (marked && marked !== element) delete marked.dataset.drop;
    marked = element;
    if (element) element.dataset.drop = 'inside';
  };
  const folderAt = (event: DragEvent) =>
    event.target instanceof Element ? event.target.closest<HTMLElement>('[data-folder]') : null;
  const takes = ({ dataTransfer, target }: DragEvent) =>
    // Tiles that are dragged inside the page are not from outside.
    document.documentElement.dataset.gesture === undefined &&
    dataTransfer !== null &&
    !dataTransfer.types.includes('Files') &&
    dataTransfer.types.some((type) => type === 'text/uri-list' || type === 'text/plain') &&
    !(target instanceof Element && target.closest('input, textarea, [contenteditable]'));
  const over = (event: DragEvent) => {
    if (!takes(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    mark(folderAt(event) ?? desktop);
  };
  const leave = (event: DragEvent) => {
    if (!(event.relatedTarget instanceof Node && desktop.contains(event.relatedTarget))) mark(null);
  };
  const drop = (event: DragEvent) => {
    mark(null);
    if (!takes(event)) return;
    event.preventDefault();
    const what = droppedOf((format) => event.dataTransfer?.getData(format) ?? '');
    if (what) dropped(what, folderAt(event)?.dataset.item ?? null);
  };
  desktop.addEventListener('dragenter', over);
  desktop.addEventListener('dragover', over);
  desktop.addEventListener('dragleave', leave);
  desktop.addEventListener('drop', drop);
  return () => {
    mark(null);
    desktop.removeEventListener('dragenter', over);
    desktop.removeEventListener('dragover', over);
    desktop.removeEventListener('dragleave', leave);
    desktop.removeEventListener('drop', drop);
  };
}
