//! Users, their sessions, and the state of sign-ins.

use prox_types::{
    AccountId, JsonText, Me, Session, SessionId, Timestamp, UpdateMe, UserId, VerificationId,
};

use crate::PageOf;
use crate::frame::*;
use crate::identity::organization::{NewOrganization, new_organization};
use crate::search::{EntryTerms, entry_statement, update_entry};
use crate::sql::statement;
use crate::statement::{Actors, Anonymous, Statement, Viewers};

/// The JSON of the user `u`, signed in through `$session`.
macro_rules! me_json {
    ($handle:expr, $session:literal) => {
        concat!(
            r#"json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'image', u.image,
    'role', u.role, 'handle', "#,
            $handle,
            ", 'session_id', ",
            $session,
            ", 'created_at', rfc3339(u.created_at))::text"
        )
    };
}

/// The slug of the personal organization of the user `u`.
macro_rules! handle {
    () => {
        "(select o.slug from organization o where o.personal_user_id = u.id)"
    };
}

/// The CTEs of every sign-in for `person(user_id, name)`: they add the session, the search entry of
/// `added(id)`, a new user, and the personal organization when there is none; and they end the
/// session of `actor`, which the new one replaces in the browser.
macro_rules! sign_in_ctes {
    () => {
        concat!(
            r#",
free as (
  select c.slug from unnest(:handles) with ordinality c(slug, place)
  where not exists (select from organization o where o.slug = c.slug)
    and not exists (select from former_slug f where f.slug = c.slug and f.held_until > :now)
  order by c.place limit 1),
newcomer as (
  select person.* from person
  where not exists (select from organization o where o.personal_user_id = person.user_id)),
first_choice as (
  insert into organization (id, slug, name, personal_user_id, created_at, updated_at)
  select :new_organization, free.slug, newcomer.name, newcomer.user_id, :now, :now from newcomer, free
  on conflict (slug) do nothing returning id, slug),
last_choice as (
  insert into organization (id, slug, name, personal_user_id, created_at, updated_at)
  select :new_organization, (:handles)[cardinality(:handles)], newcomer.name, newcomer.user_id, :now, :now
  from newcomer where not exists (select from first_choice) returning id, slug),
founded as (select * from first_choice union all select * from last_choice)"#,
            new_organization!("(select user_id from person)"),
            r#",
user_indexed as (
  insert into search_entry (id, kind, head, updated_at, stale)
  select added.id, 'member', :user_terms::tsvector, :now, false from added),
entry as (
  insert into session (id, user_id, secret_hash, provider, user_agent, created_at, expires_at)
  select :new_session, person.user_id, :new_secret_hash, :provider, :user_agent, :now, :expires_at
  from person returning id),
ended as (
  update session ses set revoked_at = :now from actor, person
  where ses.id = actor.session_id and ses.revoked_at is null
  returning ses.id, ses.user_id)"#
        )
    };
}

/// `audience`: closes the sockets of the session `ended` in every organization of its user, and in those that
/// granted something to the user or to one of the user's organizations.
macro_rules! ended_session_audience {
    () => {
        r#",
audience as (
  select reached.organization_id, '[]'::jsonb as keys, jsonb_build_object('session', ended.id) as close
  from ended cross join lateral (
    select m.organization_id from organization_user_membership m where m.user_id = ended.user_id
    union
    select s.organization_id from "grant" g join space s on s.id = g.space_id where g.user_id = ended.user_id
    union
    select s.organization_id
    from "user" mine join "grant" g on g.email = mine.email join space s on s.id = g.space_id
    where mine.id = ended.user_id and mine.email_verified
    union
    select s.organization_id
    from organization_user_membership m join "grant" g on g.to_organization_id = m.organization_id
    join space s on s.id = g.space_id where m.user_id = ended.user_id) reached)"#
    };
}

/// `written`: the JSON of the user `u` after a sign-in, followed by `$more`.
macro_rules! signed_in_user {
    ($more:literal) => {
        concat!(
            ",\nwritten as (select ",
            me_json!(
                concat!("coalesce((select slug from founded), ", handle!(), ")"),
                ":new_session"
            ),
            " as body, null::int8 as version, null::text as problem from u",
            $more,
            ")"
        )
    };
}

