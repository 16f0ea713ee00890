/** Pages with centred content, and the states before the first response. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure, Offline } from '@/shared/ui/States';
import { DesktopSkeleton } from './Skeleton';

export const Middle = ({ children }: { children: ReactNode }) => (
  <main className="grid h-full place-items-center">{children}</main>
);

type Query = Pick<UseQueryResult, 'error' | 'fetchStatus'> & { refetch: () => unknown };

/** Shown until the first response: the error, that the device is offline, or the skeleton. */
export function Unanswered({ query: { error, fetchStatus, refetch } }: { query: Query }) {
  if (!error && fetchStatus !== 'paused') return <DesktopSkeleton />;
  return (
    <Middle>
      {error ? <Failure error={error} page retry={() => void refetch()} /> : <Offline page />}
    </Middle>
  );
}
