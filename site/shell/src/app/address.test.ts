import { Radio } from 'lucide-react';
import { describe, expect, it } from 'vitest';
import type { SystemApp } from '@/system/apps';
import { searchOf } from '@/system/layers';
import { dialogAddress, dialogNamed, windowAddress, windowNamed, windowsNamed } from './address';

const apps: SystemApp[] = ['events', 'members'].map((id) => ({
  id,
  title: id,
  icon: Radio,
  size: { width: 1, height: 1 },
  component: () => null,
  preload: () => {},
}));

const registry = {
  'add-item': {
    params: {
      url: 'optional',
      title: 'optional',
      text: 'optional',
      kind: 'optional',
      space: 'optional',
    },
  },
  'edit-item': {
    params: { space: 'required', item: 'required', organization: 'optional' },
  },
  folder: { params: { folder: 'required' } },
  'item-icon': { params: { space: 'required', item: 'required' } },
  publish: { params: {} },
  'new-space': { params: {} },
  'edit-space': { params: {} },
  'space-look': { params: {} },
  'new-organization': { params: {} },
  'delete-organization': { params: {} },
  'rename-instance': { params: { instance: 'required' } },
  palette: { params: { action: 'optional' } },
  notifications: { params: {} },
  'use-look': {
    params: {
      theme: 'optional',
      accent: 'optional',
      corners: 'optional',
      icons: 'optional',
      density: 'optional',
    },
  },
  shortcuts: { params: {} },
  'export-desktop': { params: {} },
  'import-desktop': { params: {} },
  search: { params: { q: 'optional' } },
} as const;

const SPACE = 'spc_01jdzzzzzzzzzzzzzzzzzzzzzz';
const ITEM = 'itm_01jdzzzzzzzzzzzzzzzzzzzzzz';

describe('windows', () => {
  it('an app and an item survive the round trip', () => {
    expect(windowAddress('app:events', apps)).toEqual([['window', 'events']]);
    expect(windowNamed('events', apps)).toEqual({ app: apps[0] });
    const id = `item:${SPACE}/${ITEM}`;
    const search = searchOf([{ address: windowAddress(id, apps) }]);
    expect(search).toBe(`?window=${SPACE}.${ITEM}`);
    expect(windowNamed(windowsNamed(search)[0] ?? '', apps)).toEqual({ item: id });
  });

  it('a shared space survives the round trip', () => {
    const id = `shared:${SPACE}`;
    expect(windowAddress(id, apps)).toEqual([['window', `shared.${SPACE}`]]);
    expect(windowNamed(`shared.${SPACE}`, apps)).toEqual({ item: id });
    expect(windowNamed('shared.spc_1', apps)).toBeNull();
    expect(windowAddress('link:https://a.example/', apps)).toBeNull();
  });

  for (const [name, row] of [
    ['members.member_01jdzzzzzzzzzzzzzzzzzzzzzz', 'member_01jdzzzzzzzzzzzzzzzzzzzzzz'],
    [`events.inst_1.evt_01jdzzzzzzzzzzzzzzzzzzzzzz`, 'inst_1.evt_01jdzzzzzzzzzzzzzzzzzzzzzz'],
    ['events.gone', 'gone'],
  ]) {
    it(`“${name}” names a row of an app`, () => {
      const app = apps.find(({ id }) => name?.startsWith(id));
      expect(windowNamed(name ?? '', apps)).toEqual({ app, row });
    });
  }

  for (const name of [
    '',
    'nothing',
    'constructor',
    'events.',
    'events.a.',
    'events.a.b.c',
    'events.<b>',
    'nothing.evt_1',
    'app:events',
    `${SPACE}.`,
    `${SPACE}.${ITEM}x`,
    '../x.itm_1',
  ]) {
    it(`nothing is named “${name}”`, () => expect(windowNamed(name, apps)).toBeNull());
  }
});

describe('dialogs', () => {
  it('a dialog with parameters survives the round trip', () => {
    const dialog = { id: 'edit-item', params: { space: SPACE, item: ITEM } } as const;
    expect(dialogNamed(searchOf([{ address: dialogAddress(dialog) }]), registry)).toEqual(dialog);
  });

  it('an address can be added by a link', () => {
    expect(dialogNamed('?dialog=add-item&url=https%3A%2F%2Fexample.com', registry)).toEqual({
      id: 'add-item',
      params: { url: 'https://example.com' },
    });
  });

  for (const search of ['', '?dialog=', '?dialog=constructor', '?dialog=edit-item&item=1']) {
    it(`“${search}” opens nothing`, () => expect(dialogNamed(search, registry)).toBeNull());
  }
});
