//! Statements as values: SQL, parameters, scope and the type of the answer.
//!
//! [`statement!`](crate::sql::statement) builds a statement from a frame of [`crate::frame`]. Only
//! the API's extractor of the same scope runs it.

use std::marker::PhantomData;

use prox_types::{Level, OrganizationId, Role, SessionId, Timestamp};
use serde::de::DeserializeOwned;

use crate::answer::Answer;
#[cfg(debug_assertions)]
use crate::answer::read_body;
use crate::error::DbError;
use crate::parameter::{self, Parameter};

/// Who may run a statement: [`Actors`], [`Tenants`], [`Participants`], [`Viewers`] or [`Anonymous`].
pub trait Scope: Send + Sync + 'static {}

/// Signed-in users.
#[derive(Debug)]
pub struct Actors;
/// Members of one organization.
#[derive(Debug)]
pub struct Tenants;
/// Signed-in users with a level on one space: members by role, others by grants.
#[derive(Debug)]
pub struct Participants;
/// Callers with or without a session: members see more than others, and a sign-in ends the caller's
/// session. The statement's own `where` clause is its authorization.
#[derive(Debug)]
pub struct Viewers;
/// Callers without a session: public pages, states of sign-ins, webhooks, the sweep. The statement's own
/// `where` clause is its authorization.
#[derive(Debug)]
pub struct Anonymous;

impl Scope for Actors {}
impl Scope for Tenants {}
impl Scope for Participants {}
impl Scope for Viewers {}
impl Scope for Anonymous {}

/// The session of a request. Each statement checks it.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The id of the session.
    pub session_id: SessionId,
    /// SHA-256 of the secret in the request.
    pub secret_hash: [u8; 32],
}

/// An actor in an organization, with the least that the operation requires of them.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The actor.
    pub actor: Actor,
    /// Slug or id of the organization, as in the path.
    pub organization: String,
    /// The minimum role or level.
    pub least: Least,
}

/// The least that an operation requires.
#[derive(Clone, Copy, Debug)]
pub enum Least {
    /// A role in the organization.
    Role(Role),
    /// A level on a space or on an item of it.
    Level(Level),
}

impl Least {
    /// The number that statements compare: `role_rank` or `level_rank` in SQL.
    fn rank(self) -> i32 {
        match self {
            Self::Role(Role::Member) | Self::Level(Level::View) => 1,
            Self::Role(Role::Admin) | Self::Level(Level::Edit) => 2,
            Self::Role(Role::Owner) | Self::Level(Level::Manage) => 3,
        }
    }
}

/// The idempotency key of a write and the hash of its request. A repeated write returns its first
/// answer.
#[derive(Clone, Debug, Default)]
pub struct Idempotency {
    /// The client's `Idempotency-Key`.
    pub key: Option<String>,
    /// SHA-256 over method, path and body.
    pub request_hash: Vec<u8>,
}

/// Whether a statement reads or writes. Reads are retryable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Changes nothing.
    Read,
    /// Changes something.
    Write,
}

/// The requested page of a list.
#[derive(Clone, Debug)]
pub struct PageOf<After> {
    /// The maximum number of rows, 1 to 200.
    pub limit: i64,
    /// The key of the last row of the previous page.
    pub after: Option<After>,
}

/// Checks that a body has the type of its statement.
type Check = fn(&str) -> Result<(), DbError>;

/// A statement that returns one row with a JSON body of type `T`.
pub struct Statement<S: Scope, T> {
    sql: &'static str,
    access: Access,
    own: Vec<parameter::Bound>,
    check: Check,
    shape: PhantomData<fn() -> (S, T)>,
}

/// The type of a body whose type is erased, so that the code that runs statements is compiled once
/// for all types.
#[derive(Debug)]
pub struct Erased;

/// Restores the type of an erased statement's answer.
pub struct Shape<T>(PhantomData<fn() -> T>);

impl<T> Shape<T> {
    /// The answer with its statement's type.
    #[must_use]
    pub fn restore(self, answer: Answer<Erased>) -> Answer<T> {
        answer.shaped()
    }
}

