/** Pages that show one thing in their middle, or nothing yet. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure, Offline } from '@/shared/ui/States';
import { DesktopSkeleton } from './Skeleton';

export const Middle = ({ children }: { children: ReactNode }) => (
  <main className="grid h-full place-items-center">{children}</main>
);

type Query = Pick<UseQueryResult, 'error' | 'fetchStatus'> & { refetch: () => unknown };

/** Instead of a page that waits for a first answer: what keeps it away, or the skeleton. */
export function Unanswered({ query: { error, fetchStatus, refetch } }: { query: Query }) {
  if (!error && fetchStatus !== 'paused') return <DesktopSkeleton />;
  return (
    <Middle>
      {error ? <Failure error={error} page retry={() => void refetch()} /> : <Offline page />}
    </Middle>
  );
}
