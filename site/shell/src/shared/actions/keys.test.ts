import { describe, expect, it } from 'vitest';
import {
  ariaOf,
  identity,
  type KeyPress,
  keysFrom,
  labelOf,
  matches,
  parseKeys,
  refusalOf,
  spokenOf,
} from './keys';

const NONE = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
const ctrl = { ctrlKey: true };
const alt = { altKey: true };
const shift = { shiftKey: true };
const meta = { metaKey: true };

const press = (key: string, code: string, ...held: Partial<KeyPress>[]): KeyPress =>
  Object.assign({ key, code }, NONE, ...held);

const hits = (keys: string, event: KeyPress, apple = false) => {
  const chord = parseKeys(keys, apple);
  return chord !== null && matches(event, chord);
};

describe('a key press matches a shortcut', () => {
  it.each<[name: string, keys: string, event: KeyPress, apple: boolean, hit: boolean]>([
    ['a letter with Control', '$mod+k', press('k', 'KeyK', ctrl), false, true],
    ['a letter with Command', '$mod+k', press('k', 'KeyK', meta), true, true],
    ['not with Control on Apple', '$mod+k', press('k', 'KeyK', ctrl), true, false],
    ['not with one modifier more', '$mod+k', press('K', 'KeyK', ctrl, shift), false, false],
    ['not with one modifier less', '$mod+Shift+k', press('k', 'KeyK', ctrl), false, false],
    ['Shift makes a capital', '$mod+Shift+k', press('K', 'KeyK', ctrl, shift), false, true],
    ['Caps Lock makes a capital', '$mod+k', press('K', 'KeyK', ctrl), false, true],
    ['the letter of the layout: Dvorak', '$mod+k', press('k', 'KeyV', ctrl), false, true],
    ['not the letter of the US keyboard', '$mod+v', press('k', 'KeyV', ctrl), false, false],
    ['a Russian keyboard by place', '$mod+k', press('л', 'KeyK', ctrl), false, true],
    ['a Greek keyboard by place', '$mod+k', press('κ', 'KeyK', ctrl), false, true],
    ['Option makes another character', 'Control+Alt+w', press('∑', 'KeyW', ctrl, alt), true, true],
    ['Option makes a dead key', 'Control+Alt+n', press('Dead', 'KeyN', ctrl, alt), true, true],
    ['a symbol where Shift types it', '?', press('?', 'Slash', shift), false, true],
    ['a symbol where no Shift types it', '?', press('?', 'KeyM'), false, true],
    ['a slash on a German keyboard', '$mod+/', press('/', 'Digit7', ctrl, shift), false, true],
    ['a digit on a French keyboard', '$mod+1', press('&', 'Digit1', ctrl), false, true],
    ['a digit of the number pad', '$mod+1', press('1', 'Numpad1', ctrl), false, true],
    ['the key left of 1', 'Control+Backquote', press('^', 'Backquote', ctrl), false, true],
    ['a named key', 'Control+Alt+ArrowUp', press('ArrowUp', 'ArrowUp', ctrl, alt), false, true],
    ['not the bare key', 'F6', press('F6', 'F6', shift), false, false],
  ])('%s', (_name, keys, event, apple, hit) => {
    expect(hits(keys, event, apple)).toBe(hit);
  });

  it('characters of AltGr are typed, and no shortcut', () => {
    const event = {
      ...press('ł', 'KeyL', ctrl, alt),
      getModifierState: (name: string) => name === 'AltGraph',
    };
    expect(hits('Control+Alt+l', event)).toBe(false);
    expect(keysFrom(event, false)).toBeNull();
  });
});

describe('a shortcut in words', () => {
  it.each([
    ['$mod+Shift+k', 'Ctrl+Shift+K', '⇧⌘K', 'Control Shift K', 'Control+Shift+K'],
    [
      'Control+Alt+ArrowLeft',
      'Ctrl+Alt+←',
      '⌃⌥←',
      'Control Alt left arrow',
      'Control+Alt+ArrowLeft',
    ],
    ['?', '?', '?', 'question mark', '?'],
    ['F6', 'F6', 'F6', 'F6', 'F6'],
    ['$mod+Space', 'Ctrl+Space', '⌘Space', 'Control space', 'Control+Space'],
    ['$mod+Plus', 'Ctrl++', '⌘+', 'Control +', 'Control++'],
  ])('%s', (keys, label, apple, spoken, aria) => {
    expect(labelOf(keys, false)).toBe(label);
    expect(labelOf(keys, true)).toBe(apple);
    expect(spokenOf(keys, false)).toBe(spoken);
    expect(ariaOf(keys, false)).toBe(aria);
  });
});

describe('what a person presses becomes a text', () => {
  it.each<[KeyPress, boolean, string | null]>([
    [press('k', 'KeyK', ctrl), false, '$mod+k'],
    [press('k', 'KeyK', meta), true, '$mod+k'],
    [press('k', 'KeyK', ctrl), true, 'Control+k'],
    [press('K', 'KeyK', ctrl, shift), false, '$mod+Shift+k'],
    [press('?', 'Slash', shift), false, '?'],
    [press('+', 'Equal', ctrl, shift), false, '$mod+Plus'],
    [press(' ', 'Space', ctrl), false, '$mod+Space'],
    [press('F7', 'F7', alt), false, 'Alt+F7'],
    [press('Shift', 'ShiftLeft', shift), false, null],
    [press('Dead', 'BracketLeft'), false, null],
  ])('%o', (event, apple, keys) => {
    expect(keysFrom(event, apple)).toBe(keys);
    if (keys) expect(hits(keys, event, apple)).toBe(true);
  });
});

it.each(['', '+', 'k+', 'Shift', '$mod+Shift', 'Hyper+k', 'k+Shift+j', '$mod++k'])(
  'refuses the text %j',
  (text) => {
    expect(parseKeys(text, false)).toBeNull();
  },
);

it('two texts of one shortcut have one identity', () => {
  const of = (keys: string, apple: boolean) => {
    const chord = parseKeys(keys, apple);
    return chord && identity(chord);
  };
  expect(of('$mod+K', false)).toBe(of('Control+k', false));
  expect(of('$mod+k', true)).toBe(of('Meta+k', true));
  expect(of('Shift+?', false)).toBe(of('?', false));
});

describe('a shortcut that cannot be used is refused with a reason', () => {
  it.each<[string, boolean, RegExp | null]>([
    ['$mod+w', false, /browser/],
    ['$mod+w', true, /browser/],
    ['Control+Tab', false, /browser/],
    ['$mod+c', false, /editing/],
    ['Enter', false, /without a mouse/],
    ['ArrowDown', false, /without a mouse/],
    ['Alt+F4', false, /operating system/],
    ['Meta+k', false, /operating system/],
    ['Meta+h', true, /operating system/],
    ['nonsense+k', false, /not a shortcut/],
    ['$mod+k', false, null],
    ['$mod+Shift+k', true, null],
    ['?', false, null],
  ])('%s, apple: %s', (keys, apple, reason) => {
    const refusal = refusalOf(keys, apple);
    if (reason) expect(refusal).toMatch(reason);
    else expect(refusal).toBeNull();
  });
});
