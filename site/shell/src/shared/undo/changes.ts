/** What a change is that can be undone: of items, of a space, of windows and desktops. */
import type { Item, UpdateItem, UpdateSpace } from '@prox/api-client';
import type { FullPlace } from '@/shared/data/order';
import type { PreferenceChange } from '@/shared/state/preferences';

/** The fields of an item that can be edited. */
export type Fields = Partial<Omit<UpdateItem, 'place'>>;

/** The fields of a space that can be undone. Its slug cannot: the address of the page has it. */
export type SpaceFields = Omit<UpdateSpace, 'slug'>;

/**
 * Windows and desktops by their ids, each with the fields that a change is about; null: there is
 * none. `system/arrangement.ts` knows the fields.
 */
export type Arrangement = {
  readonly windows?: Readonly<Record<string, object | null>>;
  readonly desktops?: Readonly<Record<string, object | null>>;
  /** Preferences of the look; null for the default. */
  readonly look?: PreferenceChange;
  /** The desktop to show in place of one that is removed. */
  readonly shown?: string;
};

export type LayoutVerb =
  | 'move'
  | 'resize'
  | 'arrange'
  | 'close'
  | 'send'
  | 'add-desktop'
  | 'remove-desktop'
  | 'rename-desktop'
  | 'order-desktops'
  | 'wallpaper'
  | 'import';

export type LayoutChange = {
  kind: 'layout';
  verb: LayoutVerb;
  /** The name of what changed. */
  title: string;
  from: Arrangement;
  to: Arrangement;
};

export type ItemChange =
  | { kind: 'create'; item: Item; place: FullPlace; inside: readonly string[] }
  | { kind: 'delete'; item: Item; place: FullPlace; inside: readonly string[] }
  | { kind: 'move'; id: string; title: string; from: FullPlace; to: FullPlace }
  | { kind: 'edit'; id: string; title: string; from: Fields; to: Fields };

/** The items of each folder, and of the top of the page (null), by their ids in order. */
export type ItemOrder = readonly { folder: string | null; ids: readonly string[] }[];

export type SortChange = {
  kind: 'sort';
  /** By what: `name`. */
  title: string;
  from: ItemOrder;
  to: ItemOrder;
};

export type SpaceChange = {
  kind: 'space';
  id: string;
  title: string;
  from: SpaceFields;
  to: SpaceFields;
};

export type Change = ItemChange | SortChange | SpaceChange | LayoutChange;
