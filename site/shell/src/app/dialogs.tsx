/** The dialogs, by the id that their addresses name. Each is fetched when it first opens. */
import { lazyWithPreload } from '@/shared/lib/lazy';
import { openApp } from '@/system/apps';
import type { DialogDefinition, DialogId, DialogProps } from '@/system/dialogs';
import { openPath } from './openPath';
import { appById } from './registry';

export const DIALOGS: { readonly [Id in DialogId]: DialogDefinition<Id> } = {
  'add-item': {
    title: 'Add to this page',
    params: {
      url: 'optional',
      title: 'optional',
      text: 'optional',
      kind: 'optional',
      space: 'optional',
    },
    ...lazyWithPreload(() => import('@/features/items/AddItem')),
  },
  'edit-item': {
    title: 'Edit',
    params: { space: 'required', item: 'required', organization: 'optional' },
    ...lazyWithPreload(() => import('@/features/items/EditItem')),
  },
  folder: {
    title: 'Folder',
    params: { folder: 'required' },
    ...lazyWithPreload(() => import('@/features/items/FolderSheet')),
  },
  'item-icon': {
    title: 'Icon',
    params: { space: 'required', item: 'required' },
    ...lazyWithPreload(() => import('@/features/items/ChangeIcon')),
  },
  publish: {
    title: 'Publish this page',
    params: {},
    ...lazyWithPreload(async () => {
      const { default: Publish } = await import('@/features/spaces/Publish');
      return {
        default: ({ params, onClose }: DialogProps<'publish'>) => (
          <Publish
            params={params}
            onClose={onClose}
            onDomains={() => {
              onClose();
              openApp(appById('domains'));
            }}
          />
        ),
      };
    }),
  },
  'new-space': {
    title: 'New space',
    params: {},
    ...lazyWithPreload(() =>
      import('@/features/spaces/SpaceForms').then(({ NewSpace }) => ({ default: NewSpace })),
    ),
  },
  'edit-space': {
    title: 'This page',
    params: {},
    ...lazyWithPreload(() =>
      import('@/features/spaces/SpaceForms').then(({ EditSpace }) => ({ default: EditSpace })),
    ),
  },
  'space-look': {
    title: 'Cover and accent',
    params: {},
    ...lazyWithPreload(() => import('@/features/spaces/SpaceLook')),
  },
  'new-organization': {
    title: 'New organization',
    params: {},
    ...lazyWithPreload(() => import('@/features/organizations/NewOrganization')),
  },
  'delete-organization': {
    title: 'Delete organization',
    params: {},
    ...lazyWithPreload(() => import('@/features/settings/DeleteOrganization')),
  },
  'rename-instance': {
    title: 'Rename',
    params: { instance: 'required' },
    ...lazyWithPreload(() => import('@/features/instances/RenameInstance')),
  },
  palette: {
    title: 'Commands',
    params: { action: 'optional' },
    ...lazyWithPreload(() => import('@/features/palette/Palette')),
  },
  'use-look': {
    title: 'A look',
    params: {
      theme: 'optional',
      accent: 'optional',
      corners: 'optional',
      icons: 'optional',
      density: 'optional',
    },
    ...lazyWithPreload(() => import('@/features/settings/UseLook')),
  },
  shortcuts: {
    title: 'Keyboard shortcuts',
    params: {},
    ...lazyWithPreload(() => import('@/features/shortcuts/Shortcuts')),
  },
  notifications: {
    title: 'Notifications',
    params: {},
    ...lazyWithPreload(async () => {
      const { default: Notifications } = await import('@/features/notifications/Notifications');
      return {
        default: (props: DialogProps<'notifications'>) => (
          <Notifications {...props} onOpen={openPath} />
        ),
      };
    }),
  },
  'export-desktop': {
    title: 'Export this desktop',
    params: {},
    ...lazyWithPreload(() => import('./ExportDialog')),
  },
  'import-desktop': {
    title: 'Import a desktop',
    params: {},
    ...lazyWithPreload(() => import('./ImportDialog')),
  },
  search: {
    title: 'Search',
    params: { q: 'optional' },
    ...lazyWithPreload(async () => {
      const { default: Search } = await import('@/features/search/Search');
      return {
        default: (props: DialogProps<'search'>) => <Search {...props} onOpen={openPath} />,
      };
    }),
  },
};
