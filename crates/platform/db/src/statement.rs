//! Statements as values, and the SQL that surrounds each of them.
//!
//! Parameters 1–7 belong to the surroundings, a statement's own begin at `$8`:
//!
//! | | |
//! | --- | --- |
//! | `$1` `$2` | session id, SHA-256 of its secret |
//! | `$3` | now |
//! | `$4` `$5` | organization (slug or id), least role rank |
//! | `$6` `$7` | idempotency key or null, SHA-256 of the request |

use std::marker::PhantomData;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prox_types::{OrganizationId, Role, SessionId, Timestamp};
use serde::de::DeserializeOwned;
use tokio_postgres::types::{ToSql, Type};

use crate::answer::Answer;
#[cfg(debug_assertions)]
use crate::answer::read_body;
use crate::error::DbError;

/// Who may run a statement: one of the three below.
pub trait Scope: Send + Sync + 'static {}

/// Runs for a signed-in person.
#[derive(Debug)]
pub struct Actors;
/// Runs for a member of one organization.
#[derive(Debug)]
pub struct Tenants;
/// Runs for nobody in particular: public pages, sign-in, webhooks, operations.
/// Such a statement authorizes by its own `where`.
#[derive(Debug)]
pub struct Anonymous;

impl Scope for Actors {}
impl Scope for Tenants {}
impl Scope for Anonymous {}

/// A session as the request proves it: checked by the statement that uses it.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Which session.
    pub session_id: SessionId,
    /// SHA-256 of the secret that the request carried.
    pub secret_hash: [u8; 32],
}

/// An actor in an organization, with the role that the operation asks for.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Who asks.
    pub actor: Actor,
    /// Slug or id, as in the path.
    pub organization: String,
    /// The least role that may.
    pub role: Role,
}

/// A write's protection against being done twice.
#[derive(Clone, Debug, Default)]
pub struct Idempotency {
    /// The client's `Idempotency-Key`.
    pub key: Option<String>,
    /// SHA-256 over method, path and body.
    pub request_hash: Vec<u8>,
}

/// Whether a statement changes anything. Reads may be repeated blindly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Changes nothing.
    Read,
    /// Changes something.
    Write,
}

/// Which part of a list.
#[derive(Clone, Debug)]
pub struct PageOf<After> {
    /// How many, 1–200.
    pub limit: i64,
    /// The last entry of the page before.
    pub after: Option<After>,
}

pub(crate) type Parameter = (Box<dyn ToSql + Sync + Send>, Type);

/// Says whether a body is what its statement promises.
type Check = fn(&str) -> Result<(), DbError>;

/// One statement that answers one row with a JSON body of type `T`.
pub struct Statement<S: Scope, T> {
    sql: &'static str,
    access: Access,
    own: Vec<Parameter>,
    check: Check,
    shape: PhantomData<fn() -> (S, T)>,
}

/// Stands for a body whose type is set aside, so that whatever runs statements is there
/// once, and not once for each type.
#[derive(Debug)]
pub struct Erased;

/// Gives an answer its statement's type back.
pub struct Shape<T>(PhantomData<fn() -> T>);

impl<T> Shape<T> {
    /// The answer as its statement promised it.
    #[must_use]
    pub fn restore(self, answer: Answer<Erased>) -> Answer<T> {
        answer.shaped()
    }
}

/// A statement with its scope named: ready to run, as often as needed.
pub struct Bound<T> {
    pub(crate) sql: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) check: Check,
    access: Access,
    shape: PhantomData<fn() -> T>,
}

impl<T> Bound<T> {
    /// Whether it changes anything.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }
}

impl<T> Statement<Actors, T> {
    /// For a signed-in person.
    #[must_use]
    pub fn for_actor(self, actor: &Actor, now: Timestamp, idempotency: Idempotency) -> Bound<T> {
        self.within(context_params(Some(actor), None, now, idempotency))
    }
}

impl<T> Statement<Tenants, T> {
    /// For a member of an organization.
    #[must_use]
    pub fn for_tenant(self, tenant: &Tenant, now: Timestamp, idempotency: Idempotency) -> Bound<T> {
        let organization = Some((tenant.organization.as_str(), tenant.role));
        self.within(context_params(
            Some(&tenant.actor),
            organization,
            now,
            idempotency,
        ))
    }
}

impl<T> Statement<Anonymous, T> {
    /// For nobody in particular.
    #[must_use]
    pub fn for_anonymous(self, now: Timestamp) -> Bound<T> {
        self.within(context_params(None, None, now, Idempotency::default()))
    }
}

impl<S: Scope, T: DeserializeOwned> Statement<S, T> {
    pub(crate) fn read(sql: &'static str) -> Self {
        Self::new(sql, Access::Read)
    }

