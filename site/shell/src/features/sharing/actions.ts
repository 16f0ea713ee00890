/** The actions on who sees a space and its items, for those who may decide it. */
import type { Item, Organization, Space } from '@prox/api-client';
import { ScanEye, ShieldQuestion, Users } from 'lucide-react';
import type { Action } from '@/shared/actions/action';
import { queryClient } from '@/shared/data/client';
import { iconUrl } from '@/shared/data/icon';
import { keys } from '@/shared/data/keys';
import { atLeast } from '@/shared/lib/place';
import { showRow } from '@/shared/rows/wanted';

export type SharingPort = {
  organization: () => Organization;
  /** The space that is shown. */
  space: () => Space | null;
  /** Opens the window. */
  open: () => void;
};

export function sharingActions({ organization, space, open }: SharingPort): readonly Action[] {
  const allowed = () => space() !== null && atLeast(organization().role, 'admin');
  const items = () =>
    queryClient.getQueryData<readonly Item[]>(keys.items(space()?.id ?? '')) ?? [];
  const show = (row: string) => {
    open();
    showRow('sharing', row);
  };
  return [
    {
      id: 'space.share',
      title: 'Share this page',
      group: 'Spaces',
      keywords: ['people', 'invite', 'access', 'grant', 'link', 'permissions'],
      icon: Users,
      when: allowed,
      run: () => show('access'),
    },
    {
      id: 'space.exposure',
      title: 'See what this page shows to whom',
      group: 'Spaces',
      keywords: ['exposure', 'report', 'secret', 'private', 'privacy', 'audit', 'sharing'],
      icon: ShieldQuestion,
      when: allowed,
      run: () => show('report'),
    },
    {
      id: 'space.view-as',
      title: 'View this page as somebody else',
      group: 'Spaces',
      keywords: ['preview', 'visitor', 'guest', 'anyone', 'link', 'member'],
      icon: ScanEye,
      when: allowed,
      run: () => show('preview'),
    },
    {
      id: 'item.share',
      title: 'Share an item',
      group: 'Items',
      keywords: ['people', 'link', 'access', 'private', 'hide', 'visibility'],
      icon: Users,
      when: () => allowed() && items().length > 0,
      choose: {
        prompt: 'An item',
        choices: () =>
          items().map((item) => ({
            id: item.id,
            title: item.title,
            ...(item.visibility === 'private' && { detail: 'Private' }),
            picture: iconUrl(item),
            color: item.color,
            run: () => show(item.id),
          })),
      },
    },
  ];
}
