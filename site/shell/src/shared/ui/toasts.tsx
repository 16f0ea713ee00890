/** Short messages at the edge of the screen, each with at most one action. */

import { asProblem } from '@prox/api-client';
import { CircleCheck, Info, type LucideIcon, OctagonAlert, TriangleAlert, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { create } from 'zustand';
import { wordsFor } from '@/shared/api/words';
import { rescueFocus } from '@/shared/lib/focus';
import { type Preferences, usePreferences } from '@/shared/state/preferences';

export type Tone = 'success' | 'error' | 'info' | 'warning';
export type ToastAction = {
  label: string;
  run: () => void;
  /** The change that it undoes or redoes; the message goes when that is done in another way. */
  change?: object;
};
type Toast = {
  id: number;
  tone: Tone;
  text: string;
  requestId: string | null;
  action?: ToastAction | undefined;
  /** Whether it stays until it is closed. */
  lasting: boolean;
};

/** Milliseconds; errors and offers stay until they are closed. */
const STAYS = 7_000;
const MOST = 4;

let next = 1;
const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));

export function toast(
  tone: Tone,
  text: string,
  action?: ToastAction,
  requestId: string | null = null,
  lasting = tone === 'error',
): void {
  const fresh = { id: next++, tone, text, requestId, action, lasting };
  // The same text is shown once.
  useToasts.setState(({ toasts }) => ({
    toasts: [...toasts.filter((one) => one.text !== text), fresh].slice(-MOST),
  }));
}

/** Removes a message that no longer applies. */
export const retract = (text: string): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((one) => one.text !== text) }));

/** Removes all messages: they name what the person has, who may be gone. */
export const clearToasts = (): void => useToasts.setState({ toasts: [] });

/** What is shown, the newest last. */
export const shownToasts = (): readonly string[] =>
  useToasts.getState().toasts.map(({ text }) => text);

/** Removes the messages that offer to undo or redo a change. */
export const retractOffers = (change: object): void =>
  useToasts.setState(({ toasts }) => ({
    toasts: toasts.filter(({ action }) => action?.change !== change),
  }));

/** Shows the message of an error. */
export function toastProblem(error: unknown): void {
  const { status, requestId } = asProblem(error);
  // Only faults of the server are reported with a request id.
  toast('error', wordsFor(error), undefined, status >= 500 ? requestId : null);
}

/** Closes a toast and moves the focus that was in it elsewhere. */
const dismiss = (id: number) => {
  close(id);
  rescueFocus(() => null);
};

const close = (id: number) =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((one) => one.id !== id) }));

const TONES: Record<Tone, [LucideIcon, string]> = {
  success: [CircleCheck, 'text-ok'],
  error: [OctagonAlert, 'text-danger'],
  info: [Info, 'text-accent'],
  warning: [TriangleAlert, 'text-warn'],
};

function ToastView({ toast: { id, tone, text, requestId, action, lasting } }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  const [Icon, colour] = TONES[tone];
  useEffect(() => {
    if (held || lasting) return;
    const timer = setTimeout(() => close(id), STAYS);
    return () => clearTimeout(timer);
  }, [held, id, lasting]);
  return (
    <li
      className="pointer-events-auto flex items-start gap-3 rounded-card bg-raised py-2 pr-2 pl-4 shadow-menu [animation:rise_var(--slow)_var(--ease-out)]"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon size={16} aria-hidden="true" className={`mt-2.5 flex-none ${colour}`} />
      <p className="min-w-0 flex-1 py-2 text-base">
        {text}
        {requestId && (
          <span className="block font-mono text-xs text-muted select-all">{requestId}</span>
        )}
      </p>
      {action && (
        <button
          type="button"
          className="button button-quiet text-accent"
          onClick={() => {
            dismiss(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        className="button button-quiet button-icon text-muted"
        aria-label="Dismiss"
        onClick={() => dismiss(id)}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </li>
  );
}

const CORNERS: Record<Preferences['toast_corner'], string> = {
  'bottom-right': 'sm:right-6 sm:left-auto',
  'bottom-left': 'sm:right-auto sm:left-6',
  'top-right': 'sm:top-16 sm:right-6 sm:bottom-auto sm:left-auto',
  'top-left': 'sm:top-16 sm:right-auto sm:bottom-auto sm:left-6',
};

/**
 * Messages stand in the corner that the person chose, on a phone at the lower edge, and above a dialog,
 * which leaves them that much room.
 */
export function Toasts() {
  const { toasts } = useToasts();
  const corner = usePreferences(({ toast_corner }) => toast_corner);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() =>
      style.setProperty('--messages', `${element.offsetHeight}px`),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      aria-label="Messages"
      data-region={toasts.length > 0 ? 'messages' : undefined}
      tabIndex={-1}
      aria-live="polite"
      className={`pointer-events-none fixed inset-x-4 bottom-[84px] z-80 sm:w-[400px] ${CORNERS[corner]} [body:has([data-dialog])_&]:top-3 [body:has([data-dialog])_&]:bottom-auto`}
    >
      <ul ref={list} className="flex flex-col gap-2">
        {toasts.map((one) => (
          <ToastView key={one.id} toast={one} />
        ))}
      </ul>
    </section>
  );
}
