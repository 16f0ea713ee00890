import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findingsIn, runFindings } from '../lib/findings.mjs';
import { root } from '../lib/paths.mjs';
import { folderWith, script } from './support.mjs';

test('each finding runs in an empty folder that is removed', async (t) => {
  const folder = folderWith(t, {
    'holds.sh': 'pwd > "$OLD_PLACE"; ls -A; touch kept\n',
    'fails.sh': 'echo seen: 2; exit 1\n',
    'README.md': '',
  });
  const place = join(folder, 'place');
  process.env.OLD_PLACE = place;
  assert.deepEqual(findingsIn(folder), ['fails', 'holds']);
  assert.deepEqual(await runFindings(folder, findingsIn(folder)), ['fails']);
  const cwd = readFileSync(place, 'utf8').trim();
  assert.match(cwd, /prox-finding-holds-/);
  assert.equal(existsSync(cwd), false);
});

test('an unknown finding is refused', async () => {
  const { code, output } = await script('findings', ['no-such-finding']);
  assert.equal(code, 1);
  assert.match(output, /^error: There is no finding no-such-finding\. Known: /);
});

test('every finding is a script with a comment that explains it', () => {
  for (const name of findingsIn(join(root, 'findings'))) {
    const file = join(root, 'findings', `${name}.sh`);
    assert.match(readFileSync(file, 'utf8'), /^#!\/usr\/bin\/env bash\n# \S/, name);
    assert.ok(statSync(file).mode & 0o100, `${name} is executable`);
  }
});