/// A sign-in by a provider: binds the fields of a [`SignIn`] in addition to its own parameters.
macro_rules! sign_in_statement {
    ($sql:expr, $sign_in:ident, $provider:literal, $($name:ident = $value:expr),+ $(,)?) => {
        statement!(
            Write: $sql,
            $($name = $value,)+
            provider = $provider,
            new_user = $sign_in.user,
            new_organization = $sign_in.organization.id,
            new_member = $sign_in.organization.member,
            new_instance = $sign_in.organization.instance,
            instance_terms = $sign_in.organization.instance_terms.head(),
            user_terms = $sign_in.user_terms.head(),
            handles = $sign_in.handles,
            new_session = $sign_in.session,
            new_secret_hash = $sign_in.secret_hash,
            user_agent = $sign_in.user_agent,
            expires_at = $sign_in.expires_at,
        )
    };
}

/// What every sign-in stores: the session, and the rows of a new user.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The id of a new user.
    pub user: UserId,
    /// The lexemes of a new user.
    pub user_terms: EntryTerms,
    /// The ids of a new user's personal organization.
    pub organization: NewOrganization,
    /// Candidates for the handle, in order. The last one is random enough to be free.
    pub handles: Vec<String>,
    /// The id of the new session.
    pub session: SessionId,
    /// SHA-256 of the secret of the session.
    pub secret_hash: [u8; 32],
    /// The `User-Agent` of the browser.
    pub user_agent: Option<String>,
    /// The time at which the session expires.
    pub expires_at: Timestamp,
}

/// The identity of a user at Google, which has verified the email address.
#[derive(Clone, Debug)]
pub struct GoogleIdentity {
    /// The id of a new account.
    pub account: AccountId,
    /// Google's stable id of the user (`sub`).
    pub subject: String,
    /// The email address in lower case.
    pub email: String,
    /// The display name.
    pub name: String,
    /// The URL of a picture.
    pub image: Option<String>,
}

/// Reads the signed-in user.
#[must_use]
pub fn me() -> Statement<Actors, Me> {
    statement!(Read: actor_read!(concat!(
        "select ",
        me_json!(handle!(), "actor.session_id"),
        r#" as body, null::int8 as version
    from actor join "user" u on u.id = actor.user_id"#
    )))
}

/// Renames the signed-in user, also in the member lists of their organizations.
#[must_use]
pub fn update_me(body: UpdateMe, terms: &EntryTerms) -> Statement<Actors, Me> {
    entry_statement!(
        actor_write!(
            r#",
u as (
  update "user" u set name = coalesce(:name, u.name), updated_at = :now
  from gate where u.id = gate.user_id returning u.*),
changed as (select u.id from u)"#,
            update_entry!(),
            r#",
written as (select "#,
            me_json!(handle!(), "(select session_id from gate)"),
            r#" as body, null::int8 as version, null::text as problem from u),
audience as (
  select m.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('me', u.id), jsonb_build_array('members', m.organization_id)) as keys
  from u join organization_user_membership m on m.user_id = u.id)"#
        ),
        terms.vectors(),
        name = body.name,
    )
}