    pub(crate) fn write(sql: &'static str) -> Self {
        Self::new(sql, Access::Write)
    }

    fn new(sql: &'static str, access: Access) -> Self {
        Self {
            sql,
            access,
            own: Vec::new(),
            check: check::<T>,
            shape: PhantomData,
        }
    }
}

/// Debug builds read every answer into its type, so that SQL and types cannot drift.
#[cfg(debug_assertions)]
fn check<T: DeserializeOwned>(body: &str) -> Result<(), DbError> {
    read_body::<T>(body).map(|_| ())
}

#[cfg(not(debug_assertions))]
fn check<T>(_: &str) -> Result<(), DbError> {
    Ok(())
}

impl<S: Scope, T> Statement<S, T> {
    /// The same statement without its type, and what gives the type back.
    #[must_use]
    pub fn erase(self) -> (Statement<S, Erased>, Shape<T>) {
        let Self {
            sql,
            access,
            own,
            check,
            shape: _,
        } = self;
        let erased = Statement {
            sql,
            access,
            own,
            check,
            shape: PhantomData,
        };
        (erased, Shape(PhantomData))
    }

    fn within(self, mut parameters: Vec<Parameter>) -> Bound<T> {
        let Self {
            sql,
            access,
            own,
            check,
            shape: _,
        } = self;
        parameters.extend(own);
        Bound {
            sql,
            parameters,
            check,
            access,
            shape: PhantomData,
        }
    }

    fn bind(mut self, value: impl ToSql + Sync + Send + 'static, ty: Type) -> Self {
        self.own.push((Box::new(value), ty));
        self
    }

    pub(crate) fn text(self, value: impl Into<String>) -> Self {
        self.bind(value.into(), Type::TEXT)
    }

    pub(crate) fn maybe_text(self, value: Option<impl Into<String>>) -> Self {
        self.bind(value.map(Into::into), Type::TEXT)
    }

    pub(crate) fn texts(self, value: Vec<String>) -> Self {
        self.bind(value, Type::TEXT_ARRAY)
    }

    pub(crate) fn maybe_texts(self, value: Option<Vec<String>>) -> Self {
        self.bind(value, Type::TEXT_ARRAY)
    }

    pub(crate) fn int(self, value: i64) -> Self {
        self.bind(value, Type::INT8)
    }

    pub(crate) fn maybe_ints(self, value: Option<Vec<i64>>) -> Self {
        self.bind(value, Type::INT8_ARRAY)
    }

    pub(crate) fn flag(self, value: bool) -> Self {
        self.bind(value, Type::BOOL)
    }

    pub(crate) fn bytes(self, value: impl Into<Vec<u8>>) -> Self {
        self.bind(value.into(), Type::BYTEA)
    }

    pub(crate) fn time(self, value: Timestamp) -> Self {
        self.bind(system_time(value), Type::TIMESTAMPTZ)
    }

    /// JSON travels as text and is cast in SQL, which spares a copy of the tree.
    pub(crate) fn json(self, value: &impl serde::Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap_or_else(|_| String::from("null"));
        self.bind(text, Type::TEXT)
    }
}

/// A time as the driver itself knows it. Its way for `jiff` would bring `jiff`'s calendar
/// along, and the words for all that can be wrong with it.
fn system_time(at: Timestamp) -> SystemTime {
    let micros = at.as_microsecond();
    let since = Duration::from_micros(micros.unsigned_abs());
    if micros < 0 {
        UNIX_EPOCH - since
    } else {
        UNIX_EPOCH + since
    }
}

/// The seven parameters of the surroundings.
fn context_params(
    actor: Option<&Actor>,
    organization: Option<(&str, Role)>,
    now: Timestamp,
    idempotency: Idempotency,
) -> Vec<Parameter> {
    let rank = organization.map(|(_, role)| match role {
        Role::Member => 1_i32,
        Role::Admin => 2,
        Role::Owner => 3,
    });
    vec![
        (
            Box::new(actor.map(|a| a.session_id.to_string())),
            Type::TEXT,
        ),
        (Box::new(actor.map(|a| a.secret_hash.to_vec())), Type::BYTEA),
        (Box::new(system_time(now)), Type::TIMESTAMPTZ),
        (
            Box::new(organization.map(|(name, _)| name.to_owned())),
            Type::TEXT,
        ),
        (Box::new(rank), Type::INT4),
        (Box::new(idempotency.key), Type::TEXT),
        (Box::new(idempotency.request_hash), Type::BYTEA),
    ]
}

