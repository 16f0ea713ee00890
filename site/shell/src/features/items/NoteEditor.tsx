/** Writing on a card in its own tile. Whatever ends it saves; an undo takes that back. */
import type { Item } from '@prox/api-client';
import { useRef } from 'react';
import { usePlace } from '@/shared/lib/place';
import { announce } from '@/shared/ui/announce';
import { toastProblem } from '@/shared/ui/toasts';
import { editItem } from './actions';
import { useItemDraft, useSaveItem } from './editing';
import { useWriting } from './writing';

export default function NoteEditor({ item }: { item: Item }) {
  const { organization } = usePlace();
  const draft = useItemDraft(item);
  const { save } = useSaveItem({ id: item.space_id, organization_id: organization.id });
  const ended = useRef(false);
  const end = (box: HTMLElement, back: boolean) => {
    if (ended.current) return;
    ended.current = true;
    const tile = box.closest('[data-item]')?.querySelector<HTMLElement>('[data-tile]');
    useWriting.setState({ item: null });
    if (back) tile?.focus();
    if (!draft.dirty) return;
    save(item, draft).then(
      (outcome) => {
        if (outcome === 'saved') announce(`${item.title} was saved`);
        // The dialog shows both texts, or what to do with that of an item that is gone.
        else editItem(item);
      },
      // The draft is kept, and the next place that edits the item shows it.
      toastProblem,
    );
  };
  return (
    <div className="note-editor">
      <p aria-hidden="true" dir="auto" className="tile-name">
        {item.title}
      </p>
      <textarea
        dir="auto"
        aria-label={`Text of ${item.title}`}
        aria-describedby="note-editor-help"
        // It was asked for.
        // biome-ignore lint/a11y/noAutofocus: see above
        autoFocus
        spellCheck
        maxLength={20_000}
        value={draft.shown.body}
        onFocus={({ currentTarget }) => {
          const { length } = currentTarget.value;
          currentTarget.setSelectionRange(length, length);
        }}
        onChange={({ target }) => draft.set({ body: target.value })}
        onBlur={({ currentTarget }) => end(currentTarget, false)}
        onKeyDown={(event) => {
          // Arrow keys and the rest belong to the text.
          event.stopPropagation();
          const isDone = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
          if (event.key !== 'Escape' && !isDone) return;
          event.preventDefault();
          end(event.currentTarget, true);
        }}
      />
      <p id="note-editor-help">Escape saves</p>
    </div>
  );
}
