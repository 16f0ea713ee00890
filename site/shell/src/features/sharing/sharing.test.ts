import {
  type Exposure,
  type Grant,
  type ItemExposure,
  type Principal,
  Problem,
  type ShareLink,
  type Viewing,
} from '@prox/api-client';
import { describe, expect, it } from 'vitest';
import {
  audienceOf,
  audienceWords,
  isOpenLink,
  type Placed,
  readSomebody,
  type Sharing,
  viewingsOf,
  widthOf,
} from './audience';
import { endsWith } from './ending';
import { dayOf, endAt } from './ends';
import { grantTo } from './grantTo';
import { reportOf } from './report';
import { viewerPath, viewNamed } from './view';

const NOW = Date.parse('2026-12-01T12:00:00Z');

const principal = (type: Principal['type'], name: string | null = null): Principal => ({
  type,
  id: type === 'anyone' ? null : `${type}_${name}`,
  handle: null,
  email: null,
  name,
});

const viewing = (type: Principal['type'], name: string | null = null): Viewing => ({
  level: 'view',
  principal: principal(type, name),
  grant_id: `grant_${name}`,
  share_link_id: null,
});

const BOB = viewing('user', 'Bob');
const CREW = viewing('organization', 'Crew');
const FRIENDS = viewing('link', 'Friends');
const ANYONE = viewing('anyone');

/** A space whose items are `open`, `hidden`, `drawer` (private) with `inside`, and `box` with `boxed`. */
const sharing = (
  of: Partial<Record<string, readonly Viewing[]>> = {},
  visibility: Sharing['visibility'] = 'private',
): Sharing => {
  const items: Record<string, Placed> = {
    open: { visibility: 'inherit', folder_id: null },
    hidden: { visibility: 'private', folder_id: null },
    drawer: { visibility: 'private', folder_id: null },
    inside: { visibility: 'inherit', folder_id: 'drawer' },
    box: { visibility: 'inherit', folder_id: null },
    boxed: { visibility: 'inherit', folder_id: 'box' },
    lost: { visibility: 'inherit', folder_id: 'unknown' },
  };
  return {
    visibility,
    ofSpace: of.space ?? [],
    ofItem: (item) => of[item] ?? [],
    itemOf: (item) => items[item],
  };
};

describe('the words for who sees something', () => {
  const MEMBERS = 'Only members of Ada see it.';
  const EVERYBODY = 'Everybody sees it, and search engines find it.';
  it.each<[string, string | null, Sharing, string]>([
    ['a private page', null, sharing(), MEMBERS],
    ['a public page', null, sharing({}, 'public'), EVERYBODY],
    [
      'an unlisted page',
      null,
      sharing({}, 'unlisted'),
      'Everybody who has the address of the page sees it.',
    ],
    ['an item of a public page', 'open', sharing({}, 'public'), EVERYBODY],
    ['a private item of a public page', 'hidden', sharing({}, 'public'), MEMBERS],
    ['what is in a private folder of it', 'inside', sharing({}, 'public'), MEMBERS],
    ['what is in a shown folder of it', 'boxed', sharing({}, 'public'), EVERYBODY],
    ['what is in a folder that is not known', 'lost', sharing({}, 'public'), MEMBERS],
    ['a shared page', null, sharing({ space: [BOB] }), 'Members of Ada and Bob see it.'],
    ['its item', 'open', sharing({ space: [BOB] }), 'Members of Ada and Bob see it.'],
    ['its private item', 'hidden', sharing({ space: [BOB] }), MEMBERS],
    [
      'an item with a grant of its own',
      'hidden',
      sharing({ space: [BOB], hidden: [CREW] }),
      'Members of Ada and members of Crew see it.',
    ],
    [
      'an item in a private folder with a link',
      'inside',
      sharing({ drawer: [FRIENDS], space: [BOB] }),
      'Members of Ada and everybody with the link “Friends” see it.',
    ],
    [
      'the same person twice',
      'open',
      sharing({ space: [BOB], open: [BOB] }),
      'Members of Ada and Bob see it.',
    ],
    [
      'a private item that is shared with everybody',
      'hidden',
      sharing({ hidden: [ANYONE] }),
      'Everybody sees it, because it is shared with everybody.',
    ],
    [
      'several links',
      'open',
      sharing({ space: [viewing('link', 'A')], open: [viewing('link', 'B')] }),
      'Members of Ada and everybody with one of 2 links see it.',
    ],
    [
      'many',
      null,
      sharing({ space: ['A', 'B', 'C', 'D', 'E'].map((name) => viewing('user', name)) }),
      'Members of Ada, A, B, C, and 2 others see it.',
    ],
  ])('%s', (_name, item, state, expected) => {
    expect(audienceWords(audienceOf(item, state), 'Ada')).toBe(expected);
  });
});