/// A statement with all its parameters, which can run several times.
pub struct Bound<T> {
    pub(crate) sql: &'static str,
    pub(crate) parameters: Vec<parameter::Bound>,
    pub(crate) check: Check,
    access: Access,
    shape: PhantomData<fn() -> T>,
}

impl<T> Bound<T> {
    /// Whether it reads or writes.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }
}

impl<T> Statement<Actors, T> {
    /// Binds the actor.
    #[must_use]
    pub fn for_actor(self, actor: &Actor, now: Timestamp, idempotency: Idempotency) -> Bound<T> {
        self.with_context(context_params(Some(actor), None, now, idempotency))
    }
}

impl<T> Statement<Tenants, T> {
    /// Binds the actor, the organization and the minimum role.
    #[must_use]
    pub fn for_tenant(self, tenant: &Tenant, now: Timestamp, idempotency: Idempotency) -> Bound<T> {
        self.with_context(tenant_params(tenant, now, idempotency))
    }
}

impl<T> Statement<Participants, T> {
    /// Binds the actor, the organization of the space and the minimum level.
    #[must_use]
    pub fn for_participant(
        self,
        tenant: &Tenant,
        now: Timestamp,
        idempotency: Idempotency,
    ) -> Bound<T> {
        self.with_context(tenant_params(tenant, now, idempotency))
    }
}

impl<T> Statement<Viewers, T> {
    /// Binds the actor, if any.
    #[must_use]
    pub fn for_viewer(self, actor: Option<&Actor>, now: Timestamp) -> Bound<T> {
        self.with_context(context_params(actor, None, now, Idempotency::default()))
    }
}

impl<T> Statement<Anonymous, T> {
    /// Binds the time only.
    #[must_use]
    pub fn for_anonymous(self, now: Timestamp) -> Bound<T> {
        self.with_context(context_params(None, None, now, Idempotency::default()))
    }
}

impl<S: Scope, T: DeserializeOwned> Statement<S, T> {
    pub(crate) fn new(sql: &'static str, access: Access) -> Self {
        Self {
            sql,
            access,
            own: Vec::new(),
            check: check::<T>,
            shape: PhantomData,
        }
    }
}

/// Debug builds parse every body into its type, so that SQL and types cannot drift.
#[cfg(debug_assertions)]
fn check<T: DeserializeOwned>(body: &str) -> Result<(), DbError> {
    read_body::<T>(body).map(|_| ())
}

#[cfg(not(debug_assertions))]
fn check<T>(_: &str) -> Result<(), DbError> {
    Ok(())
}

impl<S: Scope, T> Statement<S, T> {
    /// The same statement without its type, and the [`Shape`] that restores the type of its answer.
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

    fn with_context(self, mut parameters: Vec<parameter::Bound>) -> Bound<T> {
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

    /// Appends a parameter. [`statement!`](crate::sql::statement) assigns its number.
    pub(crate) fn bind(mut self, value: impl Parameter) -> Self {
        self.own.push(value.bound());
        self
    }
}

fn tenant_params(
    tenant: &Tenant,
    now: Timestamp,
    idempotency: Idempotency,
) -> Vec<parameter::Bound> {
    let organization = Some((tenant.organization.as_str(), tenant.least));
    context_params(Some(&tenant.actor), organization, now, idempotency)
}

/// The values of [`CONTEXT_PARAMS`](crate::sql::CONTEXT_PARAMS), in that order.
fn context_params(
    actor: Option<&Actor>,
    organization: Option<(&str, Least)>,
    now: Timestamp,
    idempotency: Idempotency,
) -> Vec<parameter::Bound> {
    let min_rank = organization.map(|(_, least)| least.rank());
    vec![
        actor.map(|actor| actor.session_id).bound(),
        actor.map(|actor| actor.secret_hash.to_vec()).bound(),
        now.bound(),
        organization.map(|(name, _)| name.to_owned()).bound(),
        min_rank.bound(),
        idempotency.key.bound(),
        idempotency.request_hash.bound(),
    ]
}

/// A poke with the organization whose room receives it, as in the outbox row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OrganizationPoke {
    /// The organization.
    pub organization_id: OrganizationId,
    /// The poke.
    pub poke: prox_types::durable::room::Poke,
}
