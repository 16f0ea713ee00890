/** Keeps what is typed after the shortcut of a field, until the field is there: its code may be on the way. */
let text = '';
let listening: AbortController | null = null;

/**
 * The character that a key press types, a line break for Enter; empty for other keys. With AltGr, some
 * systems report Ctrl and Alt as well.
 */
export function typedBy(event: KeyboardEvent): string {
  const { key } = event;
  if (!event.getModifierState('AltGraph') && (event.ctrlKey || event.metaKey || event.altKey))
    return '';
  if (key === 'Enter') return '\n';
  return [...key].length === 1 ? key : '';
}

function keep(event: KeyboardEvent): void {
  if (event.isComposing) return;
  const typed = typedBy(event);
  if (typed) text += typed;
  else if (event.key === 'Backspace') text = [...text].slice(0, -1).join('');
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Begins to keep what is typed; `before`: what was typed already. */
export function typeAhead(before = ''): void {
  text += before;
  if (listening) return;
  listening = new AbortController();
  addEventListener('keydown', keep, { capture: true, signal: listening.signal });
}

/** Whether it keeps what is typed. */
export const isTypingAhead = (): boolean => listening !== null;

/** Ends it; answers what was typed, with a line break for each Enter. */
export function takeTyped(): string {
  listening?.abort();
  listening = null;
  const typed = text;
  text = '';
  return typed;
}
