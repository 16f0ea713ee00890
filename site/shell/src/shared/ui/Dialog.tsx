/** A modal dialog, on Base UI. Import it from lazily loaded views only. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { DraftState } from '@/shared/data/draft';
import { rescueFocus } from '@/shared/lib/focus';
import { useQuestion } from './confirm';
import { retract, toast } from './toasts';

const CONTROLS = ':is(input, select, textarea, button, a[href]):not(:disabled, [tabindex="-1"])';

/**
 * The first control below the title, of radio buttons the chosen one; null for the dialog itself when
 * a keyboard on the screen would cover it.
 */
function firstControl(popup: HTMLElement | null): HTMLElement | null {
  if (!popup || matchMedia('(pointer: coarse)').matches) return popup;
  const controls = popup.querySelectorAll<HTMLElement>(`:scope > :not(:first-child) ${CONTROLS}`);
  const first = [...controls].find((control) => control.getClientRects().length > 0);
  if (!(first instanceof HTMLInputElement && first.type === 'radio')) return first ?? null;
  const chosen = `input[type="radio"][name="${CSS.escape(first.name)}"]:checked`;
  return popup.querySelector<HTMLElement>(chosen) ?? first;
}

const KEPT = 'What you typed is kept. Open this again to continue.';

type Props = {
  title: string;
  description?: string;
  onClose: () => void;
  /** The draft of its form: closing the dialog keeps it and shows a message. */
  draft?: DraftState;
  children: ReactNode;
  /** Px; a phone shows every dialog as a sheet. */
  width?: number;
};

export function Dialog({ title, description, onClose, draft, children, width = 520 }: Props) {
  // A dialog is opened from many places and has no trigger of its own to go back to.
  const [opener] = useState(() => document.activeElement);
  const popup = useRef<HTMLDivElement>(null);
  useEffect(
    () => () => rescueFocus(() => (opener instanceof HTMLElement ? opener : null)),
    [opener],
  );
  useEffect(() => retract(KEPT), []);
  const close = (event: Event | undefined) => {
    // A click on a message or a question above the dialog is not a click outside.
    const target = event?.target instanceof Element ? event.target : null;
    if (useQuestion.getState().question || target?.closest('[data-region="messages"]')) return;
    if (draft?.dirty) toast('info', KEPT);
    onClose();
  };
  return (
    <Base.Root open onOpenChange={(open, { event }) => !open && close(event)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-scrim [animation:rise_var(--fast)]" />
        <Base.Viewport className="fixed inset-0 z-50 flex items-end justify-center overflow-hidden pb-[var(--keyboard,0px)] sm:items-start sm:p-6 sm:pt-[max(10vh,var(--messages,0px)+24px)]">
          <Base.Popup
            ref={popup}
            data-dialog=""
            initialFocus={() => firstControl(popup.current)}
            // The effect above gives it back; this would choose a control inside of a window that had it.
            finalFocus={false}
            className="flex max-h-[min(92dvh,100dvh-var(--messages,0px)-var(--keyboard,0px)-24px)] w-full flex-col overflow-hidden rounded-t-card bg-raised shadow-dialog outline-none [animation:rise_var(--slow)_var(--ease-out)] sm:max-h-[min(80dvh,100dvh-var(--messages,0px)-var(--keyboard,0px)-48px)] sm:rounded-card"
            style={{ maxWidth: `max(${width}px, 0px)` }}
          >
            <div className="flex items-start gap-3 px-5 pt-4 pb-3 sm:px-6 sm:pt-5">
              <div className="min-w-0 flex-1">
                <Base.Title className="text-xl">{title}</Base.Title>
                {description && (
                  <Base.Description className="mt-1 text-muted">{description}</Base.Description>
                )}
              </div>
              <Base.Close
                className="button button-quiet button-icon -mr-2 text-muted"
                aria-label="Close"
              >
                <X size={18} aria-hidden="true" />
              </Base.Close>
            </div>
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** The part that scrolls. */
export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5 sm:px-6">{children}</div>;
}

/** The buttons; the main one last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3 pb-[max(12px,env(safe-area-inset-bottom))] sm:px-6">
      {children}
    </div>
  );
}
