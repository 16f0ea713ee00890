/** The actions on an item that tiles, menus and windows share. */
import type { Item, Space } from '@prox/api-client';
import { queryClient } from '@/shared/data/client';
import { iconUrl } from '@/shared/data/icon';
import { type LookChange, useChangeLook, useDeleteItem, useMoveItem } from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import { alreadyAt, type FullPlace } from '@/shared/data/order';
import { webUrl } from '@/shared/lib/url';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { timeline, undoChange } from '@/shared/undo/timeline';
import { openDialog } from '@/system/dialogs';
import { openWindow } from '@/system/windows/store';
import { embeddedUrl, itemWindowId, windowSize } from './windows';

/** Opens the item's page in a new tab, without a referrer. */
export function openOutside(item: Item): void {
  const url = webUrl(item.url);
  if (url) window.open(url, '_blank', 'noopener,noreferrer');
}

export const editItem = (item: Item): void =>
  openDialog('edit-item', { space: item.space_id, item: item.id });

export function openItem(item: Item): void {
  if (item.widget === 'search') {
    openDialog('search', {});
    return;
  }
  if (item.kind !== 'card' && item.mode !== 'card' && !embeddedUrl(item)) {
    openOutside(item);
    return;
  }
  openWindow(itemWindowId(item.space_id, item.id), windowSize(item), {
    title: item.title,
    picture: iconUrl(item),
    color: item.color,
  });
}

export function useItemActions(space: Space) {
  const remove = useDeleteItem(space);
  const move = useMoveItem(space);
  const change = useChangeLook(space);
  const items = () => queryClient.getQueryData<readonly Item[]>(keys.items(space.id)) ?? [];

  const moveTo = (item: Item, place: FullPlace) => {
    if (alreadyAt(items(), item.id, place)) return;
    move(item.id, place).catch(toastProblem);
  };

  const changeLook = (item: Item, look: LookChange) => void change(item, look).catch(toastProblem);

  const deleteItem = (item: Item) =>
    remove
      .mutateAsync(item.id)
      .then(() => {
        // Later changes are not undone by the message about this one.
        const deletion = timeline.last([space.id])?.change;
        toast(
          'info',
          `${item.title} was deleted.`,
          deletion && { label: 'Undo', run: () => undoChange(deletion), change: deletion },
        );
      })
      .catch(toastProblem);

  return { items, moveTo, changeLook, remove: (item: Item) => void deleteItem(item) };
}
