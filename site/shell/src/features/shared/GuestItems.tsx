/** The items of a shared space that the person sees, with what they may do with them. */

import type { Item, SharedSpace } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { FileText, Pencil, Plus, Trash2 } from 'lucide-react';
import { iconUrl } from '@/shared/data/icon';
import { itemsQuery, useDeleteItem } from '@/shared/data/items';
import { arranged } from '@/shared/data/order';
import { askAgain, canEdit, isRefused, targetOf } from '@/shared/data/shared';
import { hostOf } from '@/shared/lib/url';
import { confirm } from '@/shared/ui/confirm';
import { Face } from '@/shared/ui/Face';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { addTo, editIn } from './editing';

export function GuestItems({ shared }: { shared: SharedSpace }) {
  const target = targetOf(shared);
  const query = useQuery({
    ...itemsQuery(target.organization_id, target.id),
    refetchOnMount: 'always',
  });
  return (
    <Panel>
      <Loaded query={query} skeleton={<RowsSkeleton rows={3} />}>
        {(items) => (
          <>
            <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2">
              <p className="min-w-0 flex-1 basis-60 text-muted">
                {canEdit(shared)
                  ? 'Everybody who sees the page sees what you change here.'
                  : 'These are the items that you see. Those with a pencil, you can change.'}
              </p>
              {canEdit(shared) && (
                <button
                  type="button"
                  className="button button-primary"
                  onClick={() => addTo(shared)}
                >
                  <Plus size={16} aria-hidden="true" /> Add
                </button>
              )}
            </div>
            {items.length === 0 ? (
              <Note icon={FileText} title="There is nothing on this page">
                {canEdit(shared) ? 'Add the first thing.' : 'Nothing of it is shared with you.'}
              </Note>
            ) : (
              <Items shared={shared} items={items} />
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Items({ shared, items }: { shared: SharedSpace; items: readonly Item[] }) {
  const { top, inside } = arranged(items);
  return (
    <ul aria-label="Items" className="divide-y divide-line">
      {top.flatMap((item) => [
        <Row key={item.id} shared={shared} item={item} />,
        ...(inside.get(item.id) ?? []).map((one) => (
          <Row key={one.id} shared={shared} item={one} folder={item.title} />
        )),
      ])}
    </ul>
  );
}

const KINDS: Record<Item['kind'], string> = {
  app: 'App',
  link: 'Link',
  card: 'Card',
  folder: 'Folder',
  widget: 'Widget',
};

type RowProps = { shared: SharedSpace; item: Item; folder?: string };

function Row({ shared, item, folder }: RowProps) {
  const remove = useDeleteItem(targetOf(shared), { noted: false });
  const askToDelete = () =>
    confirm({
      title: `Delete ${item.title}?`,
      body: 'It disappears for everybody who sees the page, and cannot be brought back here.',
      action: 'Delete',
      run: () =>
        void remove.mutateAsync(item.id).then(
          () => toast('success', `${item.title} was deleted.`),
          (error) => {
            if (!isRefused(error)) return toastProblem(error);
            askAgain(shared.space_id);
            toast('error', `You may not delete ${item.title} any more.`);
          },
        ),
    });
  const about = item.url ? hostOf(item.url) : item.description;
  return (
    <li className={`flex items-center gap-3 py-2.5 ${folder === undefined ? '' : 'pl-8'}`}>
      <Face
        name={item.title}
        picture={iconUrl(item, shared.organization.id)}
        color={item.color}
        size="32px"
      />
      <div className="min-w-0 flex-1">
        <h3 dir="auto" className="truncate text-base font-medium">
          {item.title}
        </h3>
        <p className="truncate text-sm text-muted">
          {KINDS[item.kind]}
          {folder !== undefined && (
            <>
              {' in '}
              <bdi>{folder}</bdi>
            </>
          )}
          {about && <bdi> · {about}</bdi>}
        </p>
      </div>
      {canEdit(item) && (
        <button
          type="button"
          className="button button-quiet button-icon text-muted hover:text-text"
          aria-label={`Edit ${item.title}`}
          title="Edit"
          onClick={() => editIn(shared, item)}
        >
          <Pencil size={16} aria-hidden="true" />
        </button>
      )}
      {canEdit(item) && canEdit(shared) && (
        <button
          type="button"
          className="button button-quiet button-icon text-muted hover:text-danger"
          aria-label={`Delete ${item.title}`}
          title="Delete"
          onClick={askToDelete}
        >
          <Trash2 size={16} aria-hidden="true" />
        </button>
      )}
    </li>
  );
}