/// A change to tell an organization's room about, as its outbox row has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OrganizationPoke {
    /// Whose room.
    pub organization_id: OrganizationId,
    /// The change.
    pub poke: prox_types::durable::room::Poke,
}

/// `actor`: the session behind `$1` and `$2`, when it is alive at `$3`.
macro_rules! actor {
    () => {
        r#"actor as materialized (
  select u.id as user_id, u.role as platform_role, s.id as session_id
  from session s join "user" u on u.id = s.user_id
  where s.id = $1 and s.secret_hash = $2 and s.revoked_at is null and s.expires_at > $3)"#
    };
}

/// `tenant`: the organization `$4` when the actor belongs to it. `allowed`: the same
/// when their role reaches `$5`. `allowed` is what a statement selects from.
macro_rules! tenant {
    () => {
        r#"tenant as materialized (
  select o.id, o.slug, o.name, o.personal_user_id, o.created_at, o.updated_at,
         m.id as member_id, m.role, a.user_id, a.session_id,
         (select q.seq from organization_sequence q where q.organization_id = o.id) as seq
  from actor a
  join organization_user_membership m on m.user_id = a.user_id
  join organization o on o.id = m.organization_id
  where o.slug = $4 or o.id = $4),
allowed as materialized (select * from tenant where role_rank(role) >= $5)"#
    };
}

/// `prior`: what `$6` answered before. `gate`: `allowed` (or `actor`) when it did not.
macro_rules! gate {
    ($from:literal) => {
        concat!(
            "prior as materialized (select k.body, k.request_hash from idempotency_key k join actor a on a.user_id = k.user_id where k.key = $6),\n",
            "gate as materialized (select * from ", $from, " where not exists (select from prior))"
        )
    };
}

/// A read by a member. `$body` is the select that yields `body json, version int8`.
macro_rules! tenant_read {
    ($body:expr) => {
        concat!(
            "with ", actor!(), ",\n", tenant!(), ",\n",
            "data as (", $body, ")\n",
            "select case when not exists (select from actor) then 'unauthenticated'",
            " when not exists (select from tenant) then 'not_found'",
            " when not exists (select from allowed) then 'forbidden'",
            " when (select d.body from data d) is null then 'not_found' else 'ok' end,",
            " (select d.body::text from data d), (select d.version from data d), null::text, null::text, (select t.seq from allowed t)"
        )
    };
}

/// A list for a member. `$rows` selects `body, key text` in order, at most `$8 + 1` rows; a body
/// is JSON, or a row that becomes JSON with the list, which spares Postgres one copy of each.
/// `$exists` says whether the list's parent is there.
macro_rules! tenant_list {
    ($rows:expr, $exists:expr) => {
        concat!(
            "with ",
            actor!(),
            ",\n",
            tenant!(),
            ",\n",
            "page as materialized (",
            $rows,
            ")\n",
            "select case when not exists (select from actor) then 'unauthenticated'",
            " when not exists (select from tenant) then 'not_found'",
            " when not exists (select from allowed) then 'forbidden'",
            " when not (",
            $exists,
            ") then 'not_found' else 'ok' end,\n",
            list_columns!(),
            ", (select t.seq from allowed t)"
        )
    };
}

/// The columns of a list: its JSON array, and the last key when there is more. Postgres reads
/// `page` back in the order in which it was written, so that nothing is sorted again.
macro_rules! list_columns {
    () => {
        "(select coalesce(json_agg(p.body), '[]')::text from (select body from page limit $8) p), null::int8,\n(select p.key from page p where (select count(*) from page) > $8 offset $8 - 1 limit 1), null::text"
    };
}

/// A read by an actor, of no organization in particular.
macro_rules! actor_read {
    ($body:expr) => {
        concat!(
            "with ", actor!(), ",\n",
            "data as (", $body, ")\n",
            "select case when not exists (select from actor) then 'unauthenticated'",
            " when (select d.body from data d) is null then 'not_found' else 'ok' end,",
            " (select d.body::text from data d), (select d.version from data d), null::text, null::text, null::int8"
        )
    };
}

/// A list for an actor; as [`tenant_list`].
macro_rules! actor_list {
    ($rows:expr, $allowed:expr) => {
        concat!(
            "with ",
            actor!(),
            ",\n",
            "page as materialized (",
            $rows,
            ")\n",
            "select case when not exists (select from actor) then 'unauthenticated'",
            " when not (",
            $allowed,
            ") then 'forbidden' else 'ok' end,\n",
            list_columns!(),
            ", null::int8"
        )
    };
}

/// An audience of nobody.
macro_rules! no_audience {
    () => {
        "audience as (select null::text as organization_id, null::jsonb as keys, null::jsonb as close where false)"
    };
}

