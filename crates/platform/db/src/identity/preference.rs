//! Preferences: what users set for themselves on all their devices.

use prox_types::{JsonText, Preferences, PreferencesPatch};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Actors, Statement};

/// Reads the preferences of the signed-in user.
#[must_use]
pub fn read() -> Statement<Actors, Preferences> {
    statement!(Read: actor_read!(
        r#"
  select '{"version":' || coalesce(p.version, 0) || ',"values":' || coalesce(p."values", '{}')::text || '}'
      as body, coalesce(p.version, 0) as version
  from actor left join preference p on p.user_id = actor.user_id"#
    ))
}

/// Merges a patch into the preferences of the signed-in user, when their version is one of
/// `versions` (any version when absent). The version before the first patch is 0.
///
/// The update merges into the newest row, which it locks: concurrent patches of different members
/// all hold.
#[must_use]
pub fn update(
    patch: &PreferencesPatch,
    versions: Option<Vec<i64>>,
) -> Statement<Actors, Preferences> {
    statement!(
        Write: actor_write!(
            r#",
changed as (
  insert into preference as p (user_id, "values", updated_at)
  select gate.user_id, jsonb_merge_patch('{}', :patch::jsonb), :now from gate
  where :versions is null or 0 = any(:versions)
    or exists (select from preference p where p.user_id = gate.user_id)
  on conflict (user_id) do update set version = p.version + 1, updated_at = :now,
    "values" = jsonb_merge_patch(p."values", :patch::jsonb)
  where :versions is null or p.version = any(:versions)
  returning p.user_id, p.version, p."values"),
written as (
  select '{"version":' || changed.version || ',"values":' || changed."values"::text || '}' as body,
    changed.version, null::text as problem from changed
  union all select null, null, 'stale' from gate where not exists (select from changed)),
audience as (
  select m.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('preferences', changed.user_id)) as keys
  from changed join organization_user_membership m on m.user_id = changed.user_id)"#
        ),
        patch = JsonText::from(patch),
        versions = versions,
    )
}
