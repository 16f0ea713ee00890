// Hono + postgres.js, with the options of Hyperdrive's documentation; arrays travel as JSON because
// `fetch_types: false` saves the round trip in which the driver would learn their types.

import postgres from 'postgres';
import { app } from './app';
import type { ItemRow, SpaceRow, Store } from './store';

export default app((c) =>
  store(postgres(c.env.HYPERDRIVE.connectionString, { max: 5, fetch_types: false })),
);

function store(sql: postgres.Sql): Store {
  return {
    async session(id, secretHash) {
      const rows = await sql<{ user_id: string }[]>`
        select s.user_id from session s
        where s.id = ${id} and s.secret_hash = ${secretHash}
          and s.revoked_at is null and s.expires_at > now()`;
      return rows[0];
    },
    async membership(user, organization) {
      const rows = await sql<{ organization_id: string }[]>`
        select m.organization_id from organization_user_membership m
        join organization o on o.id = m.organization_id
        where m.user_id = ${user} and (o.slug = ${organization} or o.id = ${organization})`;
      return rows[0];
    },
    async space(organization, slug) {
      const rows = await sql<SpaceRow[]>`
        select s.*, (select count(*) from item i where i.space_id = s.id) as item_count
        from space s where s.organization_id = ${organization} and (s.slug = ${slug} or s.id = ${slug})`;
      return rows[0];
    },
    async items(organization, space, limit) {
      return sql<ItemRow[]>`
        select i.*, to_json(i.tags) as tags, to_json(i.reasons) as reasons
        from item i join space s on s.id = i.space_id
        where s.organization_id = ${organization} and (s.slug = ${space} or s.id = ${space})
        order by i.position, i.id limit ${limit}`;
    },
  };
}
