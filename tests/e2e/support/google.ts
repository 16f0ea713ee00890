// An OpenID Connect provider with one person, whose tokens are really signed (RS256).

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type StandIn, standIn } from '../../harness/servers.ts';

export const GOOGLE = { id: 'prox.apps.example', secret: 'google-client-secret' };

const PERSON = {
  sub: '10769150350006150715113082367',
  email: 'grace@example.com',
  email_verified: true,
  name: 'Grace Hopper',
};

interface Asked {
  challenge: string;
  nonce: string;
}

export async function google(): Promise<StandIn> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, Asked>();
  let issuer = '';

  /** RFC 7515: header and claims, each in base64url, and the signature over both. */
  const idToken = (nonce: string) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...PERSON, iss: issuer, aud: GOOGLE.id, iat: now, exp: now + 300, nonce };
    const parts = [{ alg: 'RS256', typ: 'JWT', kid: 'key-1' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signed = parts.join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };

  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    const code = randomBytes(8).toString('hex');
    codes.set(code, {
      challenge: query.get('code_challenge') ?? '',
      nonce: query.get('nonce') ?? '',
    });
    const back = (answer: Record<string, string>) => {
      const url = new URL(query.get('redirect_uri') ?? '');
      const state = query.get('state') ?? '';
      for (const [name, value] of Object.entries({ ...answer, state })) {
        url.searchParams.set(name, value);
      }
      return url.href.replaceAll('&', '&amp;');
    };
    response.setHeader('content-type', 'text/html');
    response.end(
      `<title>Google</title><a href="${back({ code })}">Continue as ${PERSON.name}</a>
       <a href="${back({ error: 'access_denied' })}">Cancel</a>`,
    );
  };

  const exchange = (form: URLSearchParams) => {
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const known = form.get('client_secret') === GOOGLE.secret;
    return asked && known && asked.challenge === challenge
      ? { id_token: idToken(asked.nonce), access_token: 'unused', token_type: 'Bearer' }
      : { error: 'invalid_grant' };
  };

  const server = await standIn(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    if (url.pathname === '/authorize') return authorize(url.searchParams, response);
    let body = '';
    for await (const chunk of request) body += chunk;
    const answers: Record<string, unknown> = {
      '/.well-known/openid-configuration': {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
      },
      '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig' }] },
    };
    const answer =
      url.pathname === '/token' ? exchange(new URLSearchParams(body)) : answers[url.pathname];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer ?? {}));
  });
  issuer = server.origin;
  return server;
}
