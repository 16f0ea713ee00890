/** Pages with centred content, and the states before the first response. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure, Offline } from '@/shared/ui/States';
import { DesktopSkeleton } from './Skeleton';

export const CenteredPage = ({ children }: { children: ReactNode }) => (
  <main className="grid h-full place-items-center">{children}</main>
);

type Query = Pick<UseQueryResult, 'error' | 'fetchStatus'> & { refetch: () => unknown };

/** The page until the first response: the error, a notice that the device is offline, or the skeleton. */
export function PendingPage({ query: { error, fetchStatus, refetch } }: { query: Query }) {
  if (!error && fetchStatus !== 'paused') return <DesktopSkeleton />;
  return (
    <CenteredPage>
      {error ? <Failure error={error} page retry={() => void refetch()} /> : <Offline page />}
    </CenteredPage>
  );
}
