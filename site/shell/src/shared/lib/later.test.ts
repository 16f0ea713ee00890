import { createElement, Suspense } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { later } from './later';

it('is rendered at once when it was fetched before, without a suspension', async () => {
  const module = Promise.resolve({ default: () => 'Here' });
  const part = later(() => module);
  const page = () =>
    renderToString(createElement(Suspense, { fallback: 'Waiting' }, createElement(part.component)));
  expect(page()).toContain('Waiting');
  part.warm();
  await module;
  expect(page()).toContain('Here');
});
