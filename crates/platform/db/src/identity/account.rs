//! People, their sessions, and the proofs by which they sign in.

use prox_types::{AccountId, Me, Session, SessionId, Timestamp, UpdateMe, UserId, VerificationId};

use crate::PageOf;
use crate::organization::{NewOrganization, found_organization, free_slug};
use crate::statement::{Actors, Anonymous, Statement, *};

/// The user `u` through the session `$session`.
macro_rules! me_json {
    ($handle:expr, $session:literal) => {
        concat!(
            "json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'image', u.image, 'role', u.role, 'handle', ",
            $handle, ", 'session_id', ", $session, ", 'created_at', rfc3339(u.created_at))"
        )
    };
}

macro_rules! handle {
    () => {
        "(select o.slug from organization o where o.personal_user_id = u.id)"
    };
}

/// Everything that a first sign-in makes and every sign-in does, for `person(user_id, name)`:
/// the personal organization when there is none, and the session.
macro_rules! arrive {
    () => {
        concat!(
            free_slug!("$12"), ",\n",
            "founded as (insert into organization (id, slug, name, personal_user_id, created_at, updated_at)",
            " select $9, free.slug, p.name, p.user_id, $3, $3 from person p, free",
            " where not exists (select from organization o where o.personal_user_id = p.user_id) returning id, slug),\n",
            found_organization!("$10", "$11", "select user_id from person"), ",\n",
            "entry as (insert into session (id, user_id, secret_hash, provider, user_agent, created_at, expires_at)",
            " select $13, p.user_id, $14, $15, $16, $3, $17 from person p returning id)"
        )
    };
}

/// What a sign-in makes.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// For a person who is new.
    pub user: UserId,
    /// For the personal organization of a person who has none.
    pub organization: NewOrganization,
    /// Handles to try, in order.
    pub handles: Vec<String>,
    /// The session.
    pub session: SessionId,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// The browser's own words.
    pub user_agent: Option<String>,
    /// When the session ends by itself.
    pub expires_at: Timestamp,
}

impl Arrival {
    fn bind<S: Scope, T>(self, statement: Statement<S, T>, provider: &str) -> Statement<S, T> {
        statement
            .text(self.user.to_string())
            .text(self.organization.id.to_string())
            .text(self.organization.member.to_string())
            .text(self.organization.instance.to_string())
            .texts(self.handles)
            .text(self.session.to_string())
            .bytes(self.secret_hash)
            .text(provider)
            .maybe_text(self.user_agent)
            .time(self.expires_at)
    }
}

/// Who a provider says has signed in. The address is verified by the provider.
#[derive(Clone, Debug)]
pub struct GoogleIdentity {
    /// For the link, when it is new.
    pub account: AccountId,
    /// Google's stable id of the person.
    pub subject: String,
    /// Lower case.
    pub email: String,
    /// Display name.
    pub name: String,
    /// URL of a picture.
    pub image: Option<String>,
}

/// The signed-in person.
#[must_use]
pub fn me() -> Statement<Actors, Me> {
    Statement::read(actor_read!(concat!(
        "select ",
        me_json!(handle!(), "a.session_id"),
        " as body, null::int8 as version from actor a join \"user\" u on u.id = a.user_id"
    )))
}

/// Renames the signed-in person, everywhere where they show.
#[must_use]
pub fn update_me(body: UpdateMe) -> Statement<Actors, Me> {
    Statement::write(actor_write!(concat!(
        "u as (update \"user\" u set name = coalesce($8, u.name), updated_at = $3 from gate g where u.id = g.user_id returning u.*),\n",
        "written as (select ", me_json!(handle!(), "(select session_id from gate)"), " as body, null::int8 as version, null::text as problem from u),\n",
        "audience as (select m.organization_id, jsonb_build_array(jsonb_build_array('me', u.id), jsonb_build_array('members', m.organization_id)) as keys,",
        " null::jsonb as close from u join organization_user_membership m on m.user_id = u.id)"
    )))
    .maybe_text(body.name)
}

/// The signed-in person's live sessions, newest first.
#[must_use]
pub fn sessions(page: PageOf<String>) -> Statement<Actors, Vec<Session>> {
    Statement::read(actor_list!(
        "select json_build_object('id', s.id, 'current', s.id = a.session_id, 'provider', s.provider, 'user_agent', s.user_agent,
    'created_at', rfc3339(s.created_at), 'expires_at', rfc3339(s.expires_at)) as body, s.id as key
  from actor a join session s on s.user_id = a.user_id
  where s.revoked_at is null and s.expires_at > $3 and ($9::text is null or s.id < $9) order by s.id desc limit $8 + 1",
        "true"
    ))
    .int(page.limit)
    .maybe_text(page.after)
}

