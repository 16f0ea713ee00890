/** What is shared, in words. */
import type { SharedSpace } from '@prox/api-client';

const LEVELS = {
  view: 'You can see it',
  edit: 'You can change it',
  manage: 'You manage it',
} as const satisfies Record<NonNullable<SharedSpace['level']>, string>;

/** `You can see it, and 2 single items`; `1 single item` when the space itself is not shared. */
export function levelWords({ level, items }: Pick<SharedSpace, 'level' | 'items'>): string {
  const single = items === 1 ? '1 single item' : `${items} single items`;
  if (level === null) return single;
  return items > 0 ? `${LEVELS[level]}, and ${single}` : LEVELS[level];
}

/** What the list of items is for. Of single items it is not known before whether they can be changed. */
export const itemsVerb = ({ level }: Pick<SharedSpace, 'level'>): string =>
  level === 'edit' || level === 'manage' ? 'Edit' : 'Items';
