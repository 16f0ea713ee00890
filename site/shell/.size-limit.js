/** What a first visit fetches before anything else: the scripts that index.html names. */
import { readFileSync } from 'node:fs';

const page = readFileSync('dist/index.html', 'utf8');
const initial = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(
  ([, path]) => `dist/${path}`,
);

export default [
  {
    name: 'Initial JavaScript, own code',
    path: initial.filter((path) => !path.includes('/vendor-')),
    limit: '54 kB',
    gzip: true,
  },
  { name: 'Initial JavaScript, all', path: initial, limit: '140 kB', gzip: true },
];
