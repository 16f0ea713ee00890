import { describe, expect, it } from 'vitest';
import { changes, conflicts, dropped, type Edit, kept, noEdit, shown, typed } from './edit';

type Card = { title: string; body: string; icon: string };

const saved: Card = { title: 'Looms', body: 'Cards with holes.', icon: '' };
const begin = noEdit<Card>();
const titled = typed(saved, begin, 'title', 'My looms');

describe('one person', () => {
  it('sends only what was changed', () => {
    expect(changes(saved, begin)).toEqual({});
    expect(changes(saved, titled)).toEqual({ title: 'My looms' });
    expect(shown(saved, titled)).toEqual({ ...saved, title: 'My looms' });
  });

  it('typing the saved value again is no change', () => {
    const back = typed(saved, titled, 'title', 'Looms');
    expect(back).toEqual(begin);
  });

  it('an emptied field is a change', () => {
    expect(changes(saved, typed(saved, begin, 'body', ''))).toEqual({ body: '' });
  });
});

describe('two people', () => {
  const table: [name: string, theirs: Partial<Card>, sent: Partial<Card>, conflicting: string[]][] =
    [
      ['change different fields', { body: 'More.' }, { title: 'My looms' }, []],
      ['type the same', { title: 'My looms' }, {}, []],
      ['change the same field', { title: 'Her looms' }, { title: 'My looms' }, ['title']],
      [
        'change the same and another',
        { title: 'Her', icon: 'x' },
        { title: 'My looms' },
        ['title'],
      ],
    ];
  for (const [name, theirs, sent, conflicting] of table) {
    it(name, () => {
      const now = { ...saved, ...theirs };
      expect(changes(now, titled)).toEqual(sent);
      expect(conflicts(now, titled).map(({ field }) => field)).toEqual(conflicting);
      // A field that was not touched shows what the other person saved.
      expect(shown(now, titled)).toEqual({ ...now, title: 'My looms' });
    });
  }

  const now = { ...saved, title: 'Her looms' };

  it('a conflict shows both values', () => {
    expect(conflicts(now, titled)).toEqual([
      { field: 'title', theirs: 'Her looms', mine: 'My looms' },
    ]);
  });

  it('keeping mine ends the conflict and sends it', () => {
    const edit = kept(now, titled, 'title');
    expect(conflicts(now, edit)).toEqual([]);
    expect(changes(now, edit)).toEqual({ title: 'My looms' });
  });

  it('taking theirs ends the conflict and sends nothing', () => {
    const edit = dropped(titled, 'title');
    expect(conflicts(now, edit)).toEqual([]);
    expect(changes(now, edit)).toEqual({});
    expect(shown(now, edit)).toEqual(now);
  });

  it('typing on in a conflict does not end it', () => {
    const edit: Edit<Card> = typed(now, titled, 'title', 'My new looms');
    expect(conflicts(now, edit)).toHaveLength(1);
  });

  it('a third change after keeping mine is a conflict again', () => {
    const edit = kept(now, titled, 'title');
    expect(conflicts({ ...now, title: 'His looms' }, edit)).toHaveLength(1);
  });
});
