import { describe, expect, it } from 'vitest';
import { lookAttributes } from './look';
import { preferencesOf } from './preferences';
import { lightAt } from './sun';

describe('the look', () => {
  it('of nothing chosen sets no attribute', () => {
    const attributes = Object.values(lookAttributes(preferencesOf({}), null));
    expect(attributes.every((value) => value === null)).toBe(true);
  });

  it('follows the sun only when that was chosen', () => {
    expect(lookAttributes(preferencesOf({ mode: 'sun' }), true)['data-mode']).toBe('dark');
    expect(lookAttributes(preferencesOf({ mode: 'sun' }), null)['data-mode']).toBeNull();
    expect(lookAttributes(preferencesOf({ mode: 'light' }), true)['data-mode']).toBe('light');
  });

  it.each([null, 7, [], 'x', { theme: 'unheard-of', accent: 900, density: null }])(
    'has defaults for %j',
    (odd) => expect(preferencesOf(odd)).toEqual(preferencesOf({})),
  );
});

describe('the light by the sun', () => {
  const at = (text: string) => new Date(`2026-06-${text}Z`);
  const days = [20, 21, 22].map((day) => ({ rise: at(`${day}T03:00`), set: at(`${day}T19:00`) }));

  it.each([
    ['21T02:59', true, '21T03:00'],
    ['21T03:00', false, '21T19:00'],
    ['21T18:59', false, '21T19:00'],
    ['21T19:00', true, '22T03:00'],
  ])('at %s is dark: %s, until %s', (now, dark, until) => {
    expect(lightAt(at(now), days, !dark)).toEqual({ dark, until: at(until) });
  });

  it('stays where the sun neither rises nor sets', () => {
    const none = [{ rise: null, set: null }];
    expect(lightAt(at('21T12:00'), none, true).dark).toBe(false);
    expect(lightAt(at('21T12:00'), none, false).dark).toBe(true);
    expect(lightAt(at('21T12:00'), none, true).until > at('21T12:00')).toBe(true);
  });
});
