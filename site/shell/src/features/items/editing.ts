/** How an item is edited: its fields as a form has them, and saving what was changed. */
import { asProblem, type Item, type Mode, type Space, type UpdateItem } from '@prox/api-client';
import { queryClient } from '@/shared/data/client';
import { type EditDraft, useEditDraft } from '@/shared/data/draft';
import { draftKey, type ItemFields } from '@/shared/data/item-draft';
import { itemsQuery, useUpdateItem } from '@/shared/data/items';
import { guessUrl } from '@/shared/lib/url';
import { storedIcon } from './iconSource';

export const fieldsOf = (item: Item): ItemFields => ({
  title: item.title,
  description: item.description,
  url: item.url ?? '',
  body: item.body,
  icon: item.icon ?? '',
  color: item.color ?? '',
  mode: item.mode,
  visibility: item.visibility,
});

/** One draft for all places in which an item is edited. */
export const useItemDraft = (item: Item): EditDraft<ItemFields> =>
  useEditDraft<ItemFields>(draftKey(item.id), fieldsOf(item));

/** The body of a change; the reasons of the preflight do not hold for a mode that a person chose. */
function bodyOf({ url, mode, icon, visibility, ...words }: Partial<ItemFields>): UpdateItem {
  return {
    ...words,
    ...(visibility && { visibility: visibility as Item['visibility'] }),
    ...(icon === undefined ? {} : { icon: storedIcon(icon) ?? icon }),
    ...(url === undefined ? {} : { url: guessUrl(url) ?? url }),
    ...(mode === undefined ? {} : { mode: mode as Mode, reasons: [] }),
  };
}

/** How often a save is sent again because somebody else saved in between. */
const ATTEMPTS = 5;

const isStale = (error: unknown) => asProblem(error).code === 'stale';

/**
 * Saves a draft. Answers `conflict` when somebody else changed the same fields, and `gone` when the
 * item was deleted; other failures are thrown. `noted`: whether the change can be undone.
 */
export function useSaveItem(
  space: Pick<Space, 'id' | 'organization_id'>,
  { noted = true }: { noted?: boolean } = {},
) {
  const update = useUpdateItem(space, { noted });
  const latest = (id: string) =>
    queryClient
      .fetchQuery({ ...itemsQuery(space.organization_id, space.id), staleTime: 0 })
      .then((items) => items.find((one) => one.id === id));
  const save = async (
    item: Item,
    draft: EditDraft<ItemFields>,
  ): Promise<'saved' | 'conflict' | 'gone'> => {
    let now: Item | undefined = item;
    for (let attempt = 1; now; attempt += 1) {
      const body = bodyOf(draft.changes(fieldsOf(now)));
      if (Object.keys(body).length === 0) break;
      try {
        await update.mutateAsync({ item: now.id, version: now.version, body });
        break;
      } catch (reason) {
        if (!isStale(reason) || attempt === ATTEMPTS) throw reason;
        now = await latest(item.id);
        if (!now) return 'gone';
        if (draft.conflicts(fieldsOf(now)).length > 0) return 'conflict';
      }
    }
    draft.discard();
    return 'saved';
  };
  const error = update.error && isStale(update.error) ? null : update.error;
  return { save, error };
}
