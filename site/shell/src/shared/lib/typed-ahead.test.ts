import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isTypingAhead, takeTyped, typeAhead } from './typed-ahead';

const page = new EventTarget();

beforeEach(() => vi.stubGlobal('addEventListener', page.addEventListener.bind(page)));

afterEach(() => {
  takeTyped();
  vi.unstubAllGlobals();
});

const NONE = { ctrlKey: false, metaKey: false, altKey: false, isComposing: false, altGraph: false };

/** Whether somebody else saw the key press. */
function press(key: string, held: Partial<typeof NONE> = {}): boolean {
  const event = new Event('keydown', { cancelable: true });
  const { altGraph, ...keys } = { ...NONE, ...held };
  Object.assign(event, { key, ...keys, getModifierState: () => altGraph });
  let reached = false;
  const reach = () => {
    reached = true;
  };
  page.addEventListener('keydown', reach, { once: true });
  page.dispatchEvent(event);
  page.removeEventListener('keydown', reach);
  expect(event.defaultPrevented).toBe(!reached);
  return reached;
}

it('what is typed is kept until it is taken', () => {
  expect(press('a')).toBe(true);
  typeAhead();
  for (const key of ['d', ' ', 'é', '🙂', 'x', 'Backspace', 'Backspace']) {
    expect(press(key), key).toBe(false);
  }
  expect(takeTyped()).toBe('d é');
  expect(isTypingAhead()).toBe(false);
  expect(press('a')).toBe(true);
  expect(takeTyped()).toBe('');
});

it('other keys act as always', () => {
  typeAhead();
  for (const key of ['Escape', 'Tab', 'ArrowDown', 'Shift']) expect(press(key)).toBe(true);
  expect(press('c', { ctrlKey: true })).toBe(true);
  expect(press('c', { metaKey: true })).toBe(true);
  expect(press('n', { isComposing: true })).toBe(true);
  expect(press('@', { ctrlKey: true, altKey: true, altGraph: true })).toBe(false);
  expect(takeTyped()).toBe('@');
});

it('what was typed before it began comes first', () => {
  typeAhead();
  typeAhead('do');
  press('c');
  expect(press('Enter')).toBe(false);
  expect(takeTyped()).toBe('doc\n');
});
