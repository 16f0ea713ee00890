import { describe, expect, it } from 'vitest';
import { applyPatch, equal, type JsonObject, patchBetween, rebased } from './merge-patch';

/** A small repeatable generator (mulberry32), so that a failure can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function randomObject(random: () => number, depth = 3): JsonObject {
  const entries = Array.from({ length: Math.floor(random() * 5) }, () => {
    const name = ['a', 'b', 'c', '__proto__', 'constructor'][Math.floor(random() * 5)] ?? 'a';
    const kind = random();
    if (depth > 0 && kind < 0.4) return [name, randomObject(random, depth - 1)] as const;
    if (kind < 0.5) return [name, [Math.floor(random() * 3)]] as const;
    return [name, kind < 0.75 ? Math.floor(random() * 3) : 'text'] as const;
  });
  return Object.fromEntries(entries);
}

describe('merge patches', () => {
  // The object rows of the RFC's appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"a":"foo"}', '{"b":{"c":null}}', '{"a":"foo","b":{}}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s with %s is %s', (target, patch, result) => {
    expect(applyPatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });

  it('a patch between two documents leads from one to the other', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = randomFrom(seed);
      const [before, after] = [randomObject(random), randomObject(random)];
      const patch = patchBetween(before, after);
      expect(applyPatch(before, patch ?? {}), `seed ${seed}`).toEqual(after);
      expect(patch === null, `seed ${seed}`).toBe(equal(before, after));
    }
  });

  it('keeps edits of different fields by two devices', () => {
    const base = { windows: { a: { x: 1, y: 1 }, b: { x: 5 } }, name: 'One' };
    const mine = { windows: { a: { x: 9, y: 1 }, b: { x: 5 } }, name: 'One' };
    const theirs = { windows: { a: { x: 1, y: 7 } }, name: 'Two' };
    expect(rebased(base, mine, theirs)).toEqual({ windows: { a: { x: 9, y: 7 } }, name: 'Two' });
  });
});
