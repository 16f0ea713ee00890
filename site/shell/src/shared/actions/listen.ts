/** The one key handler of the shell: finds the action of a shortcut and runs it. */
import { isTypingAhead, typeAhead, typedBy } from '@/shared/lib/typed-ahead';
import { actionFor, isLocal, isTaken, runAction } from './registry';

const TEXT_FIELD =
  'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="range"], [type="color"], [type="file"]), textarea, select, [contenteditable]:not([contenteditable="false"])';

/** A dialog or menu in front has its own keys, and nothing behind it acts. */
const isCovered = (target: Element | null) =>
  document.querySelector('[data-dialog]') !== null || target?.closest('[role="menu"]') != null;

/** Milliseconds for which a key press waits for its action. Afterwards it does nothing. */
const LONGEST_WAIT = 3_000;

/**
 * The last key press without an action, while not all actions are there. After Ctrl or Cmd with a key,
 * `typed` is the text that followed: perhaps that shortcut opens a field.
 */
let waiting: { event: KeyboardEvent; inField: boolean; typed: string } | null = null;
let isComplete = false;

function handle(event: KeyboardEvent): void {
  // Keys that compose a character (in Safari, 229) are text, wherever they go.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  const [first] = event.composedPath();
  const target = first instanceof Element ? first : null;
  if (isCovered(target)) return;
  const inField = target?.closest(TEXT_FIELD) != null;
  if (waiting && (waiting.event.ctrlKey || waiting.event.metaKey) && !inField) {
    const typed = typedBy(event);
    if (typed) {
      waiting.typed += typed;
      event.preventDefault();
      return;
    }
  }
  const action = actionFor(event, inField);
  waiting = action || isComplete ? null : { event, inField, typed: '' };
  // The browser's own use of a shortcut must not come first.
  if (action || (waiting && isTaken(event))) event.preventDefault();
  if (action) runAction(action.id);
}

/** All actions are registered: runs the one whose keys were pressed just before. */
export function shortcutsComplete(): void {
  isComplete = true;
  const early = waiting;
  waiting = null;
  if (!early || performance.now() - early.event.timeStamp > LONGEST_WAIT || isCovered(null)) return;
  const { event, inField, typed } = early;
  const action = actionFor(event, inField);
  if (action) {
    runAction(action.id);
    if (isTypingAhead()) typeAhead(typed);
  }
  // The view did not know its shortcuts yet when it saw the event.
  else if (isLocal(event) && event.target === document.activeElement)
    event.target?.dispatchEvent(new KeyboardEvent('keydown', event));
}

/** Listens until the answered function is called. */
export function listenToShortcuts(): () => void {
  isComplete = false;
  addEventListener('keydown', handle);
  return () => {
    waiting = null;
    removeEventListener('keydown', handle);
  };
}
