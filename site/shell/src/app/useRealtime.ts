/** Keeps one organization's socket open; turns its messages into refetches, toasts and redirects. */
import { useEffect, useReducer } from 'react';
import { useLocation } from 'wouter';
import { whenAnswered } from '@/shared/api/client';
import { invalidate, queryClient } from '@/shared/data/client';
import { forgetLists } from '@/shared/data/kept';
import { keys } from '@/shared/data/keys';
import { heard } from '@/shared/lib/online';
import { Connection, type Ending, type Position } from '@/shared/realtime/connection';
import { Freshness, organizationOf } from '@/shared/realtime/freshness';
import type { Message } from '@/shared/realtime/messages';
import { useConnection } from '@/shared/realtime/store';
import { usePreferences } from '@/shared/state/preferences';
import { isQuiet } from '@/shared/state/quiet';
import { toast } from '@/shared/ui/toasts';
import { whenClosed } from './sessionEnd';

/** Where this tab was in each organization's log. */
const positions = new Map<string, Position>();

const freshness = new Freshness(() => void queryClient.invalidateQueries());

whenAnswered((url, headers) => {
  const organization = organizationOf(url);
  const seq = headers.get('x-prox-seq');
  if (organization && seq) freshness.answered(organization, Number(seq));
});

function hear(organization: string, message: Message): void {
  switch (message.type) {
    case 'CONNECTED':
      freshness.connected(organization, message.seq);
      break;
    case 'INVALIDATE':
      if (message.invalidateInfo.type === 'ALL') void queryClient.invalidateQueries();
      else invalidate(message.invalidateInfo.queryKeys);
      break;
    case 'NOTIFICATION':
      // Nobody asked for it just now: it can wait for the end of the night.
      if (isQuiet(usePreferences.getState().quiet_hours, new Date())) break;
      toast(message.notificationType, message.message);
      break;
    case 'ERROR':
      toast('error', message.message);
      break;
  }
}

const socketUrl = (path: string) =>
  `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${path}`;

export function useRealtime(organization: string): void {
  const [, navigate] = useLocation();
  const [session, connectAgain] = useReducer((n: number) => n + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `session` counts the sessions of this tab
  useEffect(() => {
    const leave: Record<Ending, () => void> = {
      'signed-out': () => void whenClosed(connectAgain, () => location.replace('/')),
      removed: () => {
        void forgetLists();
        toast('info', 'You are no longer a member of that organization.');
        void queryClient.invalidateQueries({ queryKey: keys.organizations });
        navigate('/', { replace: true });
      },
      gone: () => {
        void forgetLists();
        toast('info', 'That organization was deleted.');
        void queryClient.invalidateQueries({ queryKey: keys.organizations });
        navigate('/', { replace: true });
      },
    };
    const connection = new Connection(
      organization,
      {
        open: (path) => new WebSocket(socketUrl(path)),
        random: Math.random,
        setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
        clearTimeout: (timer) => clearTimeout(timer),
      },
      {
        state: (state) => useConnection.setState({ state }),
        message: (message) => {
          heard();
          hear(organization, message);
        },
        ended: (why) => leave[why](),
        // A 401 response leads to the sign-in; otherwise the connection is tried again.
        refused: () => void queryClient.invalidateQueries({ queryKey: keys.me }),
      },
      positions.get(organization) ?? null,
    );
    const hurry = () => connection.hurry();
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      connection.hurry();
      connection.probe();
    };
    connection.connect();
    addEventListener('online', hurry);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', look);
      if (connection.position) positions.set(organization, connection.position);
      connection.close();
      useConnection.setState({ state: 'connecting' });
    };
  }, [organization, navigate, session]);
}
