/** Keeps the direction: app → features → system → shared, and features apart from each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = import.meta.dirname;
const LAYERS = ['app', 'features', 'system', 'shared'] as const;

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.tsx?$/.test(path),
);

/** `features/items/Grid.tsx` → layer `features`, part `items`. */
const placeOf = (path: string) => {
  const [layer = '', part = ''] = path.split('/');
  return { layer: LAYERS.indexOf(layer as (typeof LAYERS)[number]), part };
};

const importsOf = (path: string): string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)]
    .map(([, target = '']) => target)
    .filter((target) => target.startsWith('@/') || target.startsWith('.'))
    .map((target) =>
      target.startsWith('@/')
        ? target.slice(2)
        : relative(root, resolve(root, dirname(path), target)),
    );

const crossings = files.flatMap((path) =>
  importsOf(path)
    .map((target) => ({ path, target, from: placeOf(path), to: placeOf(target) }))
    .filter(({ from, to }) => from.layer >= 0 && to.layer >= 0),
);

it('finds the imports', () => {
  expect(crossings.length).toBeGreaterThan(100);
});

it('never imports against the direction', () => {
  const wrong = crossings.filter(({ from, to }) => to.layer < from.layer);
  expect(wrong.map(({ path, target }) => `${path} → ${target}`)).toEqual([]);
});

it('keeps features apart', () => {
  const features = LAYERS.indexOf('features');
  const wrong = crossings.filter(
    ({ from, to }) => from.layer === features && to.layer === features && from.part !== to.part,
  );
  expect(wrong.map(({ path, target }) => `${path} → ${target}`)).toEqual([]);
});

type Override = {
  includes: string[];
  linter: {
    rules: {
      style: {
        noRestrictedImports: { options: { patterns: { group: string[] }[] } };
      };
    };
  };
};

it('biome.json has a rule for each layer and feature', () => {
  const { overrides } = JSON.parse(readFileSync(join(root, '../biome.json'), 'utf8')) as {
    overrides: Override[];
  };
  const rules = Object.fromEntries(
    overrides.map(({ includes, linter }) => [
      includes[0],
      linter.rules.style.noRestrictedImports.options.patterns.map(({ group }) => group),
    ]),
  );
  const relative = ['../**'];
  const expected: Record<string, string[][]> = {
    'src/shared/**': [relative, ['@/app/**', '@/features/**', '@/system/**']],
    'src/system/**': [relative, ['@/app/**', '@/features/**']],
  };
  for (const feature of readdirSync(join(root, 'features'))) {
    expected[`src/features/${feature}/**`] = [
      relative,
      ['@/app/**'],
      ['@/features/**', `!@/features/${feature}/**`],
    ];
  }
  expect(rules).toEqual(expected);
});

it('keeps server state out of Zustand', () => {
  const stores = files.filter(
    (path) =>
      !path.includes('.test.') && /from 'zustand'/.test(readFileSync(join(root, path), 'utf8')),
  );
  const wrong = stores.filter((path) =>
    importsOf(path).some((target) => target.startsWith('shared/data')),
  );
  expect(wrong).toEqual([]);
});
