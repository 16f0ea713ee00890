//! The health of the items of a space: whether their addresses answer.

use prox_types::{CheckedHealth, ItemHealth, ItemId, JsonText};

use crate::PageOf;
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// The time for which an address is not checked again.
const FRESH_TIME: &str = "5 minutes";
/// The maximum number of addresses of one check.
const MAX_CHECKS: i64 = 20;

/// An item whose address is due for a check.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct DueItem {
    /// The item.
    pub id: ItemId,
    /// Its address.
    pub url: String,
}

/// The JSON of the health in the row `$h` of the item `$id`.
macro_rules! health_json {
    ($id:literal, $h:literal) => {
        concat!(
            "json_build_object('item_id', ",
            $id,
            ", 'state', coalesce(",
            $h,
            ".state, 'unknown'),
      'status', ",
            $h,
            ".status, 'reason', ",
            $h,
            ".reason, 'checked_at', rfc3339(",
            $h,
            ".checked_at))"
        )
    };
}

/// Items `i` with an address and the last check `h` of it, which is none or too old to count.
macro_rules! due_items {
    ($space:literal) => {
        concat!(
            r#"item i left join item_health h on h.item_id = i.id and h.url = i.url
  where i.space_id = "#,
            $space,
            r#" and i.url is not null
    and (h.checked_at is null or h.checked_at <= :now - :fresh_time::interval)"#
        )
    };
}

/// Lists the health of the items with an address, in the order of their ids.
#[must_use]
pub fn list(space: &str, page: PageOf<String>) -> Statement<Tenants, Vec<ItemHealth>> {
    statement!(
        Read: tenant_list!(
            page: concat!("
  select wire_members(", health_json!("i.id", "h"), r#") as wire, i.id as key
  from allowed
  join space s on s.organization_id = allowed.id and (s.slug = :space or s.id = :space)
  join item i on i.space_id = s.id and i.url is not null
  left join item_health h on h.item_id = i.id and h.url = i.url
  where :after is null or i.id > :after order by i.id limit :limit + 1"#),
            found: r#"exists (
    select from allowed join space s on s.organization_id = allowed.id where s.slug = :space or s.id = :space)"#
        ),
        space = space.to_owned(),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads the items that are due for a check, those that were never checked first, then the oldest check.
#[must_use]
pub fn due(space: &str) -> Statement<Tenants, Vec<DueItem>> {
    statement!(
        Read: tenant_read!(concat!(
            r#"
  select (select coalesce(json_agg(json_build_object('id', d.id, 'url', d.url)), '[]') from (
    select i.id, i.url from "#,
            due_items!("s.id"),
            r#"
    order by h.checked_at nulls first, i.id limit :max_checks) d)::text as body, null::int8 as version
  from allowed join space s on s.organization_id = allowed.id and (s.slug = :space or s.id = :space)"#
        )),
        space = space.to_owned(),
        fresh_time = FRESH_TIME,
        max_checks = MAX_CHECKS,
    )
}

/// Records checks: a list of `{item_id, url, state, status, reason}`. Those of items that have another
/// address by now do not count.
#[must_use]
pub fn record(space: &str, results: JsonText) -> Statement<Tenants, CheckedHealth> {
    statement!(
        Write: tenant_write!(
            target_space!(),
            r#",
results as materialized (
  select x.* from target_space
  cross join json_to_recordset(:results::json) x(item_id text, url text, state text, status int, reason text)
  join item i on i.id = x.item_id and i.space_id = target_space.id and i.url = x.url),
before as materialized (
  select h.* from results join item_health h on h.item_id = results.item_id and h.url = results.url),
recorded as (
  insert into item_health (item_id, url, state, status, reason, checked_at)
  select results.item_id, results.url, results.state, results.status, results.reason, :now
  from results order by results.item_id
  on conflict (item_id) do update set url = excluded.url, state = excluded.state, status = excluded.status,
    reason = excluded.reason, checked_at = excluded.checked_at
  returning *),
changed as (
  select from recorded left join before on before.item_id = recorded.item_id
  where (before.state, before.status, before.reason)
    is distinct from (recorded.state, recorded.status, recorded.reason)),
written as (
  select json_build_object(
    'items', (select coalesce(json_agg("#,
            health_json!("recorded.item_id", "recorded"),
            r#" order by recorded.item_id), '[]') from recorded),
    'due', (select count(*) from "#,
            due_items!("target_space.id"),
            r#"
      and not exists (select from results where results.item_id = i.id)))::text as body,
    null::int8 as version, null::text as problem
  from target_space),
audience as (
  select target_space.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('health', target_space.id)) as keys
  from target_space where exists (select from changed))"#
        ),
        space = space.to_owned(),
        results = results,
        fresh_time = FRESH_TIME,
    )
}
