/** The dialog of what happened while the person looked elsewhere, the same on all devices. */

import type { NotificationType } from '@prox/api-client';
import { useInfiniteQuery } from '@tanstack/react-query';
import {
  Bell,
  CloudAlert,
  Globe,
  GlobeOff,
  type LucideIcon,
  MonitorX,
  PlugZap,
  UserPlus,
  X,
} from 'lucide-react';
import {
  grouped,
  type NotificationGroup,
  notificationsQuery,
  useClearNotifications,
  useDeleteNotifications,
  useReadNotifications,
} from '@/shared/data/notifications';
import { useNow } from '@/shared/lib/hooks';
import { usePlace } from '@/shared/lib/place';
import { announce } from '@/shared/ui/announce';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { toastProblem } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';
import { MessageSettings } from './MessageSettings';

const ICONS: Record<NotificationType, LucideIcon> = {
  member_joined: UserPlus,
  domain_verified: Globe,
  domain_lost: GlobeOff,
  connector_disconnected: PlugZap,
  frame_failed: MonitorX,
  api_unavailable: CloudAlert,
};

/** `onOpen` shows what a path in the app names. */
type Props = DialogProps<'notifications'> & { onOpen: (path: string) => void };

export default function Notifications({ onClose, onOpen }: Props) {
  const { me } = usePlace();
  const query = useInfiniteQuery(notificationsQuery(me.id));
  const read = useReadNotifications(me.id);
  const remove = useDeleteNotifications(me.id);
  const clear = useClearNotifications(me.id);
  const unread = query.data?.pages[0]?.unread ?? 0;
  const all = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const newest = all[0]?.created_at;
  const busy = clear.isPending || read.isPending;
  return (
    <Dialog
      title="Notifications"
      description={unread === 0 ? 'All read.' : unread === 1 ? '1 unread.' : `${unread} unread.`}
      onClose={onClose}
    >
      <DialogBody>
        <Loaded query={query} skeleton={<RowsSkeleton rows={3} />}>
          {() =>
            all.length === 0 ? (
              <Note icon={Bell} title="Nothing happened">
                New members, and domains, connectors and apps that need you, appear here.
              </Note>
            ) : (
              <ul className="-mx-4 flex flex-col gap-1">
                {grouped(all).map((group) => (
                  <Row
                    key={group.newest.group_key}
                    group={group}
                    onOpen={() => {
                      const fresh = group.all.filter(({ read_at }) => read_at === null);
                      if (fresh.length > 0) read.mutate(fresh.map(({ id }) => id));
                      onClose();
                      onOpen(group.newest.url);
                    }}
                    onRemove={() => {
                      remove.mutate(
                        group.all.map(({ id }) => id),
                        { onError: toastProblem },
                      );
                      announce(`Cleared: ${group.newest.title}`);
                    }}
                  />
                ))}
              </ul>
            )
          }
        </Loaded>
        {query.hasNextPage && (
          <button
            type="button"
            className="button button-secondary mt-3 w-full"
            aria-disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show older ones
          </button>
        )}
        <MessageSettings />
      </DialogBody>
      {all.length > 0 && (
        <DialogActions>
          <button
            type="button"
            className="button button-quiet"
            aria-disabled={busy}
            onClick={() => !busy && newest && clear.mutate(newest, { onError: toastProblem })}
          >
            Clear all
          </button>
          <button
            type="button"
            className="button button-secondary"
            aria-disabled={busy || unread === 0}
            onClick={() => !busy && unread > 0 && read.mutate(null, { onError: toastProblem })}
          >
            Mark all as read
          </button>
        </DialogActions>
      )}
    </Dialog>
  );
}

/** Titles of a group that are shown below the newest one. */
const MOST_OTHERS = 3;

type RowProps = { group: NotificationGroup; onOpen: () => void; onRemove: () => void };

function Row({ group: { newest, all }, onOpen, onRemove }: RowProps) {
  const now = useNow();
  const Icon = ICONS[newest.type] ?? Bell;
  const others = [...new Set(all.map(({ title }) => title))].filter((one) => one !== newest.title);
  const isUnread = all.some(({ read_at }) => read_at === null);
  return (
    <li
      className={`flex items-start gap-1 rounded-control pe-2 ${isUnread ? 'bg-accent-soft' : ''}`}
    >
      <button
        type="button"
        className="relative flex min-w-0 flex-1 items-start gap-3 rounded-control px-4 py-3 text-start hover:bg-hover"
        onClick={onOpen}
      >
        {isUnread && (
          <span
            role="img"
            aria-label="Unread"
            className="absolute start-1 top-[19px] size-2 rounded-full bg-accent"
          />
        )}
        <Icon
          size={18}
          aria-hidden="true"
          className={`mt-0.5 flex-none ${isUnread ? 'text-accent' : 'text-muted'}`}
        />
        <span className="min-w-0 flex-1">
          <span dir="auto" className={`block ${isUnread ? 'font-semibold' : ''}`}>
            {newest.title}
          </span>
          {others.length > 0 && (
            <span dir="auto" className="block text-sm text-muted">
              {others.slice(0, MOST_OTHERS).join(' · ')}
              {others.length > MOST_OTHERS && ` · and ${others.length - MOST_OTHERS} more`}
            </span>
          )}
          {newest.body && others.length === 0 && (
            <span dir="auto" className="block text-sm text-muted">
              {newest.body}
            </span>
          )}
          <span className="block text-xs text-muted">
            {newest.organization && `${newest.organization.name} · `}
            <Time at={newest.created_at} now={now} />
            {all.length > 1 && ` · ${all.length} times`}
          </span>
        </span>
      </button>
      <button
        type="button"
        className="button button-quiet button-icon mt-1.5 flex-none text-muted"
        aria-label={`Clear “${newest.title}”`}
        onClick={onRemove}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </li>
  );
}