/// Lists the active sessions of the signed-in user, newest first.
#[must_use]
pub fn sessions(page: PageOf<String>) -> Statement<Actors, Vec<Session>> {
    statement!(
        Read: actor_list!(
            page: r#"
  select ses.wire, ses.id = actor.session_id as current, ses.id as key
  from actor join session ses on ses.user_id = actor.user_id
  where ses.revoked_at is null and ses.expires_at > :now and (:after is null or ses.id < :after)
  order by ses.id desc limit :limit + 1"#,
            allowed: "true",
            members: r#"page.wire || ',"current":' || page.current"#,
            bytes: "octet_length(page.wire)"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Revokes a session of the signed-in user and closes its sockets; the current one when `id`
/// is absent.
#[must_use]
pub fn revoke_session(id: Option<SessionId>) -> Statement<Actors, ()> {
    statement!(
        Write: actor_write!(
            r#",
ended as (
  update session ses set revoked_at = :now from gate
  where ses.user_id = gate.user_id and ses.id = coalesce(:id, gate.session_id) and ses.revoked_at is null
  returning ses.id, ses.user_id),
written as (select 'null' as body, null::int8 as version, null::text as problem from ended)"#,
            ended_session_audience!()
        ),
        id = id,
    )
}

/// Signs a user in by email address alone, for development and tests. Ends the session of the caller.
#[must_use]
pub fn development_sign_in(sign_in: SignIn, email: String, name: String) -> Statement<Viewers, Me> {
    sign_in_statement!(
        open_write!(
            actor!(),
            r#",
found as (select u.* from "user" u where u.email = :email),
added as (
  insert into "user" (id, email, email_verified, name, created_at, updated_at)
  select :new_user, :email, true, :name, :now, :now where not exists (select from found) returning *),
u as (select * from found union all select * from added),
person as (select u.id as user_id, u.name from u)"#,
            sign_in_ctes!(),
            signed_in_user!(""),
            ended_session_audience!()
        ),
        sign_in,
        "development",
        email = email,
        name = name,
    )
}

/// Signs in the user of a Google account, whose `sub` identifies the user. A new `sub` is linked to
/// the user with the same email address, unless that user has another Google account. A user with
/// an unverified address is taken over, and loses its sessions and linked accounts. Ends the session
/// of the caller.
#[must_use]
pub fn google_sign_in(sign_in: SignIn, identity: GoogleIdentity) -> Statement<Viewers, Me> {
    sign_in_statement!(
        open_write!(
            actor!(),
            r#",
linked as (
  select u.* from account a join "user" u on u.id = a.user_id
  where a.provider = 'google' and a.external_id = :subject),
same_address as (
  select u.* from "user" u where u.email = :email and not exists (select from linked)),
taken as (
  select 1 from same_address s join account a on a.user_id = s.id and a.provider = 'google'
  where s.email_verified),
revoked as (
  update session ses set revoked_at = :now from same_address s
  where ses.user_id = s.id and not s.email_verified and ses.revoked_at is null
    and not exists (select from actor where actor.session_id = ses.id)),
unlinked as (
  delete from account a using same_address s
  where a.user_id = s.id and not s.email_verified and a.provider <> 'slack-bot'),
adopted as (
  update "user" u set email_verified = true, name = :name, image = :image, updated_at = :now
  from same_address s where u.id = s.id and not s.email_verified returning u.*),
added as (
  insert into "user" (id, email, email_verified, name, image, created_at, updated_at)
  select :new_user, :email, true, :name, :image, :now, :now
  where not exists (select from linked) and not exists (select from same_address) returning *),
u as (
  select * from linked union all select * from added union all select * from adopted
  union all select * from same_address where email_verified and not exists (select from taken)),
person as (select u.id as user_id, u.name from u),
link as (
  insert into account (id, user_id, provider, external_id, name, created_at, updated_at)
  select :account, person.user_id, 'google', :subject, :email, :now, :now
  from person where not exists (select from linked))"#,
            sign_in_ctes!(),
            signed_in_user!("\n    union all select null, null, 'conflict' from taken"),
            ended_session_audience!()
        ),
        sign_in,
        "google",
        account = identity.account,
        subject = identity.subject,
        email = identity.email,
        name = identity.name,
        image = identity.image,
    )
}

/// Stores the state of a Google sign-in, which Google sends back.
#[must_use]
pub fn begin_google_sign_in(
    id: VerificationId,
    state_hash: [u8; 32],
    data: &serde_json::Value,
    expires_at: Timestamp,
) -> Statement<Anonymous, ()> {
    statement!(
        Write: open_write!(
            r#"
kept as (
  insert into verification (id, purpose, secret_hash, data, created_at, expires_at)
  values (:id, 'google-sign-in', :state_hash, :data::jsonb, :now, :expires_at) returning id),
written as (select 'null' as body, null::int8 as version, null::text as problem from kept)"#,
            no_audience!()
        ),
        id = id,
        state_hash = state_hash,
        data = JsonText::from(data),
        expires_at = expires_at,
    )
}

/// Uses up the state of a Google sign-in and returns what was stored with it. A state works once.
#[must_use]
pub fn consume_google_state(state_hash: [u8; 32]) -> Statement<Anonymous, serde_json::Value> {
    statement!(
        Write: open_write!(
            r#"
spent as (
  update verification v set used_at = :now
  where v.secret_hash = :state_hash and v.purpose = 'google-sign-in'
    and v.used_at is null and v.expires_at > :now returning v.data),
written as (select spent.data::text as body, null::int8 as version, null::text as problem from spent)"#,
            no_audience!()
        ),
        state_hash = state_hash,
    )
}