/// `home`: the space `$8` of the caller's organization.
macro_rules! home {
    ($from:literal) => {
        concat!(
            "home as (select s.id, s.organization_id from ",
            $from,
            " g join space s on s.organization_id = g.id where s.slug = $8 or s.id = $8)"
        )
    };
}

/// `place`: the instance `$8` of the caller's organization.
macro_rules! instance_place {
    ($from:literal) => {
        concat!(
            "place as (select i.id, i.organization_id from ",
            $from,
            " t join instance i on i.organization_id = t.id where i.slug = $8 or i.id = $8)"
        )
    };
}

/// Bumps the sequence of every organization in `audience(organization_id, keys, close)` when
/// `written(body, version, problem)` has no problem, and leaves the outbox rows.
macro_rules! publish {
    () => {
        r#"
bump as (
  update organization_sequence q set seq = q.seq + 1
  where q.organization_id in (select a.organization_id from audience a)
    and (select w.problem is null from written w)
  returning q.organization_id, q.seq),
sent as (
  insert into outbox (organization_id, seq, keys, close, created_at)
  select b.organization_id, b.seq, a.keys, a.close, $3 from bump b join audience a on a.organization_id = b.organization_id
  returning organization_id, seq, keys, close)"#
    };
}

/// The pokes of `sent`, as one JSON text.
macro_rules! pokes {
    () => {
        "(select json_agg(json_build_object('organization_id', s.organization_id, 'poke', json_build_object('seq', s.seq, 'keys', s.keys, 'close', s.close)))::text from sent s)"
    };
}

/// `remembered`: the first answer under `$6`.
macro_rules! remember {
    () => {
        r#"
remembered as (
  insert into idempotency_key (user_id, key, request_hash, body, created_at)
  select a.user_id, $6, $7, w.body, $3 from actor a, written w where $6 is not null and w.problem is null)"#
    };
}

/// How a write ended: a row of `written` without a problem, or why not.
macro_rules! write_outcome {
    ($denied:literal) => {
        concat!(
            "select case when not exists (select from actor) then 'unauthenticated'\n",
            $denied,
            " when exists (select from prior p where p.request_hash <> $7) then 'idempotency_conflict'",
            " when exists (select from prior) then 'ok'",
            " when not exists (select from written) then 'not_found'",
            " else coalesce((select w.problem from written w), 'ok') end,\n",
            "coalesce((select p.body::text from prior p), (select w.body::text from written w where w.problem is null)),\n",
            "coalesce((select (p.body->>'version')::int8 from prior p), (select w.version from written w)), null::text,\n",
            pokes!(),
            ", null::int8"
        )
    };
}

/// A write by a member. `$ctes` selects from `gate`, and defines `written(body json, version int8,
/// problem text)` with at most one row and `audience(organization_id text, keys jsonb, close jsonb)`.
macro_rules! tenant_write {
    ($ctes:expr) => {
        concat!(
            "with ", actor!(), ",\n", tenant!(), ",\n", gate!("allowed"), ",\n",
            $ctes, ",", publish!(), ",", remember!(), "\n",
            write_outcome!(" when not exists (select from tenant) then 'not_found' when not exists (select from allowed) then 'forbidden'")
        )
    };
}

/// A write by an actor, of no organization in particular; as [`tenant_write`].
macro_rules! actor_write {
    ($ctes:expr) => {
        concat!(
            "with ",
            actor!(),
            ",\n",
            gate!("actor"),
            ",\n",
            $ctes,
            ",",
            publish!(),
            ",",
            remember!(),
            "\n",
            write_outcome!("")
        )
    };
}

/// A write by nobody in particular: its own CTEs authorize.
macro_rules! open_write {
    ($ctes:expr) => {
        concat!(
            "with ", $ctes, ",", publish!(), "\n",
            "select case when not exists (select from written) then 'not_found' else coalesce((select w.problem from written w), 'ok') end,\n",
            "(select w.body::text from written w where w.problem is null), (select w.version from written w), null::text,\n",
            pokes!(),
            ", null::int8"
        )
    };
}

/// A read by nobody in particular.
macro_rules! open_read {
    ($body:expr) => {
        concat!(
            "with data as (", $body, ")\n",
            "select case when (select d.body from data d) is null then 'not_found' else 'ok' end,",
            " (select d.body::text from data d), (select d.version from data d), null::text, null::text, null::int8"
        )
    };
}

pub(crate) use {
    actor, actor_list, actor_read, actor_write, gate, home, instance_place, list_columns,
    no_audience, open_read, open_write, pokes, publish, remember, tenant, tenant_list, tenant_read,
    tenant_write, write_outcome,
};
