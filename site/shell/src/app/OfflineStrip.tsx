/** Says that what is shown may be out of date, and how old it is. */
import { asProblem } from '@prox/api-client';
import { notifyManager, type Query } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { queryClient } from '@/shared/data/client';
import { keys } from '@/shared/data/keys';
import { lastAnswer, useNetwork } from '@/shared/lib/online';
import { clock } from '@/shared/lib/time';
import { useConnection } from '@/shared/realtime/store';
import { currentAt } from './offline/current';
import { keptAtStart } from './offline/restore';

/** Milliseconds between two attempts to fetch again what failed. */
const RETRY_INTERVAL = 10_000;

/** Whether data that is shown could not be fetched again because of a fault. */
function isFaulty(query: Query): boolean {
  const { data, error } = query.state;
  if (!query.isActive() || data === undefined || error === null) return false;
  const { status, code } = asProblem(error);
  return (status === 0 || status >= 500) && code !== 'offline';
}

const cache = queryClient.getQueryCache();

const useFault = (): boolean =>
  useSyncExternalStore(
    (listener) => cache.subscribe(notifyManager.batchCalls(listener)),
    () => cache.getAll().some(isFaulty),
  );

const retry = () =>
  void queryClient.refetchQueries(
    { type: 'active', predicate: isFaulty },
    { cancelRefetch: false },
  );

/** Since when the items of a space may be out of date; null when none are known. */
const itemsCurrentAt = (space: string): number | null =>
  currentAt(space, queryClient.getQueryState(keys.items(space)), keptAtStart, lastAnswer());

export default function OfflineStrip({ space }: { space: string | undefined }) {
  const { online } = useNetwork();
  const isLive = useConnection(({ state }) => state === 'live');
  const isFault = useFault();
  useEffect(() => {
    if (!isFault || !online) return;
    // The connection is back: so is the server, most likely.
    if (isLive) retry();
    const timer = setInterval(retry, RETRY_INTERVAL);
    return () => clearInterval(timer);
  }, [isFault, online, isLive]);
  if (online && !isFault) return null;
  const at = space === undefined ? null : itemsCurrentAt(space);
  const age = at === null ? '' : ` · as of ${clock(at, Date.now())}`;
  return (
    <p role="status" className="sticky top-0 z-1 bg-warn-soft px-4 py-1.5 text-center text-sm">
      {online
        ? `Prox OS does not answer${age}. Trying again.`
        : `Offline${age}. Changes need a connection.`}
    </p>
  );
}
