import type { Notification } from '@prox/api-client';
import { expect, it } from 'vitest';
import { grouped } from './notifications';

const notification = (id: string, group_key: string) => ({ id, group_key }) as Notification;

it('groups what is about the same thing, in the order of the newest', () => {
  const groups = grouped([
    notification('4', 'domain'),
    notification('3', 'member'),
    notification('2', 'domain'),
    notification('1', 'member'),
  ]);
  expect(groups.map(({ newest, all }) => [newest.id, all.map(({ id }) => id)])).toEqual([
    ['4', ['4', '2']],
    ['3', ['3', '1']],
  ]);
  expect(grouped([])).toEqual([]);
});
