/**
 * Windows and dialogs as parts of an address: `?window=events&window=spc_….itm_…&dialog=publish`. An app
 * may have a row of its list behind it, which is shown once: `?window=members.member_…`.
 */
import { itemOf, itemWindowId } from '@/features/items/windows';
import { appOf, type SystemApp } from '@/system/apps';
import type { DialogDefinition, DialogId, OpenDialog } from '@/system/dialogs';
import type { Layer } from '@/system/layers';

type Named = NonNullable<Layer['address']>;

export function windowAddress(id: string, apps: readonly SystemApp[]): Named | null {
  const app = appOf(id, apps);
  if (app) return [['window', app.id]];
  const item = itemOf(id);
  if (item) return [['window', `${item.space}.${item.item}`]];
  return isSharedWindow(id) ? [['window', id.replace(':', '.')]] : null;
}

/** Whether a window is of a space that is shared with the person: `shared:spc_…`. */
export const isSharedWindow = (id: string) => /^shared:spc_[0-9a-z]{26}$/.test(id);

/** The window that `window=` names, and the row in it; null when nothing known has that name. */
export function windowNamed(
  name: string,
  apps: readonly SystemApp[],
): { app: SystemApp; row?: string } | { item: string } | null {
  const [, space, item] = /^(spc_[0-9a-z]{26})\.(itm_[0-9a-z]{26})$/.exec(name) ?? [];
  if (space && item) return { item: itemWindowId(space, item) };
  if (isSharedWindow(name.replace('.', ':'))) return { item: name.replace('.', ':') };
  const [, known, row] = /^([a-z]+)(?:\.([0-9a-z_]+(?:\.[0-9a-z_]+)?))?$/.exec(name) ?? [];
  const app = apps.find(({ id }) => id === known);
  return app ? { app, ...(row && { row }) } : null;
}

export const dialogAddress = ({ id, params }: OpenDialog): Named => [
  ['dialog', id],
  ...Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined),
];

type Registry = { readonly [Id in DialogId]: Pick<DialogDefinition<Id>, 'params'> };

/** The dialog that a search string names; null when it is not known, or a parameter is missing. */
export function dialogNamed(search: string, registry: Registry): OpenDialog | null {
  const query = new URLSearchParams(search);
  const id = query.get('dialog');
  if (id === null || !Object.hasOwn(registry, id)) return null;
  const declared: Record<string, 'required' | 'optional'> = registry[id as DialogId].params;
  const params: Record<string, string> = {};
  for (const [name, need] of Object.entries(declared)) {
    const value = query.get(name);
    if (value !== null) params[name] = value;
    else if (need === 'required') return null;
  }
  return { id, params } as OpenDialog;
}

export const windowsNamed = (search: string): string[] =>
  new URLSearchParams(search).getAll('window');
