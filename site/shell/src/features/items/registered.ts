/** The actions on the items of the space that is shown. */
import type { Item } from '@prox/api-client';
import {
  ArrowDownAZ,
  ArrowUpRight,
  FileText,
  FolderInput,
  FolderOpen,
  FolderPlus,
  NotebookPen,
  Palette,
  Pencil,
  Plus,
  Scaling,
  Trash2,
} from 'lucide-react';
import type { Action, ActionChoice } from '@/shared/actions/action';
import { iconUrl } from '@/shared/data/icon';
import { ITEM_SIZES, SIZE_LABELS } from '@/shared/data/item-look';
import { endOf } from '@/shared/data/order';
import { guessUrl } from '@/shared/lib/url';
import { toast } from '@/shared/ui/toasts';
import { applyChange } from '@/shared/undo/timeline';
import { openDialog } from '@/system/dialogs';
import { editItem, openItem, openOutside } from './actions';
import { isFolderOpen, toggleFolder } from './folders';
import { changeIcon, type Moves } from './menu';
import { SORT_NAMES, SORTS, type Sort, sorting } from './sort';
import { isWritable, writeOn } from './writing';

const TOP = 'top';

const KINDS: Record<Item['kind'], string> = {
  app: 'App',
  card: 'Card',
  folder: 'Folder',
  link: 'Link',
  widget: 'Widget',
};

/** The folders, and the top of the page, that an item could move to. */
function targets(item: Item, { items, moveTo }: Moves): ActionChoice[] {
  const to = (folder: string | null) => () => moveTo(item, endOf(items(), folder, item.id));
  const folders = items().filter(({ kind, id }) => kind === 'folder' && id !== item.folder_id);
  return [
    ...(item.folder_id ? [{ id: TOP, title: 'Top of the page', run: to(null) }] : []),
    ...folders.map(({ id, title }) => ({ id, title, detail: 'Folder', run: to(id) })),
  ];
}

