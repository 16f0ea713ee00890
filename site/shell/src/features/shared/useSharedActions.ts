/** The actions on the shared space whose window is in front. */
import type { SharedSpace } from '@prox/api-client';
import { ExternalLink, Pencil, Plus } from 'lucide-react';
import { useEffect } from 'react';
import type { Action } from '@/shared/actions/action';
import { registerActions } from '@/shared/actions/registry';
import { queryClient } from '@/shared/data/client';
import { iconUrl } from '@/shared/data/icon';
import { itemsQuery } from '@/shared/data/items';
import { canEdit, mayChange, targetOf } from '@/shared/data/shared';
import { openTab } from '@/shared/lib/tab';
import { useIsActive } from '@/system/windows/store';
import { addTo, editIn } from './editing';
import { openShared, pageOf, titleOf } from './windows';

function actionsOn(shared: SharedSpace): readonly Action[] {
  const title = titleOf(shared);
  const target = targetOf(shared);
  const items = () =>
    queryClient.getQueryData(itemsQuery(target.organization_id, target.id).queryKey) ?? [];
  return [
    {
      id: 'shared.items',
      title: canEdit(shared) ? `Edit “${title}”` : `Show the items of “${title}”`,
      group: 'Items',
      keywords: ['shared', 'guest', 'change'],
      icon: Pencil,
      when: () => mayChange(shared),
      run: () => openShared(shared, 'items'),
    },
    {
      id: 'shared.add',
      title: `Add to “${title}”`,
      group: 'Items',
      keywords: ['shared', 'guest', 'new'],
      icon: Plus,
      when: () => canEdit(shared),
      run: () => addTo(shared),
    },
    {
      id: 'shared.edit',
      title: `Edit an item of “${title}”`,
      group: 'Items',
      keywords: ['shared', 'guest', 'change'],
      icon: Pencil,
      when: () => items().some(canEdit),
      choose: {
        prompt: 'An item',
        choices: () =>
          items()
            .filter(canEdit)
            .map((item) => ({
              id: item.id,
              title: item.title,
              picture: iconUrl(item, target.organization_id),
              color: item.color,
              run: () => editIn(shared, item),
            })),
      },
    },
    {
      id: 'shared.tab',
      title: `Open “${title}” in a new tab`,
      group: 'Items',
      keywords: ['shared', 'page'],
      icon: ExternalLink,
      run: () => openTab(pageOf(shared)),
    },
  ];
}

export function useSharedActions(window: string, shared: SharedSpace | undefined): void {
  const active = useIsActive(window);
  useEffect(() => {
    if (active && shared) return registerActions(actionsOn(shared));
    return undefined;
  }, [active, shared]);
}
