/** What the ids of windows mean, for parts that know no items and no apps. */
import { linkOf, linkWindowId } from '@/features/items/links';
import { itemOf, itemWindowId } from '@/features/items/windows';
import type { WindowIds } from '@/features/snapshot/subjects';
import { webUrl } from '@/shared/lib/url';
import { appOf, appWindowId } from '@/system/apps';
import { APPS } from './registry';

export const WINDOW_IDS: WindowIds = {
  subjectOf: (window) => {
    const app = appOf(window, APPS);
    if (app) return { app: app.id };
    const link = linkOf(window);
    return link ? { link: link.href } : itemOf(window);
  },
  idOf: (subject) => {
    if ('app' in subject)
      return APPS.some(({ id }) => id === subject.app) ? appWindowId(subject.app) : null;
    if ('item' in subject) return itemWindowId(subject.space, subject.item);
    const url = webUrl(subject.link);
    return url && linkWindowId(url);
  },
};
