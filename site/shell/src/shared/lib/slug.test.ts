/** Holds the shell's slug rule to what the server answers: `slug_vectors.json` is written by its tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slugOf } from './slug';

type Vectors = {
  names: [name: string, slug: string | null][];
  /** Code points, first and last. */
  blocks: [number, number][];
  /** `a` + letter + `b` for each letter of the blocks that is not replaced by a hyphen. */
  letters: Record<string, string>;
};

const file = join(import.meta.dirname, '../../../../../crates/platform/core/src/slug_vectors.json');
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8'));

describe('names', () => {
  for (const [name, slug] of vectors.names) {
    it(`“${name}” becomes ${slug}`, () => expect(slugOf(name)).toBe(slug));
  }
});

it('every letter is written as the server writes it', () => {
  const differ: string[] = [];
  for (const [first, last] of vectors.blocks) {
    for (let code = first; code <= last; code += 1) {
      const letter = String.fromCodePoint(code);
      const expected = vectors.letters[letter] ?? 'a-b';
      const answer = slugOf(`a${letter}b`);
      if (answer !== expected) differ.push(`U+${code.toString(16)}: ${answer}, not ${expected}`);
    }
  }
  expect(differ).toEqual([]);
});
