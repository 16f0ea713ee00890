/** The system apps, which open in a window. Each is fetched when its window first opens. */
import { Boxes, Globe, Inbox, Link2, Plug, Radio, Settings, Users } from 'lucide-react';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { registerApps, type SystemApp } from '@/system/apps';

export const APPS = [
  {
    id: 'events',
    title: 'Events',
    icon: Radio,
    size: { width: 620, height: 600 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/events/Events')),
  },
  {
    id: 'members',
    title: 'Members',
    icon: Users,
    size: { width: 640, height: 520 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/members/Members')),
  },
  {
    id: 'instances',
    title: 'Instances',
    icon: Boxes,
    size: { width: 560, height: 460 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/instances/Instances')),
  },
  {
    id: 'connectors',
    title: 'Connectors',
    icon: Plug,
    size: { width: 560, height: 440 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/connectors/Connectors')),
  },
  {
    id: 'domains',
    title: 'Domains',
    icon: Globe,
    size: { width: 640, height: 560 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/domains/Domains')),
  },
  {
    id: 'shared',
    title: 'Shared with me',
    icon: Inbox,
    size: { width: 560, height: 520 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/shared/Shared')),
  },
  {
    id: 'sharing',
    title: 'Sharing',
    icon: Link2,
    size: { width: 680, height: 640 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/sharing/Sharing')),
  },
  {
    id: 'settings',
    title: 'Settings',
    icon: Settings,
    size: { width: 600, height: 640 },
    singleton: true,
    ...lazyWithPreload(() => import('@/features/settings/Settings')),
  },
] as const satisfies readonly SystemApp[];

registerApps(APPS);

export type AppId = (typeof APPS)[number]['id'];

export const appById = (id: AppId): SystemApp => APPS.find((app) => app.id === id) ?? APPS[0];
