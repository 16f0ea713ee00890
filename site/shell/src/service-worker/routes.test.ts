import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isPage, PAGES } from './routes';

it.each([
  '/',
  '/start',
  '/share',
  '/shared',
  '/sign-in',
  '/o/ada',
  '/o/ada/home',
  '/welcome/ada',
  '/welcome/ada/show',
])('answers the page %s', (path) => expect(isPage(path)).toBe(true));

it.each([
  '/api',
  '/api/',
  '/api/me',
  '/api/docs',
  '/api/auth/google',
  '/hooks/slack',
  '/_prox/live.js',
  '/@ada',
  '/@ada/work.rss',
  '/%40ada',
  '/d/dsk_x',
  '/s/token',
  '/robots.txt',
  '/sitemap.xml',
  '/favicon.ico',
  '/sw.js',
  '/docs/scalar.js',
  '/assets/index-abc.js',
  '/o',
  '/o/',
  '/welcome/',
  '/other',
  '/startx',
  '/share/x',
  '//o/ada',
  '/O/ada',
])('leaves %s to the server', (path) => expect(isPage(path)).toBe(false));

it('knows every route of the shell', () => {
  const app = readFileSync(join(import.meta.dirname, '../app/App.tsx'), 'utf8');
  const routes = [...app.matchAll(/<Route path="([^"]+)"/g)].map(([, path = '']) =>
    path.replace(/\/:.*$/, '/*'),
  );
  expect(new Set(routes)).toEqual(new Set(PAGES));
});
