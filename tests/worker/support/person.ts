// A person with a session who uses the public API as a browser does.

import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../../harness/database.ts';
import { type Answer, ask } from './http.ts';
import { Listener } from './listener.ts';

export class Person {
  private constructor(
    readonly origin: string,
    readonly cookie: string,
    readonly id: string,
    readonly handle: string,
    readonly sessionId: string,
  ) {}

  /** Signs in with the development sign-in. */
  static async signIn(origin: string, email: string): Promise<Person> {
    const answer = await ask(origin, '/api/auth/dev', {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.text}`);
    const cookie = answer.header('set-cookie')?.split(';')[0] ?? '';
    const { id, handle, session_id } = answer.json();
    return new Person(origin, cookie, id, handle, session_id);
  }

  /**
   * Another session of a person who is in the database already, written directly into it: a
   * release build has no sign-in without a provider.
   */
  static async withSession(origin: string, database: Database, email: string): Promise<Person> {
    const secret = randomBytes(32);
    const sessionId = newId('ses');
    const [user] = await database.query<{ id: string; handle: string }>(
      `select u.id, o.slug as handle from "user" u
       join organization o on o.personal_user_id = u.id where u.email = $1`,
      [email],
    );
    if (!user) throw new Error(`nobody has the address ${email}`);
    await database.query(
      `insert into session (id, user_id, secret_hash, provider, created_at, expires_at)
       values ($1, $2, $3, 'development', now(), now() + interval '1 hour')`,
      [sessionId, user.id, createHash('sha256').update(secret).digest()],
    );
    const cookie = `prox=${sessionId}.${secret.toString('base64url')}`;
    return new Person(origin, cookie, user.id, user.handle, sessionId);
  }

  call(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    return ask(this.origin, path, {
      method,
      headers: { cookie: this.cookie, origin: this.origin, ...type, ...headers },
      ...json,
    });
  }

  /** A call that must succeed. Returns its JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came, and fails on the rest
  async does(method: string, path: string, body?: unknown, headers = {}): Promise<any> {
    const answer = await this.call(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text === '' ? undefined : answer.json();
  }

  /** Posts a file, which must succeed. Returns its JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async upload(path: string, body: string): Promise<any> {
    const answer = await ask(this.origin, path, {
      method: 'POST',
      headers: { cookie: this.cookie, origin: this.origin, 'content-type': 'text/csv' },
      body,
    });
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return answer.json();
  }

  async createOrganization(name: string): Promise<{ id: string; slug: string }> {
    return this.does('POST', '/api/organizations', { name });
  }

  /** Opens the organization's socket; `headers` replace those of a browser. */
  listen(organization: string, query = '', headers: Record<string, string> = {}) {
    const address = this.origin.replace('http', 'ws');
    return Listener.open(`${address}/api/organizations/${organization}/socket${query}`, {
      cookie: this.cookie,
      origin: this.origin,
      ...headers,
    });
  }
}

/** A fresh TypeID (UUIDv7 in Crockford's base32). */
export function newId(prefix: string): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = '0123456789abcdefghjkmnpqrstvwxyz'.charAt(Number(rest & 31n)) + text;
    rest >>= 5n;
  }
  return `${prefix}_${text}`;
}
