/** Reports when the API answers again after a minute or more, while this device had a network. */
import { asProblem } from '@prox/api-client';
import { useEffect } from 'react';
import { queryClient } from '@/shared/data/client';
import { reportOutage } from '@/shared/data/reports';
import { isOnline, useNetwork } from '@/shared/lib/online';
import { Outage } from '@/shared/realtime/outage';
import { useConnection } from '@/shared/realtime/store';

/** Whether an error says that the server did not answer, or with a fault. */
function isFault(error: unknown): boolean {
  const { status, code } = asProblem(error);
  return (status === 0 || status >= 500) && code !== 'offline';
}

export function useOutageReports(): void {
  useEffect(() => {
    // Either may fail alone: the socket is held by another part of the server than the answers.
    const [socket, answers] = [new Outage(), new Outage()];
    const ended = (lasted: number | null) => {
      if (lasted === null) return;
      for (const outage of [socket, answers]) outage.forget();
      reportOutage(lasted);
    };
    const stops = [
      useConnection.subscribe(({ state }) => {
        if (state === 'live') ended(socket.answered(Date.now()));
        else if (state === 'offline' && isOnline()) socket.failed(Date.now());
      }),
      useNetwork.subscribe(({ online }) => {
        if (online) return;
        socket.forget();
        answers.forget();
      }),
      queryClient.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated') return;
        const { action } = event;
        if (action.type === 'success' && !action.manual) ended(answers.answered(Date.now()));
        else if (action.type === 'error' && isFault(action.error)) answers.failed(Date.now());
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
}