describe('grants and links as viewings', () => {
  const link = (id: string, more: Partial<ShareLink> = {}) =>
    ({
      id,
      name: id,
      item_id: null,
      level: 'view',
      expires_at: null,
      max_uses: null,
      uses: 0,
      ...more,
    }) as ShareLink;
  const grant = (id: string, more: Partial<Grant> = {}) =>
    ({
      id,
      item_id: null,
      level: 'view',
      principal: principal('user', id),
      via_link: null,
      ...more,
    }) as Grant;
  const ended = link('ended', { expires_at: '2026-12-01T11:59:59Z' });

  it('have those of the item, and not of others', () => {
    const grants = [grant('a'), grant('b', { item_id: 'itm_1' })];
    const links = [link('c', { item_id: 'itm_1' }), link('d')];
    const ids = (item: string | null) =>
      viewingsOf(item, grants, links, NOW).map((one) => one.share_link_id ?? one.grant_id);
    expect(ids(null)).toEqual(['d', 'a']);
    expect(ids('itm_1')).toEqual(['c', 'b']);
    expect(ids('itm_2')).toEqual([]);
  });

  it('leave out a link that ended, what it was given, and who kept it', () => {
    const grants = [
      grant('kept', { via_link: 'ended' }),
      grant('given', { principal: { ...principal('link'), id: 'ended' } }),
    ];
    expect(viewingsOf(null, grants, [ended], NOW)).toEqual([]);
  });

  it('a link is open, expired or used up', () => {
    expect(isOpenLink(link('a'), NOW)).toBe('open');
    expect(isOpenLink(ended, NOW)).toBe('expired');
    expect(isOpenLink(link('a', { max_uses: 3, uses: 2 }), NOW)).toBe('open');
    expect(isOpenLink(link('a', { max_uses: 3, uses: 3 }), NOW)).toBe('used up');
  });

  it('what ends with a link is counted', () => {
    const kept = (id: string) => grant(id, { via_link: 'l' });
    expect(endsWith('l', [kept('a'), grant('b')])).toMatch(/^One person .* loses access\.$/);
    expect(endsWith('l', [kept('a'), kept('b')])).toMatch(/^2 people .* lose access\.$/);
    expect(endsWith('l', [grant('a')])).toBe('');
    const widened = grant('c', { principal: { ...principal('link'), id: 'l' } });
    expect(endsWith('l', [widened])).toMatch(/not shared any more\.$/);
  });
});

describe('somebody is read from', () => {
  it.each([
    ['@ada', { handle: 'ada' }],
    [' Ada ', { handle: 'ada' }],
    ['ada@example.com', { email: 'ada@example.com' }],
    ['https://prox.example/@ada', { handle: 'ada' }],
    ['ada lovelace', null],
    ['', null],
    ['@', null],
    ['-ada', null],
    ['https://elsewhere.example/ada', null],
  ])('“%s”', (text, expected) => {
    expect(readSomebody(text)).toEqual(expected);
  });
});

