/** The system apps, which open in a window. Each is fetched when its window first opens. */
import { Boxes, Globe, Inbox, Link2, Plug, Radio, Settings, Table2, Users } from 'lucide-react';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { registerApps, type SystemApp } from '@/system/apps';

export const APPS = [
  {
    id: 'events',
    title: 'Events',
    icon: Radio,
    size: { width: 620, height: 600 },
    ...lazyWithPreload(() => import('@/features/events/Events')),
  },
  {
    id: 'members',
    title: 'Members',
    icon: Users,
    size: { width: 640, height: 520 },
    ...lazyWithPreload(() => import('@/features/members/Members')),
  },
  {
    id: 'instances',
    title: 'Instances',
    icon: Boxes,
    size: { width: 560, height: 460 },
    ...lazyWithPreload(() => import('@/features/instances/Instances')),
  },
  {
    id: 'connectors',
    title: 'Connectors',
    icon: Plug,
    size: { width: 560, height: 440 },
    ...lazyWithPreload(() => import('@/features/connectors/Connectors')),
  },
  {
    id: 'domains',
    title: 'Domains',
    icon: Globe,
    size: { width: 640, height: 560 },
    ...lazyWithPreload(() => import('@/features/domains/Domains')),
  },
  {
    id: 'datasets',
    title: 'Datasets',
    icon: Table2,
    size: { width: 860, height: 640 },
    ...lazyWithPreload(() => import('@/features/datasets/Datasets')),
  },
  {
    id: 'shared',
    title: 'Shared with me',
    icon: Inbox,
    size: { width: 560, height: 520 },
    ...lazyWithPreload(() => import('@/features/shared/Shared')),
  },
  {
    id: 'sharing',
    title: 'Sharing',
    icon: Link2,
    size: { width: 680, height: 640 },
    ...lazyWithPreload(() => import('@/features/sharing/Sharing')),
  },
  {
    id: 'settings',
    title: 'Settings',
    icon: Settings,
    size: { width: 600, height: 640 },
    ...lazyWithPreload(() => import('@/features/settings/Settings')),
  },
] as const satisfies readonly SystemApp[];

registerApps(APPS);

export type AppId = (typeof APPS)[number]['id'];

export const appById = (id: AppId): SystemApp => APPS.find((app) => app.id === id) ?? APPS[0];
