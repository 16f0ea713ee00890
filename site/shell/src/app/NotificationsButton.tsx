/** The button in the top bar that leads to the notifications, with the number of unread ones. */

import { useInfiniteQuery } from '@tanstack/react-query';
import { Bell, Moon } from 'lucide-react';
import { notificationsQuery } from '@/shared/data/notifications';
import { shortCount } from '@/shared/lib/count';
import { useNow } from '@/shared/lib/hooks';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { usePlace } from '@/shared/lib/place';
import { usePreferences } from '@/shared/state/preferences';
import { isQuiet } from '@/shared/state/quiet';
import { openDialog } from '@/system/dialogs';
import { DIALOGS } from './dialogs';
import { useOutageReports } from './useOutageReports';

export default function NotificationsButton() {
  const { me } = usePlace();
  useOutageReports();
  const { data } = useInfiniteQuery(notificationsQuery(me.id));
  const hours = usePreferences(({ quiet_hours }) => quiet_hours);
  const quiet = isQuiet(hours, new Date(useNow()));
  const unread = data?.pages[0]?.unread ?? 0;
  const Icon = quiet ? Moon : Bell;
  const words = unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`;
  return (
    <button
      type="button"
      className="button button-quiet button-icon relative text-muted hover:text-text"
      aria-label={quiet ? `${words}, quiet hours` : words}
      {...preloadOnIntent(DIALOGS.notifications.preload)}
      onClick={() => openDialog('notifications')}
    >
      <Icon size={16} aria-hidden="true" />
      {unread > 0 && !quiet && (
        <span
          aria-hidden="true"
          className="tabular absolute top-1 right-0.5 min-w-4 rounded-full bg-accent px-1 text-[10px] leading-4 font-semibold text-on-accent"
        >
          {shortCount(unread)}
        </span>
      )}
    </button>
  );
}
