/** Changes who sees a page, and asks first when that would show what looks like a secret. */
import type { Space, Visibility } from '@prox/api-client';
import { useState } from 'react';
import { queryClient } from '@/shared/data/client';
import { itemsQuery } from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import { fetchWarnings, setItemVisibility } from '@/shared/data/sharing';
import { useSetVisibility } from '@/shared/data/spaces';
import { confirm } from '@/shared/ui/confirm';
import { noteChange } from '@/shared/undo/timeline';
import { exposedBy, type Finding } from './exposed';
import { Warnings } from './Warnings';

async function findingsOf(space: Space): Promise<Finding[]> {
  const [warned, items] = await Promise.all([
    fetchWarnings(space),
    queryClient.fetchQuery({ ...itemsQuery(space.organization_id, space.id), staleTime: 0 }),
  ]);
  return exposedBy(space, warned, items);
}

/** How many findings a question lists. */
const LISTED = 5;

function Findings({ findings }: { findings: readonly Finding[] }) {
  const more = findings.length - LISTED;
  return (
    <ul className="mt-4 flex max-h-[40vh] flex-col gap-3 overflow-y-auto">
      {findings.slice(0, LISTED).map(({ item, title, warnings }) => (
        <li key={item?.id ?? 'page'}>
          <p dir="auto" className="truncate font-medium">
            {item ? title : `The page itself, ${title}`}
          </p>
          <Warnings warnings={warnings} />
        </li>
      ))}
      {more > 0 && <li className="text-muted">And {more} more.</li>}
    </ul>
  );
}

type Sent = { error: unknown; isPending: boolean };

export function usePublish(space: Space) {
  const set = useSetVisibility(space);
  const [own, setOwn] = useState<Sent>({ error: null, isPending: false });

  const makePrivate = async (findings: readonly Finding[]) => {
    try {
      for (const { item } of findings) {
        if (!item) continue;
        await setItemVisibility(space, item.id, 'private');
        const { id, title, visibility } = item;
        const [from, to] = [{ visibility }, { visibility: 'private' }] as const;
        noteChange(space.id, { kind: 'edit', id, title, from, to });
      }
    } finally {
      void queryClient.invalidateQueries({ queryKey: keys.items(space.id) });
    }
  };

  /** What runs before a change, shown as part of it. Answers whether it worked. */
  const before = async <T,>(run: () => Promise<T>): Promise<{ done: T } | null> => {
    setOwn({ error: null, isPending: true });
    try {
      const done = await run();
      setOwn({ error: null, isPending: false });
      return { done };
    } catch (error) {
      setOwn({ error, isPending: false });
      return null;
    }
  };

  const publish = async (visibility: Visibility, onSuccess?: () => void): Promise<void> => {
    if (own.isPending || set.isPending) return;
    const change = () => set.mutate(visibility, { ...(onSuccess && { onSuccess }) });
    if (visibility === 'private' || space.visibility !== 'private') return change();
    const found = await before(() => findingsOf(space));
    if (!found) return;
    const findings = found.done;
    if (findings.length === 0) return change();
    const items = findings.filter(({ item }) => item !== null);
    const these = items.length === 1 ? 'it' : 'these';
    confirm({
      title: 'Publish this as well?',
      body: 'The page has something that others may not be meant to see.',
      detail: <Findings findings={findings} />,
      ...(items.length > 0
        ? {
            action: `Make ${these} private and publish`,
            tone: 'primary',
            run: () =>
              void before(() => makePrivate(items)).then((isPrivate) => isPrivate && change()),
            other: { action: 'Publish anyway', run: change },
          }
        : { action: 'Publish anyway', run: change }),
    });
  };

  return {
    publish,
    error: own.error ?? set.error,
    isPending: own.isPending || set.isPending,
  };
}
