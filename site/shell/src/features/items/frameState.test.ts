import type { Preflight } from '@prox/api-client';
import { describe, expect, it } from 'vitest';
import { failureOf, frameState, leadsToSignIn } from './frameState';

const verdict = (change: Partial<Preflight> = {}): Preflight => ({
  url: 'https://tides.example/',
  final_url: 'https://tides.example/',
  status: 200,
  title: null,
  description: null,
  icon: null,
  image: null,
  color: null,
  embeddable: true,
  mode: 'embed',
  reasons: [],
  ...change,
});

describe('a frame', () => {
  it('shows the reasons of a site that does not allow it, whatever loaded', () => {
    const refused = verdict({ embeddable: false, reasons: ['X'] });
    for (const phase of ['starting', 'loading', 'late', 'loaded'] as const)
      expect(frameState({ phase, online: true, verdict: refused })).toEqual({
        kind: 'blocked',
        reasons: ['X'],
      });
  });

  it('keeps a loaded page when the network is lost, and waits with a new one', () => {
    expect(frameState({ phase: 'loaded', online: false, verdict: verdict() }).kind).toBe('page');
    expect(frameState({ phase: 'loading', online: false, verdict: undefined }).kind).toBe(
      'offline',
    );
  });

  it.each([
    ['starting', 'blank', null],
    ['loading', 'skeleton', null],
    ['late', 'skeleton', 'late'],
    ['loaded', 'none', null],
  ] as const)('that is %s has the cover %s and the strip %s', (phase, cover, strip) => {
    expect(frameState({ phase, online: true, verdict: undefined })).toEqual({
      kind: 'page',
      cover,
      strip,
    });
  });

  it('says that a site asks to sign in', () => {
    const loaded = { phase: 'loaded', online: true } as const;
    expect(
      frameState({ ...loaded, verdict: verdict({ final_url: 'https://id.example/login?to=x' }) }),
    ).toMatchObject({ strip: 'sign-in' });
  });
});

describe('a way to a sign-in', () => {
  it.each([
    ['https://a.example/', 'https://a.example/login', true],
    ['https://a.example/', 'https://login.b.example/x', true],
    ['https://a.example/', 'https://a.example/users/sign-in?next=/', true],
    ['https://a.example/', 'https://a.example/oauth2/authorize', true],
    ['https://a.example/', 'https://a.example/authors', false],
    ['https://a.example/', 'https://a.example/blog/loginless', false],
    ['https://a.example/login', 'https://a.example/login/', false],
    ['https://a.example/', 'not a URL', false],
  ])('from %s to %s: %s', (url, final_url, expected) => {
    expect(leadsToSignIn({ url, final_url })).toBe(expected);
  });
});

it.each([
  [200, 'blocked'],
  [403, 'blocked'],
  [502, 'unreachable'],
  [null, 'unreachable'],
] as const)('a page with the status %s that is not shown is %s', (status, expected) => {
  expect(failureOf(verdict({ status, embeddable: false }))).toBe(expected);
});
