// The measured endpoints as a TypeScript team would write them: Hono, one statement for each
// question, JSON built from rows. The data access is the caller's: `pg` or `postgres.js`.

import { type Context, Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { ItemRow, SpaceRow, Store } from './store';

export interface Env {
  HYPERDRIVE: Hyperdrive;
  /** What `/_prox/live.js` answers: the same bytes as ours. */
  SCRIPT: string;
}

/** Opens the store for one request: connections do not cross requests on Workers. */
type Open = (context: Context<{ Bindings: Env }>) => Store | Promise<Store>;

export function app(open: Open): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();

  const providers = { items: [{ id: 'google', name: 'Google', url: '/api/auth/google' }] };
  app.get('/api/auth/providers', (c) => c.json(providers));
  app.get('/_prox/live.js', (c) =>
    c.body(c.env.SCRIPT, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    }),
  );

  // The same again with what our every answer has: a request id, security headers, a log line.
  app.use('/dressed/*', requestId(), secureHeaders(), async (c, next) => {
    const started = Date.now();
    await next();
    console.log(
      JSON.stringify({
        request_id: c.get('requestId'),
        method: c.req.method,
        route: c.req.path,
        status: c.res.status,
        ms: Date.now() - started,
      }),
    );
  });
  app.get('/dressed/api/auth/providers', (c) => c.json(providers));

  app.get('/api/organizations/:org/spaces/:space', async (c) => {
    const access = await authorize(c, open);
    if (access instanceof Response) return access;
    const space = await access.store.space(access.organization, c.req.param('space'));
    if (!space) return c.json({ code: 'not_found' }, 404);
    c.header('etag', `"v${space.version}"`);
    return c.json(spaceView(space));
  });

  app.get('/api/organizations/:org/spaces/:space/items', async (c) => {
    const access = await authorize(c, open);
    if (access instanceof Response) return access;
    const rows = await access.store.items(access.organization, c.req.param('space'), limit(c));
    return c.json({ items: rows.map(itemView), next_cursor: null });
  });

  // The list alone, for nobody in particular: what Postgres and JSON cost without the questions
  // before it.
  app.get('/open/organizations/:org/spaces/:space/items', async (c) => {
    const store = await open(c);
    const rows = await store.items(c.req.param('org'), c.req.param('space'), limit(c));
    return c.json({ items: rows.map(itemView), next_cursor: null });
  });

  return app;
}

interface Access {
  store: Store;
  /** Its id. */
  organization: string;
}

/** The session, then the membership: two statements. */
async function authorize(
  c: Context<{ Bindings: Env }, string>,
  open: Open,
): Promise<Access | Response> {
  const [id, secret] = (c.req.header('authorization') ?? '').replace(/^Bearer /i, '').split('.');
  if (!id || !secret) return c.json({ code: 'unauthenticated' }, 401);
  const [store, hash] = await Promise.all([
    open(c),
    crypto.subtle.digest('SHA-256', Buffer.from(secret, 'base64url')),
  ]);
  const session = await store.session(id, Buffer.from(hash));
  if (!session) return c.json({ code: 'unauthenticated' }, 401);
  const membership = await store.membership(session.user_id, c.req.param('org') ?? '');
  if (!membership) return c.json({ code: 'not_found' }, 404);
  return { store, organization: membership.organization_id };
}

function limit(c: Context): number {
  return Math.min(Math.max(Number(c.req.query('limit') ?? 50), 1), 200);
}

function spaceView(row: SpaceRow) {
  return {
    id: row.id,
    organization_id: row.organization_id,
    slug: row.slug,
    title: row.title,
    description: row.description,
    visibility: row.visibility,
    accent: row.accent,
    cover: row.cover,
    theme: row.theme,
    version: Number(row.version),
    item_count: Number(row.item_count),
    published_at: row.published_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function itemView(row: ItemRow) {
  return {
    id: row.id,
    space_id: row.space_id,
    kind: row.kind,
    widget: row.widget,
    title: row.title,
    description: row.description,
    url: row.url,
    body: row.body,
    icon: row.icon,
    tags: row.tags,
    mode: row.mode,
    reasons: row.reasons,
    size: row.size,
    color: row.color,
    visibility: row.visibility,
    // What an owner may do; without the question of grants, which ours answers.
    level: 'manage',
    folder_id: row.folder_id,
    position: row.position,
    version: Number(row.version),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
