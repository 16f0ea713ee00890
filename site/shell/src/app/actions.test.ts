/** All actions together: their names, their default shortcuts, and the table in the documentation. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Organization } from '@prox/api-client';
import { describe, expect, it } from 'vitest';
import { pasteActions } from '@/features/items/pasting';
import { itemActions } from '@/features/items/registered';
import { widgetActions } from '@/features/items/widgets/actions';
import { undoActions } from '@/features/undo/actions';
import { ACTION_GROUPS, type Action } from '@/shared/actions/action';
import { identity, labelOf, parseKeys, refusalOf } from '@/shared/actions/keys';
import { shellActions } from './actions';
import { MORE_ACTIONS } from './moreActions';
import { FIRST_ACTIONS } from './useShellActions';

const ACTIONS: readonly Action[] = [
  ...shellActions({
    organization: () => ({}) as Organization,
    organizations: () => [],
    spaces: () => [],
    space: () => null,
    goTo: () => {},
    signOut: () => {},
  }),
  ...itemActions({
    items: () => [],
    moveTo: () => {},
    resize: () => {},
    remove: () => {},
  }),
  ...pasteActions(() => {}),
  ...widgetActions(() => {}),
  ...undoActions({ undo: () => {}, redo: () => {}, canUndo: () => false, canRedo: () => false }),
  ...FIRST_ACTIONS,
  ...MORE_ACTIONS,
];

it('every action has an id of its own, a title and a group', () => {
  const ids = ACTIONS.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  const wrong = ACTIONS.filter(
    ({ id, title, group }) =>
      !/^[a-z-]+\.[a-z-]+$/.test(id) ||
      !/^[A-Z]/.test(title) ||
      title.trim() !== title ||
      !ACTION_GROUPS.includes(group),
  );
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

it('no two titles are the same', () => {
  const titles = ACTIONS.map(({ title }) => title);
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
});

describe.each([
  ['Apple', true],
  ['other systems', false],
])('default shortcuts on %s', (_system, apple) => {
  const defaults = ACTIONS.flatMap(({ id, keys = [] }) => keys.map((text) => ({ id, text })));

  it('there are some', () => {
    expect(defaults.length).toBeGreaterThan(10);
  });

  it('do not clash', () => {
    const owners = new Map<string, string[]>();
    for (const { id, text } of defaults) {
      const chord = parseKeys(text, apple);
      if (!chord) throw new Error(`${id}: ${text} is not a shortcut`);
      owners.set(identity(chord), [...(owners.get(identity(chord)) ?? []), id]);
    }
    expect([...owners].filter(([, ids]) => ids.length > 1)).toEqual([]);
  });

  it('are free to be used', () => {
    const refused = defaults.flatMap(({ id, text }) => {
      const reason = refusalOf(text, apple);
      return reason ? [`${id} ${text}: ${reason}`] : [];
    });
    expect(refused).toEqual([]);
  });
});

it('the table in docs/SHORTCUTS.md lists them', () => {
  const file = join(import.meta.dirname, '../../../../docs/SHORTCUTS.md');
  const now = readFileSync(file, 'utf8');
  const [before = '', , after = ''] = now.split(/<!-- shortcuts (?:begin|end) -->/);
  const expected = `${before}<!-- shortcuts begin -->\n\n${table()}\n<!-- shortcuts end -->${after}`;
  if (process.env.UPDATE_SNAPSHOTS) writeFileSync(file, expected);
  else expect(now).toBe(expected);
});

function table(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const code = (text: string) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
  return ACTION_GROUPS.map((group) => {
    const listed = ACTIONS.filter((action) => action.group === group);
    const rows = listed.map(({ title, keys = [], fixedKeys }) => {
      const shown = (apple: boolean) =>
        fixedKeys ?? keys.map((text) => code(labelOf(text, apple))).join(', ');
      return `| ${cell(title)} | ${cell(shown(false))} | ${cell(shown(true))} |\n`;
    });
    return rows.length === 0
      ? ''
      : `### ${group}\n\n| Action | Shortcut | On Apple’s systems |\n| --- | --- | --- |\n${rows.join('')}\n`;
  }).join('');
}
