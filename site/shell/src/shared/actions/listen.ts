/** The one key handler of the shell: finds the action of a shortcut and runs it. */
import { actionFor, runAction } from './registry';

const TEXT_FIELD =
  'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="range"], [type="color"], [type="file"]), textarea, select, [contenteditable]:not([contenteditable="false"])';

/** A dialog or menu in front has its own keys, and nothing behind it acts. */
const isCovered = (target: Element | null) =>
  document.querySelector('[data-dialog]') !== null || target?.closest('[role="menu"]') != null;

function handle(event: KeyboardEvent): void {
  // Keys that compose a character (in Safari, 229) are text, wherever they go.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  const [first] = event.composedPath();
  const target = first instanceof Element ? first : null;
  if (isCovered(target)) return;
  const action = actionFor(event, target?.closest(TEXT_FIELD) != null);
  if (!action) return;
  event.preventDefault();
  runAction(action.id);
}

/** Listens until the answered function is called. */
export function listenToShortcuts(): () => void {
  addEventListener('keydown', handle);
  return () => removeEventListener('keydown', handle);
}
