import { createElement, Suspense } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it, vi } from 'vitest';
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

it('the code is asked for once, and again after a failure', async () => {
  const load = vi
    .fn<() => Promise<{ default: () => string }>>()
    .mockRejectedValueOnce(new TypeError('no network'))
    .mockResolvedValue({ default: () => 'Here' });
  const part = lazyWithPreload(load);
  part.preload();
  part.preload();
  expect(load).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => {
    part.preload();
    expect(load).toHaveBeenCalledTimes(2);
  });
});
