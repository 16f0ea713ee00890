import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../lib/deploy.mjs';
import { script } from './support.mjs';

const complete = {
  name: 'api',
  main: 'index.js',
  compatibility_date: '2026-04-01',
  secrets: { required: ['SLACK_SIGNING_SECRET'] },
};
const account = {
  CLOUDFLARE_API_TOKEN: 't',
  CLOUDFLARE_ACCOUNT_ID: 'a',
  DATABASE_URL: 'postgres://d',
};

test('every placeholder is named with its file and path', () => {
  const config = {
    ...complete,
    vars: { APP_ORIGIN: '<https://app.example.com>', FIXED: 'x' },
    hyperdrive: [{ binding: 'HYPERDRIVE', id: '<hyperdrive id>' }],
  };
  const lacking = missing({
    configs: { 'wrangler.toml': config },
    env: { ...account, SLACK_SIGNING_SECRET: 's' },
  });
  assert.deepEqual(lacking, [
    'wrangler.toml: vars.APP_ORIGIN is still a placeholder',
    'wrangler.toml: hyperdrive.id is still a placeholder',
  ]);
});

test('a secret is missing unless the environment or Cloudflare has it', () => {
  const configs = { 'wrangler.toml': complete };
  assert.equal(missing({ configs, env: account }).length, 1);
  assert.deepEqual(missing({ configs, env: account, stored: ['SLACK_SIGNING_SECRET'] }), []);
  assert.deepEqual(missing({ configs, env: { ...account, SLACK_SIGNING_SECRET: 's' } }), []);
});

test('account, database and builds are named when they are missing', () => {
  const lacking = missing({
    configs: { 'wrangler.toml': complete },
    env: { SLACK_SIGNING_SECRET: 's' },
    unbuilt: ['edge'],
  });
  assert.deepEqual(lacking, [
    'environment: CLOUDFLARE_API_TOKEN',
    'environment: CLOUDFLARE_ACCOUNT_ID',
    'environment: DATABASE_URL',
    'crates/platform/edge: no current release build; run ./scripts/build',
  ]);
});

test('without an account nothing is deployed, and all that is missing is listed', async () => {
  const { PATH, HOME } = process.env;
  const { code, output } = await script('deploy', [], { PATH, HOME });
  assert.equal(code, 1);
  assert.match(output, /^error: Nothing was deployed\. Missing:\n/);
  for (const name of [
    'hyperdrive.id',
    'CLOUDFLARE_API_TOKEN',
    'DATABASE_URL',
    'SLACK_SIGNING_SECRET',
  ]) {
    assert.ok(output.includes(name), `${name} is named`);
  }
});
