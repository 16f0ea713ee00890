// Sign-in with a provider that behaves like Google and really signs its tokens: the cryptography
// runs in the worker. Native tests cover tokens that are wrong.

import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../scripts/lib/ports.mjs';
import { type StandIn, standIn } from '../harness/servers.ts';
import { type Answer, ask } from './support/http.ts';
import { type Stack, startStack } from './support/stack.ts';

const CLIENT = 'client-1.apps.example';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let stack: Stack;
let issuer: StandIn;
/** The requests to the provider's token endpoint. */
let exchanged: URLSearchParams;
/** The token in its next answer. */
let idToken = '';

beforeAll(async () => {
  issuer = await standIn((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.url === '/token') exchanged = new URLSearchParams(body);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers()[request.url ?? '']));
    });
  });
  // The redirect address is checked, too, so the port is chosen here.
  const port = await freePort();
  stack = await startStack({
    port,
    vars: {
      EGRESS_ALLOW: issuer.address,
      GOOGLE_ISSUER: issuer.origin,
      GOOGLE_CLIENT_ID: CLIENT,
      GOOGLE_CLIENT_SECRET: 'client secret',
    },
  });
});

afterAll(async () => {
  await stack?.stop();
  await issuer?.stop();
});

function answers(): Record<string, unknown> {
  return {
    '/.well-known/openid-configuration': {
      issuer: issuer.origin,
      authorization_endpoint: `${issuer.origin}/authorize`,
      token_endpoint: `${issuer.origin}/token`,
      jwks_uri: `${issuer.origin}/keys`,
    },
    '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256' }] },
    '/token': { id_token: idToken, access_token: 'unused', token_type: 'Bearer' },
  };
}

function sign(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'k1' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}

async function begin() {
  const answer = await ask(stack.origin, '/api/auth/google?return_to=/spaces');
  expect(answer.status).toBe(303);
  const address = new URL(answer.header('location') ?? '');
  const cookie = (answer.header('set-cookie') ?? '').split(';')[0] ?? '';
  return { query: address.searchParams, cookie, address };
}

function finish(query: URLSearchParams, cookie: string): Promise<Answer> {
  const path = `/api/auth/google/callback?code=c1&state=${query.get('state')}`;
  return ask(stack.origin, path, { headers: { cookie } });
}

function claimsFor(query: URLSearchParams) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer.origin,
    aud: CLIENT,
    sub: '1001',
    nonce: query.get('nonce'),
    email: 'Grace@Example.com',
    email_verified: true,
    name: 'Grace',
    iat: now,
    exp: now + 600,
  };
}

test('a verified person is signed in, and returns to the page they came from', async () => {
  const { query, cookie, address } = await begin();
  expect(address.origin + address.pathname).toBe(`${issuer.origin}/authorize`);
  expect(query.get('redirect_uri')).toBe(`${stack.origin}/api/auth/google/callback`);
  idToken = sign(claimsFor(query));
  const answer = await finish(query, cookie);
  expect(answer.status).toBe(303);
  expect(answer.header('location')).toBe('/spaces');

  const challenge = createHash('sha256').update(exchanged.get('code_verifier') ?? '');
  expect(challenge.digest('base64url')).toBe(query.get('code_challenge'));
  expect(exchanged.get('client_secret')).toBe('client secret');

  const cookies = (answer.headers['set-cookie'] ?? []) as string[];
  const session = cookies.find((text) => text.startsWith('prox=')) ?? '';
  const me = await ask(stack.origin, '/api/me', {
    headers: { cookie: session.split(';')[0] ?? '' },
  });
  expect(me.json()).toMatchObject({ email: 'grace@example.com', name: 'Grace' });

  const again = await finish(query, cookie);
  expect(again.header('location')).toBe('/sign-in?google=expired');
});

test.each([
  ['tampered with', (token: string) => token.replace(/.{8}$/, 'AAAAAAAA')],
  ['unsigned', (token: string) => token.replace(/[^.]*$/, '')],
  ['not a token', () => 'x.y.z'],
])('a token that is %s signs nobody in', async (_, spoil) => {
  const { query, cookie } = await begin();
  idToken = spoil(sign(claimsFor(query)));
  const answer = await finish(query, cookie);
  expect(answer.status).toBe(502);
  expect(answer.header('set-cookie') ?? '').not.toContain('prox=ses');
});

test.each([
  ['expired', { exp: Math.floor(Date.now() / 1000) - 3_600 }],
  ['for another client', { aud: 'client-2' }],
  ['of another issuer', { iss: 'https://evil.example' }],
  ['of another sign-in', { nonce: 'another' }],
])('a token that is %s signs nobody in', async (_, claims) => {
  const { query, cookie } = await begin();
  idToken = sign({ ...claimsFor(query), ...claims });
  const answer = await finish(query, cookie);
  expect(answer.status).toBe(502);
  expect(answer.header('set-cookie') ?? '').not.toContain('prox=ses');
});

test('a state of another browser is refused', async () => {
  const [mine, theirs] = await Promise.all([begin(), begin()]);
  const answer = await finish(theirs.query, mine.cookie);
  expect(answer.header('location')).toBe('/sign-in?google=expired');
});
