import { createElement, Suspense } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { lazyWithPreload } from './lazy';

it('a preloaded component renders without suspending', async () => {
  const module = Promise.resolve({ default: () => 'Here' });
  const part = lazyWithPreload(() => module);
  const page = () =>
    renderToString(createElement(Suspense, { fallback: 'Waiting' }, createElement(part.component)));
  expect(page()).toContain('Waiting');
  part.preload();
  await module;
  expect(page()).toContain('Here');
});
