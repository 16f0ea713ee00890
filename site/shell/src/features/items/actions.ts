/** The actions on an item that tiles, menus and windows share. */
import type { Item, Space } from '@prox/api-client';
import { queryClient } from '@/shared/data/client';
import {
  type LookChange,
  useChangeLook,
  useCreateItem,
  useDeleteItem,
  useMoveItem,
} from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import { alreadyAt, type FullPlace, placeOf } from '@/shared/data/order';
import { webUrl } from '@/shared/lib/url';
import { confirm } from '@/shared/ui/confirm';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { openDialog } from '@/system/dialogs';
import { openWindow } from '@/system/windows/store';
import { iconUrl } from './icon';
import { embeddedUrl, itemWindowId, windowSize } from './windows';

/** Opens the item's page in a new tab, without a referrer. */
export function openOutside(item: Item): void {
  const url = webUrl(item.url);
  if (url) window.open(url, '_blank', 'noopener,noreferrer');
}

export const editItem = (item: Item): void =>
  openDialog('edit-item', { space: item.space_id, item: item.id });

export function openItem(item: Item): void {
  if (item.kind !== 'card' && item.mode !== 'card' && !embeddedUrl(item)) {
    openOutside(item);
    return;
  }
  openWindow(itemWindowId(item.space_id, item.id), windowSize(item), {
    title: item.title,
    picture: iconUrl(item),
  });
}

/** Body of a request that makes `item` again after it was deleted. */
const again = (item: Item, place: FullPlace) => {
  const { kind, title, description, url, body, icon, tags, mode, reasons, size, color } = item;
  return { kind, title, description, url, body, icon, tags, mode, reasons, size, color, place };
};

export function useItemActions(space: Space) {
  const create = useCreateItem(space);
  const remove = useDeleteItem(space);
  const move = useMoveItem(space);
  const change = useChangeLook(space);
  const items = () => queryClient.getQueryData<readonly Item[]>(keys.items(space.id)) ?? [];

  const moveTo = (item: Item, place: FullPlace) => {
    if (alreadyAt(items(), item.id, place)) return;
    move(item.id, place).catch(toastProblem);
  };

  const changeLook = (item: Item, look: LookChange) => void change(item, look).catch(toastProblem);

  const deleteNow = (item: Item) => {
    const place = placeOf(items(), item);
    const undo = () => void create.mutateAsync(again(item, place)).catch(toastProblem);
    remove
      .mutateAsync(item.id)
      .then(() => toast('info', `${item.title} was deleted.`, { label: 'Undo', run: undo }))
      .catch(toastProblem);
  };

  const askToDelete = (item: Item) => {
    const inside = items().filter(({ folder_id }) => folder_id === item.id).length;
    // Undo makes an item again, but cannot put others back into a folder.
    if (item.kind !== 'folder' || inside === 0) return deleteNow(item);
    confirm({
      title: `Delete the folder ${item.title}?`,
      body:
        inside === 1
          ? 'The item in it stays, outside of it.'
          : `The ${inside} items in it stay, outside of it.`,
      action: 'Delete folder',
      run: () => void remove.mutateAsync(item.id).catch(toastProblem),
    });
  };

  return { items, moveTo, changeLook, remove: askToDelete };
}
