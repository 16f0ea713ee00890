import type { Event } from '@prox/api-client';
import { expect, it } from 'vitest';
import { gistOf } from '@/shared/lib/gist';
import { newest } from './events';

const event = (id: string, created_at: string, payload: unknown = {}): Event => ({
  id,
  instance_id: 'inst_1',
  type: 'note.added',
  source: 'api',
  external_id: null,
  payload: payload as Event['payload'],
  created_at,
});

it('events of several instances are in the order of their time', () => {
  const lists = [
    {
      name: 'Production',
      events: [event('3', '2026-11-30T12:00:00Z'), event('1', '2026-11-30T10:00:00Z')],
    },
    { name: 'Staging', events: [event('2', '2026-11-30T11:00:00Z')] },
  ];
  expect(newest(lists).map(({ id, where }) => [id, where])).toEqual([
    ['3', 'Production'],
    ['2', 'Staging'],
    ['1', 'Production'],
  ]);
});

it.each([
  [{ text: 'Hello' }, 'Hello'],
  [{ event: { text: 'Inside', n: 1 }, text: 'Outside' }, 'Inside'],
  [{ text: '', title: 'Deployed' }, 'Deployed'],
  [{ text: 1 }, undefined],
  [null, undefined],
  ['text', undefined],
])('the most telling text of %j is %s', (payload, gist) => expect(gistOf(payload)).toBe(gist));

it('an event without a text is named by its source', () => {
  expect(newest([{ name: null, events: [event('1', '2026-11-30T10:00:00Z')] }])[0]?.gist).toBe(
    'From the API',
  );
});
