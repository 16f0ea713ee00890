/**
 * Shortcuts as text: modifiers and one key, as `$mod+Shift+k`, `Control+Alt+ArrowLeft` or `?`.
 *
 * `$mod` is Command on Apple's systems and Control elsewhere. The key is a lower-case letter, a
 * digit, a symbol, or a name of `KeyboardEvent.key`; `Backquote` is the key left of 1, and `Plus`
 * is the symbol that separates the parts.
 */

export type Chord = {
  control: boolean;
  alt: boolean;
  shift: boolean;
  meta: boolean;
  key: string;
};

/** The part of a keyboard event that is read. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'
> & { getModifierState?: (name: string) => boolean };

export const isApple = (): boolean => /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

/** `KeyK` as in `KeyboardEvent.code` is the letter k. */
const withoutCode = (name: string) => name.replace(/^(?:Key(?=[A-Z]$)|Digit(?=[0-9]$))/, '');

const isLetter = (key: string) => /^[a-z]$/i.test(key);
const isDigit = (key: string) => /^[0-9]$/.test(key);
/** Whether layouts type the key with different modifiers, so that Shift says nothing about it. */
const isSymbol = (key: string) =>
  [...key].length === 1 && key !== ' ' && !isLetter(key) && !isDigit(key);

/** Keys that a text names, since they have a meaning in it. */
const NAMED: Record<string, string> = { Plus: '+', Space: ' ' };

/** The shortcut of a text; null when the text is not one. */
export function parseKeys(text: string, apple: boolean): Chord | null {
  const parts = text.split('+');
  const name = withoutCode(parts.pop() ?? '');
  const chord: Chord = {
    control: false,
    alt: false,
    shift: false,
    meta: false,
    key: NAMED[name] ?? (isLetter(name) ? name.toLowerCase() : name),
  };
  if (name === '' || /^(\$mod|Control|Alt|Shift|Meta)$/.test(name)) return null;
  for (const part of parts) {
    if (part === 'Control' || (part === '$mod' && !apple)) chord.control = true;
    else if (part === 'Meta' || part === '$mod') chord.meta = true;
    else if (part === 'Alt') chord.alt = true;
    else if (part === 'Shift') chord.shift = true;
    else return null;
  }
  if (isSymbol(chord.key)) chord.shift = false;
  return chord;
}

/** Whether two texts are the same shortcut on this system. */
export const identity = ({ control, alt, shift, meta, key }: Chord): string =>
  [control && 'Control', alt && 'Alt', shift && 'Shift', meta && 'Meta', key]
    .filter(Boolean)
    .join(' ');

const NAMES: Record<string, string> = { '+': 'Plus', ' ': 'Space' };

/**
 * The key of an event. A letter or digit that the layout does not have, as on a Russian keyboard or
 * with Option, is the one at that place of a US keyboard.
 */
function keyOf({ key, code }: KeyPress): string {
  if (code === 'Backquote') return 'Backquote';
  if (isLetter(key)) return key.toLowerCase();
  const [, letter, digit] = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(code) ?? [];
  const hasOwnKey = isSymbol(key) && key.charCodeAt(0) < 128;
  if (letter && !hasOwnKey) return letter.toLowerCase();
  if (digit && !hasOwnKey) return digit;
  return key;
}

/** Whether AltGr types a character, which looks like Control and Alt on some systems. */
const isTyping = (event: KeyPress) =>
  event.getModifierState?.('AltGraph') === true && [...event.key].length === 1;

export function matches(event: KeyPress, chord: Chord): boolean {
  if (isTyping(event)) return false;
  const key = keyOf(event);
  // Digits are typed with Shift on French keyboards.
  const same =
    key === chord.key ||
    (isDigit(chord.key) && event.code === `Digit${chord.key}` && !event.shiftKey);
  return (
    same &&
    event.ctrlKey === chord.control &&
    event.altKey === chord.alt &&
    event.metaKey === chord.meta &&
    (isSymbol(chord.key) || event.shiftKey === chord.shift)
  );
}

/** The text of what a person pressed; null for a modifier alone or a dead key. */
export function keysFrom(event: KeyPress, apple: boolean): string | null {
  const key = keyOf(event);
  if (/^(Control|Alt|AltGraph|Shift|Meta|OS|CapsLock|Dead|Process|Unidentified)$/.test(key))
    return null;
  if (isTyping(event)) return null;
  const parts = [
    (apple ? event.metaKey : event.ctrlKey) && '$mod',
    apple && event.ctrlKey && 'Control',
    !apple && event.metaKey && 'Meta',
    event.altKey && 'Alt',
    event.shiftKey && !isSymbol(key) && 'Shift',
    NAMES[key] ?? key,
  ];
  return parts.filter(Boolean).join('+');
}

const LABELS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Backquote: '`',
  Delete: 'Del',
  Escape: 'Esc',
  ' ': 'Space',
};

