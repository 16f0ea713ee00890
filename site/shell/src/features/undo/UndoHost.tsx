/** Undoes and redoes the changes of what is shown, each with a message. It shows nothing itself. */
import {
  asProblem,
  type CreateItem,
  type Item,
  type Organization,
  type Space,
} from '@prox/api-client';
import { useEffect, useRef } from 'react';
import { registerActions } from '@/shared/actions/registry';
import { queryClient } from '@/shared/data/client';
import { useCreateItem, useDeleteItem, useMoveItem, useUpdateItem } from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import type { FullPlace } from '@/shared/data/order';
import { spaceQuery, useUpdateSpace } from '@/shared/data/spaces';
import { retractOffers, toast, toastProblem } from '@/shared/ui/toasts';
import type { Change, Fields } from '@/shared/undo/changes';
import { History, Overtaken, type Ports } from '@/shared/undo/history';
import { setUndoer, shownScopes, timeline } from '@/shared/undo/timeline';
import { wordsOf } from '@/shared/undo/words';
import { layoutPort } from '@/system/desktops/arrangement';
import { undoActions } from './actions';

/** Body of a request that makes `item` again after it was deleted. */
const again = (item: Item, place: FullPlace): CreateItem => {
  const { kind, widget, title, description, url, body, icon, tags, mode, reasons } = item;
  const { size, color, visibility } = item;
  return {
    kind,
    widget,
    title,
    description,
    url,
    body,
    icon,
    tags,
    mode,
    reasons,
    size,
    color,
    visibility,
    place,
  };
};

/** Values as a request says them: the empty text removes a picture. */
const sent = (fields: Fields): Fields => (fields.icon === null ? { ...fields, icon: '' } : fields);

/** Names the refusals that say somebody else came first. */
async function orOvertaken<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { status } = asProblem(error);
    if (status === 412) throw new Overtaken('changed');
    if (status === 404) throw new Overtaken('gone');
    throw error;
  }
}

const REASONS = {
  changed: 'Somebody changed it meanwhile.',
  gone: 'It is gone.',
  moot: 'It was done by hand.',
};

const history = new History(timeline);

type Props = { organization: Organization; space: Space | null };

function usePorts({ organization, space }: Props): Ports {
  const target = { id: space?.id ?? '', organization_id: organization.id };
  const create = useCreateItem(target, { noted: false });
  const remove = useDeleteItem(target, { noted: false });
  const update = useUpdateItem(target, { noted: false });
  const move = useMoveItem(target, { noted: false });
  const updateSpace = useUpdateSpace(target, { noted: false });
  return {
    items: {
      items: () => queryClient.getQueryData<readonly Item[]>(keys.items(target.id)) ?? [],
      create: (item, place) => orOvertaken(create.mutateAsync(again(item, place))),
      remove: (id) => orOvertaken(remove.mutateAsync(id)),
      move: (id, place) => orOvertaken(move(id, place)),
      edit: (item, version, fields) =>
        orOvertaken(update.mutateAsync({ item, version, body: sent(fields) })),
    },
    spaces: {
      read: (id, fresh) => {
        const query = spaceQuery(organization.id, id);
        return orOvertaken(queryClient.fetchQuery({ ...query, staleTime: fresh ? 0 : Infinity }));
      },
      edit: (_id, version, fields) =>
        updateSpace.mutateAsync({ body: fields, version }).then(
          () => true,
          (error) => {
            if (asProblem(error).status === 412) return false;
            throw asProblem(error).status === 404 ? new Overtaken('gone') : error;
          },
        ),
    },
    layout: layoutPort,
  };
}

export default function UndoHost(props: Props) {
  const current = { ports: usePorts(props), scopes: () => shownScopes(props.space?.id) };
  const latest = useRef(current);
  latest.current = current;
  useEffect(() => {
    const scopes = () => latest.current.scopes();
    const report = (error: unknown, change: Change, verb: string) => {
      if (!(error instanceof Overtaken)) return toastProblem(error);
      toast(
        'warning',
        `${wordsOf(change).done}. That cannot be ${verb}: ${REASONS[error.reason].toLowerCase()}`,
      );
    };
    /** The message of a change that was made, undone or redone, in the place of those before. */
    const offer = (change: Change, text: string, label: 'Undo' | 'Redo', run: () => void) => {
      retractOffers(change);
      toast('info', `${text}.`, { label, run, change });
    };
    /** Takes back the last change, or a certain one. */
    const undo = (certain?: Change): void => {
      const wanted = certain ?? timeline.last(scopes())?.change;
      if (!wanted) return;
      const entry = timeline.past.find(({ change }) => change === certain);
      if (entry && !scopes().includes(entry.scope)) {
        const { done } = wordsOf(entry.change);
        toast('warning', `${done}. Go back to where that was, then undo it there.`);
        return;
      }
      history.undo(latest.current.ports, scopes(), certain).then(
        (done) => done && offer(done, wordsOf(done).undone, 'Redo', redo),
        (error) => report(error, wanted, 'undone'),
      );
    };
    const redo = (): void => {
      const wanted = timeline.next(scopes())?.change;
      if (!wanted) return;
      history.redo(latest.current.ports, scopes()).then(
        (done) => done && offer(done, wordsOf(done).redone, 'Undo', () => undo(done)),
        (error) => report(error, wanted, 'redone'),
      );
    };
    const apply = (change: Change): void => {
      const scope = latest.current.scopes()[1];
      if (scope === undefined) return;
      history
        .apply(latest.current.ports, scope, change)
        .then(() => offer(change, wordsOf(change).done, 'Undo', () => undo(change)), toastProblem);
    };
    setUndoer({ undo, apply });
    const end = registerActions(
      undoActions({
        undo: () => undo(),
        redo,
        canUndo: () => timeline.last(scopes()) !== null,
        canRedo: () => timeline.next(scopes()) !== null,
      }),
    );
    return () => {
      setUndoer(null);
      end();
    };
  }, []);
  return null;
}
