import { expect, it, vi } from 'vitest';
import { queryClient } from './client';
import { iconUrl } from './icon';
import { keys } from './keys';

vi.stubGlobal('location', new URL('https://prox.example/'));
queryClient.setQueryData(keys.space('spc_1'), { organization_id: 'org_1' });

/** Ours, with a hash of what it is taken from. */
const kept =
  /^https:\/\/prox\.example\/api\/organizations\/org_1\/spaces\/spc_1\/items\/itm_1\/icon\?of=[0-9a-f]+$/;

it.each([
  ['an app without one', 'https://a.example/', null, kept],
  ['an app with a picture', 'https://a.example/', 'https://b.example/i.png', kept],
  ['an app with letters', 'https://a.example/', 'letters', 'letters'],
  ['an app with a built-in icon', 'https://a.example/', 'glyph:house', 'glyph:house'],
  ['a card without one', null, null, null],
  [
    'a card with an uploaded picture',
    null,
    'picture:0123',
    /\/api\/organizations\/org_1\/pictures\/0123$/,
  ],
])('the icon of %s', (_, url, icon, shown) => {
  const found = iconUrl({ id: 'itm_1', space_id: 'spc_1', url, icon });
  if (shown instanceof RegExp) expect(found).toMatch(shown);
  else expect(found).toBe(shown);
});

it('another picture has another address', () => {
  const at = (icon: string) => iconUrl({ id: 'itm_1', space_id: 'spc_1', url: null, icon });
  expect(at('picture:1')).not.toBe(at('picture:2'));
});
