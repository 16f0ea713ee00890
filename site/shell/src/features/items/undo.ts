/** Undoing and redoing the changes of the items of a space, each with a message. */
import { asProblem, type CreateItem, type Item, type Space } from '@prox/api-client';
import { queryClient } from '@/shared/data/client';
import { useCreateItem, useDeleteItem, useMoveItem, useUpdateItem } from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import type { FullPlace } from '@/shared/data/order';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { historyOf } from '@/shared/undo/histories';
import { type Change, type Fields, type ItemPort, Overtaken, wordsOf } from '@/shared/undo/history';

/** Body of a request that makes `item` again after it was deleted. */
const again = (item: Item, place: FullPlace): CreateItem => {
  const { kind, title, description, url, body, icon, tags, mode, reasons, size, color } = item;
  return { kind, title, description, url, body, icon, tags, mode, reasons, size, color, place };
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
};

export function useUndo(space: Space) {
  const create = useCreateItem(space, { noted: false });
  const remove = useDeleteItem(space, { noted: false });
  const update = useUpdateItem(space, { noted: false });
  const move = useMoveItem(space, { noted: false });
  const history = historyOf(space.id);
  const port: ItemPort = {
    items: () => queryClient.getQueryData<readonly Item[]>(keys.items(space.id)) ?? [],
    create: (item, place) => orOvertaken(create.mutateAsync(again(item, place))),
    remove: (id) => orOvertaken(remove.mutateAsync(id)),
    move: (id, place) => orOvertaken(move(id, place)),
    edit: (item, version, fields) =>
      orOvertaken(update.mutateAsync({ item, version, body: sent(fields) })),
  };
  const report = (error: unknown, words: string, verb: string) => {
    if (!(error instanceof Overtaken)) return toastProblem(error);
    toast('warning', `“${words}” cannot be ${verb}. ${REASONS[error.reason]}`);
  };
  /** Takes back the last change, or a certain one. */
  const undo = (certain?: Change): void => {
    const wanted = certain ?? history.last;
    if (!wanted) return;
    history.undo(port, certain).then(
      (done) => done && toast('info', `Undone: ${wordsOf(done)}.`, { label: 'Redo', run: redo }),
      (error) => report(error, wordsOf(wanted), 'undone'),
    );
  };
  const redo = (): void => {
    const wanted = history.next;
    if (!wanted) return;
    history.redo(port).then(
      (done) =>
        done && toast('info', `Redone: ${wordsOf(done)}.`, { label: 'Undo', run: () => undo() }),
      (error) => report(error, wordsOf(wanted), 'redone'),
    );
  };
  return { undo, redo };
}