export function itemActions(moves: Moves): readonly Action[] {
  const { items, remove, resize } = moves;
  const folders = () => items().filter(({ kind }) => kind === 'folder');
  const sortItems = (sort: Sort) => {
    const change = sorting(items(), sort);
    if (change) applyChange(change);
    else toast('info', 'The items are in that order already.');
  };
  const single = () => items().filter(({ kind }) => kind !== 'folder');
  const named = (item: Item) => ({
    id: item.id,
    title: item.title,
    detail: KINDS[item.kind],
    picture: iconUrl(item),
    color: item.color,
    keywords: [...item.tags, item.url ?? ''],
  });
  const choice = (item: Item, run: (item: Item) => void): ActionChoice => ({
    ...named(item),
    run: () => run(item),
  });
  return [
    {
      id: 'item.open',
      title: 'Open an item',
      group: 'Items',
      keywords: ['launch', 'app', 'link', 'card'],
      when: () => single().length > 0,
      choose: {
        prompt: 'An item',
        inline: true,
        choices: () => single().map((item) => choice(item, openItem)),
      },
    },
    {
      id: 'item.open-outside',
      title: 'Open an item in a new tab',
      group: 'Items',
      icon: ArrowUpRight,
      keywords: ['browser', 'external'],
      when: () => single().some(({ url }) => url),
      choose: {
        prompt: 'An item',
        choices: () =>
          single()
            .filter(({ url }) => url)
            .map((item) => choice(item, openOutside)),
      },
    },
    {
      id: 'item.add',
      title: 'Add something to this page',
      group: 'Items',
      keywords: ['new', 'create', 'app', 'link', 'card', 'folder'],
      icon: Plus,
      keys: ['Control+Alt+n'],
      run: () => openDialog('add-item', {}),
    },
    {
      id: 'item.add-address',
      title: 'Add an address to this page',
      group: 'Items',
      keywords: ['new', 'url', 'link', 'app', 'bookmark'],
      icon: Plus,
      ask: {
        prompt: 'The address, like example.com',
        inline: 'first',
        check: (text) => (guessUrl(text) ? null : 'Type a web address, like example.com.'),
        run: (text) => openDialog('add-item', { url: guessUrl(text) ?? text }),
      },
    },
    {
      id: 'item.new-card',
      title: 'New card on this page',
      group: 'Items',
      keywords: ['add', 'create', 'note', 'text', 'markdown'],
      icon: FileText,
      run: () => openDialog('add-item', { kind: 'card' }),
    },
    {
      id: 'item.new-folder',
      title: 'New folder on this page',
      group: 'Items',
      keywords: ['add', 'create', 'group'],
      icon: FolderPlus,
      run: () => openDialog('add-item', { kind: 'folder' }),
    },
    {
      id: 'folder.toggle',
      title: 'Open or close a folder',
      group: 'Items',
      keywords: ['expand', 'collapse', 'show', 'hide'],
      icon: FolderOpen,
      when: () => folders().length > 0,
      choose: {
        prompt: 'A folder',
        inline: true,
        choices: () =>
          folders().map((item) => ({
            ...choice(item, ({ id }) => toggleFolder(id)),
            detail: isFolderOpen(item.id) ? 'Open folder' : 'Closed folder',
          })),
      },
    },
    {
      id: 'item.sort',
      title: 'Sort the items of this page',
      group: 'Items',
      keywords: ['arrange', 'order', 'name', 'alphabet', 'kind', 'type', 'recent', 'date'],
      icon: ArrowDownAZ,
      when: () => items().length > 1,
      choose: {
        prompt: 'How to sort',
        choices: () =>
          SORTS.map((sort) => ({ id: sort, title: SORT_NAMES[sort], run: () => sortItems(sort) })),
      },
    },
    {
      id: 'item.edit',
      title: 'Edit an item',
      group: 'Items',
      keywords: ['rename', 'change', 'title', 'address'],
      icon: Pencil,
      when: () => items().length > 0,
      choose: {
        prompt: 'An item',
        choices: () => items().map((item) => choice(item, editItem)),
      },
    },
    {
      id: 'item.move',
      title: 'Move an item to a folder',
      group: 'Items',
      keywords: ['file', 'group', 'folder'],
      icon: FolderInput,
      when: () => single().some((item) => targets(item, moves).length > 0),
      choose: {
        prompt: 'An item',
        choices: () =>
          single().map((item) => ({
            ...named(item),
            choose: { prompt: `Where to move ${item.title}`, choices: () => targets(item, moves) },
          })),
      },
    },
    {
      id: 'item.resize',
      title: 'Change the size of an item',
      group: 'Items',
      keywords: ['tile', 'icon', 'row', 'card', 'wide', 'tall', 'bigger', 'smaller'],
      icon: Scaling,
      when: () => items().length > 0,
      choose: {
        prompt: 'An item',
        choices: () =>
          items().map((item) => ({
            ...named(item),
            choose: {
              prompt: `The size of ${item.title}`,
              choices: () =>
                ITEM_SIZES.map((size) => ({
                  id: size,
                  title: SIZE_LABELS[size],
                  ...(item.size === size && { detail: 'Used now' }),
                  run: () => resize(item, size),
                })),
            },
          })),
      },
    },
    {
      id: 'item.write',
      title: 'Write on a card',
      group: 'Items',
      keywords: ['note', 'text', 'edit', 'type'],
      icon: NotebookPen,
      when: () => items().some(isWritable),
      choose: {
        prompt: 'A card',
        choices: () =>
          items()
            .filter(isWritable)
            .map((item) => choice(item, ({ id }) => writeOn(id))),
      },
    },
    {
      id: 'item.icon',
      title: 'Change the icon of an item',
      group: 'Items',
      keywords: ['picture', 'symbol', 'colour', 'letters', 'glyph', 'upload'],
      icon: Palette,
      when: () => items().length > 0,
      choose: {
        prompt: 'An item',
        choices: () => items().map((item) => choice(item, changeIcon)),
      },
    },
    {
      id: 'item.delete',
      title: 'Delete an item',
      group: 'Items',
      keywords: ['remove', 'trash'],
      icon: Trash2,
      when: () => items().length > 0,
      choose: {
        prompt: 'An item',
        choices: () => items().map((item) => choice(item, remove)),
      },
    },
  ];
}
