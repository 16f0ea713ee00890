/**
 * A dialog at the top of the screen whose first line is a field, and a list below it: the palette and
 * the search. Import it from lazily loaded views only.
 */
import { Dialog as Base } from '@base-ui/react/dialog';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { rescueFocus } from '@/shared/lib/focus';
import { takeTyped } from '@/shared/lib/typed-ahead';

export const TOP_INPUT =
  'h-13 min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-faint';

export const TOP_ROW =
  'flex min-h-10 items-center gap-3 rounded-control px-3 outline-none select-none data-highlighted:bg-active pointer-coarse:min-h-12 forced-colors:data-highlighted:[outline:2px_solid_Highlight] forced-colors:data-highlighted:-outline-offset-2';

export const TOP_HEADING = 'px-3 pt-2.5 pb-1 text-xs text-muted';

/** Closes the dialog, gives the focus back, and then acts: an action may move the focus itself. */
export function useLeave(onClose: () => void): (act: () => void) => void {
  // It is opened from everywhere and has no trigger of its own to go back to.
  const [opener] = useState(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement : null,
  );
  useEffect(() => () => rescueFocus(() => opener), [opener]);
  return (act) => {
    flushSync(onClose);
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    act();
  };
}

const ENTER = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };

/** Gives the focus to the field of a dialog or of a step, and adds what was typed before it was there. */
export function useFieldFocus(
  input: RefObject<HTMLInputElement | null>,
  add: (typed: string) => void,
): void {
  const adds = useEffectEvent(add);
  useEffect(() => {
    input.current?.focus();
    const [words = '', ...more] = takeTyped().split('\n');
    if (words !== '') adds(words);
    if (more.length === 0) return;
    // The list of what fits the words, and its first entry, come with the next frames.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() =>
        input.current?.dispatchEvent(new KeyboardEvent('keydown', ENTER)),
      );
    });
    return () => cancelAnimationFrame(frame);
  }, [input]);
}

type Props = {
  label: string;
  /** The field, which has the focus first. */
  input: RefObject<HTMLInputElement | null>;
  onClose: () => void;
  /** What Escape does; without it, it closes. */
  onEscape?: (() => void) | undefined;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
};

export function TopDialog({ label, input, onClose, onEscape, onKeyDown, children }: Props) {
  return (
    <Base.Root
      open
      onOpenChange={(open, { reason }) => {
        if (open) return;
        if (reason === 'escape-key' && onEscape) onEscape();
        else onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-scrim [animation:rise_var(--fast)]" />
        <Base.Viewport className="fixed inset-0 z-50 flex items-start justify-center overflow-hidden sm:p-6 sm:pt-[max(12vh,var(--messages,0px)+24px)]">
          <Base.Popup
            data-dialog=""
            aria-label={label}
            initialFocus={input}
            // `useLeave` gives it back; the next dialog may have it already.
            finalFocus={false}
            className="flex max-h-[min(70dvh,100dvh-var(--messages,0px)-var(--keyboard,0px)-24px)] w-full flex-col overflow-hidden rounded-b-card bg-raised pt-[env(safe-area-inset-top)] shadow-dialog outline-none [animation:rise_var(--fast)_var(--ease-out)] sm:pt-0 sm:max-h-[min(480px,100dvh-var(--messages,0px)-48px)] sm:max-w-[640px] sm:rounded-card"
            onKeyDown={onKeyDown}
          >
            {children}
            <Base.Close className="sr-only">Close</Base.Close>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