describe('a grant by handle', () => {
  const refused = (path: string) => new Problem(422, 'invalid', '', null, [{ path, message: 'x' }]);
  const made = {} as Grant;

  it('is for the person first, then for the organization', async () => {
    const asked: unknown[] = [];
    const answer = await grantTo({ handle: 'crew' }, async ({ principal }) => {
      asked.push(principal.type);
      if (principal.type === 'user') throw refused('principal.handle');
      return made;
    });
    expect([answer, asked]).toEqual([made, ['user', 'organization']]);
  });

  it.each<[string, Parameters<typeof grantTo>[0], Problem, RegExp, number]>([
    ['nobody', { handle: 'none' }, refused('principal.handle'), /has the handle @none\./, 2],
    ['the own organization', { handle: 'ada' }, refused('principal'), /see it already/, 1],
    ['a wrong address', { email: 'a@b' }, refused('principal.email'), /not a mail address/, 1],
    ['a fault', { handle: 'ada' }, new Problem(503, 'unavailable', 'Later.'), /^Later\.$/, 1],
  ])('of %s says so', async (_name, somebody, problem, expected, times) => {
    let asked = 0;
    const answer = grantTo(somebody, () => {
      asked += 1;
      return Promise.reject(problem);
    });
    await expect(answer).rejects.toThrow(expected);
    expect(asked).toBe(times);
  });
});

describe('a link ends', () => {
  it('never, or after days', () => {
    expect(endAt('never', '', NOW)).toEqual({ at: null });
    expect(endAt('7', '', NOW)).toEqual({ at: '2026-12-08T12:00:00.000Z' });
  });

  it('at the end of a day, which is not over', () => {
    const day = dayOf(NOW);
    const result = endAt('date', day, NOW);
    if (typeof result === 'string' || !result.at) throw new Error('refused');
    expect(dayOf(Date.parse(result.at))).toBe(day);
    expect(Date.parse(result.at)).toBeGreaterThan(NOW);
    expect(endAt('date', '2026-11-29', NOW)).toMatch(/over already/);
    for (const wrong of ['', '2026-02-30', 'soon']) {
      expect(endAt('date', wrong, NOW)).toBe('Choose the last day.');
    }
  });
});

describe('the report', () => {
  const exposed = (id: string, audience: Viewing[], more: Partial<ItemExposure> = {}) =>
    ({
      id,
      title: id,
      visibility: 'inherit',
      folder_id: null,
      warnings: [],
      audience,
      ...more,
    }) as unknown as ItemExposure;
  const page = (visibility: Exposure['visibility'], items: ItemExposure[]): Exposure => ({
    visibility,
    audience: [],
    warnings: [],
    items,
    next_cursor: null,
  });

  it('has the widest first, over its pages', () => {
    const hidden = { visibility: 'private' } as const;
    const { items } = reportOf([
      page('public', [
        exposed('members', [], hidden),
        exposed('person', [BOB], hidden),
        exposed('public', []),
      ]),
      page('public', [
        exposed('granted', [ANYONE], hidden),
        exposed('link', [FRIENDS], hidden),
        exposed('crew', [CREW], hidden),
        exposed('in folder', [], { folder_id: 'person' }),
      ]),
    ]);
    expect(items.map(({ id }) => id)).toEqual([
      'public',
      'granted',
      'link',
      'crew',
      'person',
      'in folder',
      'members',
    ]);
    expect(items.map(({ audience }) => widthOf(audience))).toEqual([6, 5, 3, 2, 1, 1, 0]);
  });
});

it('an address names an item or a part', () => {
  const item = 'itm_01jdzzzzzzzzzzzzzzzzzzzzzz';
  expect(viewNamed(item)).toEqual({ part: 'access', item });
  expect(viewNamed('report')).toEqual({ part: 'report', item: null });
  expect(viewNamed('itm_1')).toEqual({ part: 'access', item: null });
  expect(viewerPath('/@ada/work', 'user:a+b@example.com')).toBe(
    '/@ada/work?view-as=user%3Aa%2Bb%40example.com',
  );
});
