// Hono + pg, a client for each request, as Hyperdrive's documentation shows it.

import { Client } from 'pg';
import { app } from './app';
import type { ItemRow, SpaceRow, Store } from './store';

export default app(async (c) => {
  const client = new Client({ connectionString: c.env.HYPERDRIVE.connectionString });
  await client.connect();
  return store(client);
});

function store(client: Client): Store {
  return {
    async session(id, secretHash) {
      const { rows } = await client.query<{ user_id: string }>(
        `select s.user_id from session s
         where s.id = $1 and s.secret_hash = $2 and s.revoked_at is null and s.expires_at > now()`,
        [id, secretHash],
      );
      return rows[0];
    },
    async membership(user, organization) {
      const { rows } = await client.query<{ organization_id: string }>(
        `select m.organization_id from organization_user_membership m
         join organization o on o.id = m.organization_id
         where m.user_id = $1 and (o.slug = $2 or o.id = $2)`,
        [user, organization],
      );
      return rows[0];
    },
    async space(organization, slug) {
      const { rows } = await client.query<SpaceRow>(
        `select s.*, (select count(*) from item i where i.space_id = s.id) as item_count
         from space s where s.organization_id = $1 and (s.slug = $2 or s.id = $2)`,
        [organization, slug],
      );
      return rows[0];
    },
    async items(organization, space, limit) {
      const { rows } = await client.query<ItemRow>(
        `select i.* from item i join space s on s.id = i.space_id
         where s.organization_id = $1 and (s.slug = $2 or s.id = $2)
         order by i.position, i.id limit $3`,
        [organization, space, limit],
      );
      return rows;
    },
  };
}
