/** The system app for providers that an instance may use: Slack, in this version. */

import type { Connector } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { MessageSquare, Plug } from 'lucide-react';
import { connectorsQuery, slackInstallUrl, useRemoveConnector } from '@/shared/data/organizations';
import { WithInstance } from '@/shared/instances/WithInstance';
import { useNow } from '@/shared/lib/hooks';
import { rememberPlace } from '@/shared/lib/leaving';
import { atLeast, usePlace } from '@/shared/lib/place';
import { confirm } from '@/shared/ui/confirm';
import { Face } from '@/shared/ui/Face';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { toastProblem } from '@/shared/ui/toasts';

export default function Connectors() {
  const { organization } = usePlace();
  return (
    <Panel>
      <WithInstance rows={2}>
        {({ id }) => (
          <ConnectorList
            key={id}
            organization={organization.id}
            instance={id}
            allowed={atLeast(organization.role, 'admin')}
          />
        )}
      </WithInstance>
    </Panel>
  );
}

type ListProps = { organization: string; instance: string; allowed: boolean };

function ConnectorList({ organization, instance, allowed }: ListProps) {
  const query = useQuery(connectorsQuery(organization, instance));
  const connect = allowed ? (
    <a
      className="button button-primary"
      href={slackInstallUrl(organization, instance)}
      onClick={() => rememberPlace(location.pathname)}
    >
      <MessageSquare size={16} aria-hidden="true" /> Connect Slack
    </a>
  ) : (
    <p className="text-sm text-muted">Only admins and owners connect Slack. Ask one of them.</p>
  );
  return (
    <Loaded query={query} skeleton={<RowsSkeleton rows={2} />}>
      {(connectors) =>
        connectors.length === 0 ? (
          <Note icon={Plug} title="Nothing is connected" actions={connect}>
            Messages and commands of a Slack workspace then arrive as events.
          </Note>
        ) : (
          <>
            <ul className="divide-y divide-line">
              {connectors.map((connector) => (
                <ConnectorRow
                  key={connector.id}
                  organization={organization}
                  connector={connector}
                  allowed={allowed}
                />
              ))}
            </ul>
            <div className="mt-5">{connect}</div>
          </>
        )
      }
    </Loaded>
  );
}

const WHY_DISCONNECTED: Record<string, string> = {
  app_uninstalled: 'the app was removed in Slack.',
  tokens_revoked: 'Slack revoked its access.',
};

type RowProps = { organization: string; connector: Connector; allowed: boolean };

function ConnectorRow({ organization, connector, allowed }: RowProps) {
  const now = useNow();
  const remove = useRemoveConnector(organization, connector.instance_id);
  const ask = () =>
    confirm({
      title: `Disconnect ${connector.name}?`,
      body: 'Its messages stop arriving. Events that are already here stay.',
      action: 'Disconnect',
      run: () => void remove.mutateAsync(connector.id).catch(toastProblem),
    });
  return (
    <li className="flex min-h-[68px] items-center gap-3">
      <Face name={connector.name} size="36px" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{connector.name}</p>
        <p className="text-sm text-muted">
          Slack · <span className="font-mono text-xs">{connector.external_id}</span> · since{' '}
          <Time at={connector.created_at} now={now} />
        </p>
        {connector.disconnected_at && (
          <p className="text-sm text-danger">
            Disconnected <Time at={connector.disconnected_at} now={now} />:{' '}
            {WHY_DISCONNECTED[connector.disconnected_reason ?? ''] ?? 'Slack ended the connection.'}{' '}
            No more events arrive. Connect Slack again to receive them.
          </p>
        )}
      </div>
      {allowed && (
        <button
          type="button"
          className="button button-quiet text-danger"
          disabled={remove.isPending}
          onClick={ask}
        >
          Disconnect
        </button>
      )}
    </li>
  );
}
