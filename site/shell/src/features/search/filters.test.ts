import { expect, it } from 'vitest';
import { allFilters, completionsOf } from './filters';

const known = {
  spaces: [
    { slug: 'home', title: 'Ada Lovelace' },
    { slug: 'lab', title: 'Laboratory' },
  ],
  tags: ['maths', 'machines', 'on call'],
};

it.each<[query: string, texts: string[]]>([
  ['kind:a', ['kind:app ']],
  ['KIND:A', ['kind:app ']],
  ['figma kind:me', ['figma kind:member ']],
  ['in:', ['in:home ', 'in:lab ']],
  ['in:love', ['in:home ']],
  ['board in:labo', ['board in:lab ']],
  ['in:la', ['in:lab ', 'in:home ']],
  ['tag:ma', ['tag:maths ', 'tag:machines ']],
  ['tag:on', ['tag:"on call" ']],
  ['tag:"on', ['tag:"on call" ']],
  ['kind:app ', []],
  ['kind:nothing', []],
  ['kind', []],
  ['mankind:a', []],
  ['', []],
])('completes %j', (query, texts) => {
  expect(completionsOf(query, known).map(({ text }) => text)).toEqual(texts);
});

it('an empty query is offered all filters', () => {
  expect(allFilters().map(({ text }) => text)).toEqual(['kind:', 'in:', 'tag:']);
});