/// Ends a session of the signed-in person, and its sockets; the current one when `id` is absent.
#[must_use]
pub fn revoke_session(id: Option<SessionId>) -> Statement<Actors, ()> {
    Statement::write(actor_write!(
        "ended as (update session s set revoked_at = $3 from gate g
  where s.user_id = g.user_id and s.id = coalesce($8, g.session_id) and s.revoked_at is null returning s.id, s.user_id),
written as (select 'null'::json as body, null::int8 as version, null::text as problem from ended),
audience as (select m.organization_id, '[]'::jsonb as keys, jsonb_build_object('session', e.id) as close
  from ended e join organization_user_membership m on m.user_id = e.user_id)"
    ))
    .maybe_text(id.map(|id| id.to_string()))
}

/// Signs a person in by address alone. For development and tests.
#[must_use]
pub fn development_sign_in(
    arrival: Arrival,
    email: String,
    name: String,
) -> Statement<Anonymous, Me> {
    let statement = Statement::write(open_write!(concat!(
        "found as (select u.* from \"user\" u where u.email = $18),\n",
        "made as (insert into \"user\" (id, email, email_verified, name, created_at, updated_at)",
        " select $8, $18, true, $19, $3, $3 where not exists (select from found) returning *),\n",
        "u as (select * from found union all select * from made),\n",
        "person as (select u.id as user_id, u.name from u),\n",
        arrive!(),
        ",\n",
        "written as (select ",
        me_json!(
            concat!("coalesce((select slug from founded), ", handle!(), ")"),
            "$13::text"
        ),
        " as body, null::int8 as version, null::text as problem from u),\n",
        no_audience!()
    )));
    arrival
        .bind(statement, "development")
        .text(email)
        .text(name)
}

/// Signs a person in whom Google vouches for. They are known by `sub`; a new `sub` joins the
/// person with its verified address, unless that person has another Google account already.
/// A row that nobody proved to own is adopted, and loses its sessions and links.
#[must_use]
pub fn google_sign_in(arrival: Arrival, identity: GoogleIdentity) -> Statement<Anonymous, Me> {
    let statement = Statement::write(open_write!(concat!(
        "linked as (select u.* from account a join \"user\" u on u.id = a.user_id where a.provider = 'google' and a.external_id = $19),\n",
        "same_address as (select u.* from \"user\" u where u.email = $20 and not exists (select from linked)),\n",
        "taken as (select 1 from same_address s join account a on a.user_id = s.id and a.provider = 'google' where s.email_verified),\n",
        "ended as (update session s set revoked_at = $3 from same_address f where s.user_id = f.id and not f.email_verified and s.revoked_at is null),\n",
        "unlinked as (delete from account a using same_address f where a.user_id = f.id and not f.email_verified and a.provider <> 'slack-bot'),\n",
        "adopted as (update \"user\" u set email_verified = true, name = $21, image = $22, updated_at = $3",
        " from same_address f where u.id = f.id and not f.email_verified returning u.*),\n",
        "made as (insert into \"user\" (id, email, email_verified, name, image, created_at, updated_at)",
        " select $8, $20, true, $21, $22, $3, $3 where not exists (select from linked) and not exists (select from same_address) returning *),\n",
        "u as (select * from linked union all select * from made union all select * from adopted",
        " union all select * from same_address where email_verified and not exists (select from taken)),\n",
        "person as (select u.id as user_id, u.name from u),\n",
        "link as (insert into account (id, user_id, provider, external_id, name, created_at, updated_at)",
        " select $18, p.user_id, 'google', $19, $20, $3, $3 from person p where not exists (select from linked)),\n",
        arrive!(),
        ",\n",
        "written as (select ",
        me_json!(
            concat!("coalesce((select slug from founded), ", handle!(), ")"),
            "$13::text"
        ),
        " as body, null::int8 as version, null::text as problem from u",
        " union all select null, null, 'conflict' from taken),\n",
        no_audience!()
    )));
    arrival
        .bind(statement, "google")
        .text(identity.account.to_string())
        .text(identity.subject)
        .text(identity.email)
        .text(identity.name)
        .maybe_text(identity.image)
}

/// Keeps a state that a provider will hand back.
#[must_use]
pub fn begin_google_sign_in(
    id: VerificationId,
    state_hash: [u8; 32],
    data: &serde_json::Value,
    expires_at: Timestamp,
) -> Statement<Anonymous, ()> {
    Statement::write(open_write!(concat!(
        "kept as (insert into verification (id, purpose, secret_hash, data, created_at, expires_at)",
        " values ($8, 'google-sign-in', $9, $10::jsonb, $3, $11) returning id),\n",
        "written as (select 'null'::json as body, null::int8 as version, null::text as problem from kept),\n",
        no_audience!()
    )))
    .text(id.to_string())
    .bytes(state_hash)
    .json(data)
    .time(expires_at)
}

/// Spends such a state, once, and answers what was kept with it.
#[must_use]
pub fn spend_google_state(state_hash: [u8; 32]) -> Statement<Anonymous, serde_json::Value> {
    Statement::write(open_write!(concat!(
        "spent as (update verification v set used_at = $3 where v.secret_hash = $8 and v.purpose = 'google-sign-in'",
        " and v.used_at is null and v.expires_at > $3 returning v.data),\n",
        "written as (select s.data::json as body, null::int8 as version, null::text as problem from spent s),\n",
        no_audience!()
    )))
    .bytes(state_hash)
}
