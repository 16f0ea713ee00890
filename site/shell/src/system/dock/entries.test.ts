import { describe, expect, it } from 'vitest';
import { dockEntries } from './entries';

const windows = (...groups: (string | null)[]) =>
  groups.map((group, at) => ({ id: String(at), group }));
const shown = (groups: (string | null)[], room: number) =>
  dockEntries(windows(...groups), room).map(({ label, ids }) => `${label ?? ''}:${ids.join('')}`);

describe('windows in the dock', () => {
  const cases: [string, (string | null)[], number, string[]][] = [
    ['have a button each where there is room', ['a', 'a', null], 3, [':0', ':1', ':2']],
    ['are grouped at the place of the first', ['a', 'b', 'a'], 2, ['a:02', ':1']],
    [
      'are grouped in the largest groups first',
      ['a', 'a', 'b', 'b', 'b'],
      3,
      [':0', ':1', 'b:234'],
    ],
    ['are grouped when three look alike', ['a', 'b', 'a', 'a', 'b'], 9, ['a:023', ':1', ':4']],
    ['are grouped no further than needed', ['a', 'a', 'b', 'b', 'b'], 2, ['a:01', 'b:234']],
    ['without a group in common share one button', [null, 'a', 'b', 'c'], 2, [':0', 'More:123']],
    ['that are grouped can share it, too', ['a', 'b', 'b', 'c', 'd'], 2, [':0', 'More:1234']],
    ['all share one where there is room for one', ['a', 'b', null], 1, ['Windows:012']],
    ['of one group have its name there', ['a', 'a', 'a'], 1, ['a:012']],
    ['share one when there is no room at all', ['a', 'b'], 0, ['Windows:01']],
  ];
  it.each(cases)('%s', (_, groups, room, expected) => {
    expect(shown(groups, room)).toEqual(expected);
  });

  it('are all there, and never in more buttons than fit', () => {
    const groups = ['cards', 'a.example', 'b.example', null, 'Prox OS', 'cards', 'c.example'];
    for (let count = 0; count <= 40; count += 1) {
      const all = windows(...Array.from({ length: count }, (_, at) => groups[at % 7] ?? null));
      for (let room = 1; room <= 30; room += 1) {
        const entries = dockEntries(all, room);
        expect(entries.length).toBeLessThanOrEqual(room);
        const ids = entries.flatMap((entry) => entry.ids);
        expect(new Set(ids)).toEqual(new Set(all.map(({ id }) => id)));
        expect(ids.length).toBe(count);
      }
    }
  });
});
