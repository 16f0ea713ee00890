// The data that is measured over: a person with a home, a list of 200, an organization to write in.
// A release has no development sign-in, so the session comes by SQL; all the rest goes through the
// API like anybody's.

import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../scripts/lib/migrate.mjs';
import { fillHome } from '../../scripts/lib/seed.mjs';

export const HANDLE = 'ada';
export const LIST_SIZE = 200;

/**
 * @typedef {object} Person
 * @property {string} organization its id
 * @property {Record<string, string>} headers of a signed-in request
 */

/**
 * Makes a database of its own on the server, and migrates it.
 * @param {string} serverUrl
 * @returns {Promise<{ url: string, drop: () => Promise<void> }>}
 */
export async function createDatabase(serverUrl) {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await query(serverUrl, `create database ${name}`);
  await migrate({ databaseUrl: url.href });
  return {
    url: url.href,
    drop: () => query(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

/**
 * @param {string} databaseUrl
 * @param {string} sql
 * @param {unknown[]} [values]
 */
async function query(databaseUrl, sql, values) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

/**
 * A person who is signed in, with their organization.
 * @param {string} databaseUrl
 * @param {string} handle
 * @returns {Promise<Person>}
 */
export async function createPerson(databaseUrl, handle) {
  const [user, organization, member, instance, session] = /** @type {const} */ ([
    'usr',
    'org',
    'member',
    'inst',
    'ses',
  ]).map(id);
  const secret = randomBytes(32);
  await query(
    databaseUrl,
    `with person as (
      insert into "user" (id, email, email_verified, name, created_at, updated_at)
      values ($1, $7 || '@example.com', true, $7, now(), now()) returning id),
    home as (
      insert into organization (id, slug, name, personal_user_id, created_at, updated_at)
      select $2, $7, $7, id, now(), now() from person returning id),
    sequence as (insert into organization_sequence (organization_id) select id from home),
    membership as (
      insert into organization_user_membership (id, organization_id, user_id, role, created_at, updated_at)
      select $3, h.id, p.id, 'owner', now(), now() from home h, person p),
    instance as (
      insert into instance (id, organization_id, slug, name, created_at, updated_at)
      select $4, id, 'main', 'Main', now(), now() from home)
    insert into session (id, user_id, secret_hash, provider, created_at, expires_at)
    select $5, id, $6, 'google', now(), now() + interval '1 day' from person`,
    [
      user,
      organization,
      member,
      instance,
      session,
      createHash('sha256').update(secret).digest(),
      handle,
    ],
  );
  const token = `${session}.${secret.toString('base64url')}`;
  return { organization: String(organization), headers: { authorization: `Bearer ${token}` } };
}

/**
 * The person's public home, out of the demo, and the spaces `list` and `board`.
 * @param {string} origin of the API
 * @param {Person} person
 */
export async function fill(origin, person) {
  const api = (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {unknown} */ body,
  ) => ask(origin, person, method, path, body);
  await fillHome(api);
  const spaces = `/api/organizations/${HANDLE}/spaces`;
  for (const slug of ['list', 'board']) {
    await api('POST', spaces, { title: `A ${slug}`, description: 'For measuring.', slug });
  }
  for (let i = 0; i < LIST_SIZE; i++) {
    await api('POST', `${spaces}/list/items`, {
      kind: 'link',
      title: `Entry ${i}`,
      description: 'A place on the map, with a line of text about why it is there.',
      url: `https://example.com/places/${i}`,
      tags: ['maps', 'places'],
    });
  }
}

/**
 * One call of the API as a person.
 * @param {string} origin
 * @param {Person} person
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
export async function ask(origin, { headers }, method, path, body) {
  const response = await fetch(origin + path, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  }
  return response.status === 204 ? undefined : response.json();
}

/**
 * A TypeID.
 * @param {string} prefix
 */
function id(prefix) {
  const digits = '0123456789abcdefghjkmnpqrstvwxyz';
  const suffix = Array.from(randomBytes(25), (byte) => digits[byte & 31]);
  return `${prefix}_0${suffix.join('')}`;
}
