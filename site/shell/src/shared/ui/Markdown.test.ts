import { expect, it } from 'vitest';
import { tokensOf } from './Markdown';

const levels = (text: string) =>
  tokensOf(text).flatMap((token) => (token.type === 'heading' ? [token.depth] : []));

it('puts the first heading right below the title, however it was written', () => {
  expect(levels('# One\n\n## Two\n\n### Three')).toEqual([3, 4, 5]);
  expect(levels('### One\n\n#### Two')).toEqual([3, 4]);
  expect(levels('## One\n\n# Above it')).toEqual([3, 3]);
});
