//! Watchers of a space: viewers with an open page, who learn when it changes.

use prox_types::SpaceId;
use prox_types::durable::room::Watch;

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement, Viewers};

/// The rest of a statement that admits the viewer of `slice`.
macro_rules! admission {
    ($user:literal, $session:literal) => {
        concat!(
            r#",
written as (
  select json_build_object('organization_id', slice.organization_id, 'space_id', slice.id,
      'user_id', "#,
            $user,
            ", 'session_id', ",
            $session,
            r#",
      'head', (select q.seq from organization_sequence q where q.organization_id = slice.organization_id)
    )::text as body,
    null::int8 as version, null::text as problem
  from slice)"#
        )
    };
}

/// Admits a viewer of a space, who sees at least an item of it, to its organization's room. A space of which
/// the viewer sees nothing is not found, as one that does not exist.
#[must_use]
pub fn admit(space: SpaceId) -> Statement<Viewers, Watch> {
    statement!(
        Read: open_write!(
            actor!(),
            viewer_place!(
                "join space s on s.id = :space join organization o on o.id = s.organization_id"
            ),
            granted!(),
            slice!(),
            admission!(
                "(select actor.user_id from actor)",
                "(select actor.session_id from actor)"
            ),
            no_audience!()
        ),
        space = space,
    )
}

/// Admits the holder of a share link to the room of what it shows.
#[must_use]
pub fn admit_by_link(
    secret_hash: [u8; 32],
    visit: Option<[u8; 32]>,
) -> Statement<Anonymous, Watch> {
    statement!(
        Read: open_write!(
            link_place!(),
            granted!(),
            slice!(),
            admission!("null", "null"),
            no_audience!()
        ),
        link_hash = secret_hash,
        visit = visit.map(|hash| hash.to_vec()),
    )
}