const APPLE_LABELS: Record<string, string> = {
  Enter: '↩',
  Backspace: '⌫',
  Delete: '⌦',
  Escape: '⎋',
  Tab: '⇥',
};

/** The caps of a shortcut in the order and words of the system: `⇧ ⌘ K`, or `Ctrl Shift K`. */
export function capsOf(text: string, apple: boolean): string[] {
  const chord = parseKeys(text, apple);
  if (!chord) return [text];
  const key =
    (apple && APPLE_LABELS[chord.key]) ||
    LABELS[chord.key] ||
    (isLetter(chord.key) ? chord.key.toUpperCase() : chord.key);
  const caps = apple
    ? [chord.control && '⌃', chord.alt && '⌥', chord.shift && '⇧', chord.meta && '⌘']
    : [chord.control && 'Ctrl', chord.meta && 'Meta', chord.alt && 'Alt', chord.shift && 'Shift'];
  return [...caps.filter((cap) => cap !== false), key];
}

/** A shortcut in one word: `⇧⌘K`, or `Ctrl+Shift+K`. */
export const labelOf = (text: string, apple: boolean): string =>
  capsOf(text, apple).join(apple ? '' : '+');

const SPOKEN: Record<string, string> = {
  ArrowLeft: 'left arrow',
  ArrowRight: 'right arrow',
  ArrowUp: 'up arrow',
  ArrowDown: 'down arrow',
  Backquote: 'backquote',
  '?': 'question mark',
  '/': 'slash',
  '.': 'period',
  ',': 'comma',
  ' ': 'space',
};

/** A shortcut as a screen reader says it: `Command Shift K`. */
export function spokenOf(text: string, apple: boolean): string {
  const chord = parseKeys(text, apple);
  if (!chord) return text;
  const parts = [
    chord.control && 'Control',
    chord.meta && (apple ? 'Command' : 'Meta'),
    chord.alt && (apple ? 'Option' : 'Alt'),
    chord.shift && 'Shift',
    SPOKEN[chord.key] ?? chord.key.toUpperCase(),
  ];
  return parts.filter(Boolean).join(' ');
}

/** A value of `aria-keyshortcuts`: `Control+Shift+K`. */
export function ariaOf(text: string, apple: boolean): string {
  const chord = parseKeys(text, apple);
  if (!chord) return '';
  const parts = [
    chord.control && 'Control',
    chord.alt && 'Alt',
    chord.shift && 'Shift',
    chord.meta && 'Meta',
    chord.key === ' ' ? 'Space' : isLetter(chord.key) ? chord.key.toUpperCase() : chord.key,
  ];
  return parts.filter(Boolean).join('+');
}

const BROWSER = 'The browser keeps it for itself.';
const EDITING = 'It is needed for editing text.';
const MOVING = 'It is needed to move around without a mouse.';
const SYSTEM = 'The operating system keeps it for itself.';

const RESERVED: readonly (readonly [reason: string, ...keys: string[]])[] = [
  [
    BROWSER,
    ...['n', 't', 'w', 'q', 'l', 'r', 'Shift+n', 'Shift+t', 'Shift+w', 'Shift+r', 'Shift+q'].map(
      (key) => `$mod+${key}`,
    ),
    'Control+Tab',
    'Control+Shift+Tab',
    'Control+PageUp',
    'Control+PageDown',
    'F5',
    'F11',
    'F12',
    'Alt+ArrowLeft',
    'Alt+ArrowRight',
    ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'].map((digit) => `$mod+${digit}`),
    '$mod+Plus',
    '$mod+-',
    '$mod+=',
  ],
  [EDITING, ...['c', 'v', 'x', 'a'].map((key) => `$mod+${key}`)],
  [MOVING, 'Tab', 'Shift+Tab', 'Enter', 'Escape', 'Space', 'Backspace'],
  [MOVING, 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'],
];

const RESERVED_ON_APPLE = ['Meta+h', 'Meta+m', 'Meta+Tab', 'Meta+Backquote', 'Meta+Space'];
const RESERVED_ELSEWHERE = [
  'Alt+F4',
  'Alt+Tab',
  'Alt+Space',
  'Control+Alt+Delete',
  'Alt+Shift+Tab',
];

/** Why a shortcut cannot be used on this system; null when it can. */
export function refusalOf(text: string, apple: boolean): string | null {
  const chord = parseKeys(text, apple);
  if (!chord) return 'This is not a shortcut.';
  const is = (keys: string) => {
    const other = parseKeys(keys, apple);
    return other !== null && identity(other) === identity(chord);
  };
  for (const [reason, ...keys] of RESERVED) if (keys.some(is)) return reason;
  if ((apple ? RESERVED_ON_APPLE : RESERVED_ELSEWHERE).some(is)) return SYSTEM;
  if (chord.meta && !apple) return SYSTEM;
  return null;
}
