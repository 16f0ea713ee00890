import { describe, expect, it } from 'vitest';
import { paginate, type Room, roomOf, type Span } from './pages';

const icon: Span = { columns: 1, rows: 1 };
const row: Span = { columns: 2, rows: 1 };
const card: Span = { columns: 2, rows: 2 };
const wide: Span = { columns: 4, rows: 2 };
const tall: Span = { columns: 2, rows: 3 };

const room: Room = { columns: 4, rows: 3, firstRows: 2 };
const counts = (spans: Span[], within = room) =>
  paginate(spans, (span) => span, within).map((page) => page.length);

describe('pages', () => {
  const table: [name: string, spans: Span[], counts: number[]][] = [
    ['nothing is one page', [], [0]],
    ['the first page has fewer rows', Array(20).fill(icon), [8, 12]],
    ['a tile that does not fit begins the next page', [wide, icon, wide], [1, 2]],
    ['a smaller tile does not go back', [icon, wide, icon], [1, 2]],
    ['tiles fill the place beside a higher one', [card, row, row, icon], [3, 1]],
    ['a tile does not go back into a gap before it', [icon, card, row, icon, icon], [2, 3]],
    ['a tile that is higher than its page takes all of it', [tall, tall, icon], [2, 1]],
    ['three rows follow on a full page', [wide, tall, tall, icon], [1, 2, 1]],
  ];
  for (const [name, spans, expected] of table)
    it(name, () => expect(counts(spans)).toEqual(expected));

  it('keep the order and every tile', () => {
    const sizes = [icon, wide, card, tall, row];
    const all = Array.from({ length: 300 }, (_, at) => ({ at, span: sizes[at % 5] ?? icon }));
    const pages = paginate(all, ({ span }) => span, { columns: 8, rows: 3, firstRows: 1 });
    expect(pages.flat()).toEqual(all);
    expect(pages.every((page) => page.length > 0)).toBe(true);
  });

  it('a wide tile fits a page with few columns', () =>
    expect(counts([wide, wide], { columns: 2, rows: 2, firstRows: 2 })).toEqual([1, 1]));
});

describe('the room on a page', () => {
  const upright = { width: 350, height: 660, header: 100, tile: 94, gap: 10 };
  it('of a phone upright', () =>
    expect(roomOf(upright)).toEqual({ columns: 4, rows: 6, firstRows: 5 }));
  it('of a phone on its side', () =>
    expect(roomOf({ ...upright, width: 724, height: 270, header: 60 })).toEqual({
      columns: 6,
      rows: 2,
      firstRows: 2,
    }));
  it('is too low at 400 % zoom', () => expect(roomOf({ ...upright, height: 100 })).toBeNull());
  it('has a row below a high header', () =>
    expect(roomOf({ ...upright, header: 640 })?.firstRows).toBe(1));
});
