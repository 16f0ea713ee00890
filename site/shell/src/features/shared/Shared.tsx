/** The system app that lists what others share with the signed-in person. */

import type { SharedSpace } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { ExternalLink, Inbox } from 'lucide-react';
import { mayChange, sharedQuery } from '@/shared/data/shared';
import { Face } from '@/shared/ui/Face';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { itemsVerb, levelWords } from './level';
import { openShared, pageOf, titleOf } from './windows';

export default function Shared() {
  // The person opens it to look: what was shared while another organization was open is in it.
  const query = useQuery({ ...sharedQuery, refetchOnMount: 'always' });
  return (
    <Panel>
      <Loaded query={query} skeleton={<RowsSkeleton rows={3} />}>
        {(all) =>
          all.length === 0 ? (
            <Note icon={Inbox} title="Nothing is shared with you yet">
              When somebody shares a page or an item with you, or you keep a link that you were
              sent, it is here.
            </Note>
          ) : (
            <>
              <p className="mb-2 max-w-[62ch] text-muted">
                Pages and items of others that you may see or change. They stay theirs.
              </p>
              <ul aria-label="Shared with me" className="divide-y divide-line">
                {all.map((shared) => (
                  <Row key={shared.space_id} shared={shared} />
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Row({ shared }: { shared: SharedSpace }) {
  const title = titleOf(shared);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <Face name={shared.organization.name} size="36px" round />
      <div className="min-w-0 flex-1 basis-48">
        <h3 dir="auto" className="truncate text-base">
          {title}
        </h3>
        <p className="text-sm text-muted [overflow-wrap:anywhere]">
          {shared.title !== null && <bdi>{shared.organization.name} · </bdi>}
          {levelWords(shared)}
        </p>
      </div>
      <div className="flex gap-2">
        {mayChange(shared) && (
          <button
            type="button"
            className="button button-secondary"
            aria-label={`${itemsVerb(shared)} ${title}`}
            onClick={() => openShared(shared, 'items')}
          >
            {itemsVerb(shared)}
          </button>
        )}
        <button
          type="button"
          className="button button-secondary"
          aria-label={`Open ${title}`}
          onClick={() => openShared(shared, 'page')}
        >
          Open
        </button>
        <a
          className="button button-quiet button-icon text-muted"
          aria-label={`Open ${title} in a new tab`}
          title="Open in a new tab"
          href={pageOf(shared).pathname}
          target="_blank"
          rel="noopener"
        >
          <ExternalLink size={16} aria-hidden="true" />
        </a>
      </div>
    </li>
  );
}
