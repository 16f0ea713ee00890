//! Watchers of a space: viewers with an open page, who learn when it changes.

use prox_types::SpaceId;
use prox_types::durable::room::Watch;

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Statement, Viewers};

/// Admits a viewer of a space to its organization's room: a member, or anybody when the space is
/// published. A space that the viewer may not see is not found, as one that does not exist.
#[must_use]
pub fn admit(space: SpaceId) -> Statement<Viewers, Watch> {
    statement!(
        Read: open_write!(
            actor!(),
            r#",
written as (
  select json_build_object('organization_id', s.organization_id, 'space_id', s.id,
      'user_id', (select actor.user_id from actor), 'session_id', (select actor.session_id from actor),
      'head', (select q.seq from organization_sequence q where q.organization_id = s.organization_id)
    )::text as body,
    null::int8 as version, null::text as problem
  from space s
  where s.id = :space
    and (s.visibility in ('public', 'unlisted') or exists (
      select from actor join organization_user_membership m on m.user_id = actor.user_id
      where m.organization_id = s.organization_id)))"#,
            no_audience!()
        ),
        space = space,
    )
}
