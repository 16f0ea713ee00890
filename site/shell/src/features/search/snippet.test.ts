import { describe, expect, it } from 'vitest';
import { valuesOf } from './snippet';

describe('the snippet of an event', () => {
  it.each([
    [
      'one text',
      [
        ['{"text":"', false],
        ['Bench', true],
        [' count: 41 benches"}', false],
      ],
      'Bench count: 41 benches',
    ],
    ['several values', [['{"a":1,"b":{"c":"two, 3,000"}}', false]], '1, two, 3,000'],
    ['a part without its beginning', [['rning","deep.name": "Ferry"}]', false]], 'rning, Ferry'],
    [
      'a hit in a name',
      [
        ['{"', false],
        ['text', true],
        ['":"x"}', false],
      ],
      'text:x',
    ],
    ['plain text', [['Nothing of JSON', false]], 'Nothing of JSON'],
  ] as const)('of %s has no marks of JSON', (_, segments, expected) => {
    const shown = valuesOf(segments.map(([text, hit]) => ({ text, hit })));
    expect(shown.map(({ text }) => text).join('')).toBe(expected);
    expect(shown.map(({ hit }) => hit)).toEqual(segments.map(([, hit]) => hit));
  });
});
