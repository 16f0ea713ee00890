//! Authorization by extractors, which are the only way to the database.
//!
//! A handler takes [`SignedIn`], [`Tenancy`], [`AtSpace`], [`Viewer`], [`SigningIn`] or [`Anonymous`] as an
//! argument: a value that runs only the statements of that scope. An extractor only reads the credentials of the request; the
//! statement checks them.

use std::future::Future;
use std::marker::PhantomData;

use futures_util::TryFutureExt;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Method, header};
use prox_core::session::{SessionToken, cookie_name, read_cookie, secret_hash};
use prox_core::{etag, origin};
use prox_db::{
    Actor, Actors, Anonymous as AnonymousScope, Answer, Erased, Idempotency, Least, Participants,
    Statement, Tenant, Tenants, Viewers,
};
use prox_types::{ErrorCode, Level, Role, Slug, Timestamp};
use sha2::{Digest, Sha256};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::http::call::{Call, RoundTrip};
use crate::http::handler::{Extractor, RequestContext};
use crate::http::path::{Name, segment};
use crate::http::problem::ApiError;
use crate::ports::Ports;

/// A request that carries a session token. The statement checks whether the session is alive.
#[derive(Clone)]
pub struct SignedIn {
    /// The current request.
    pub call: Call,
    actor: Actor,
    intent: Intent,
}

/// The header of the key that makes a repeated write harmless.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What identifies a repeated write: its idempotency key, method and path.
#[derive(Clone, Default)]
struct Intent {
    key: Option<String>,
    target: String,
}

impl Intent {
    fn of(parts: &Parts) -> Result<Self, ApiError> {
        let key = match parts.headers.get(IDEMPOTENCY_KEY) {
            None => None,
            Some(value) => match value.to_str() {
                Ok(key) if is_idempotency_key(key) => Some(key.to_owned()),
                _ => {
                    return Err(ApiError::field(
                        "Idempotency-Key",
                        "must be 1 to 200 visible ASCII characters",
                    ));
                }
            },
        };
        Ok(Self {
            key,
            target: format!("{} {}", parts.method, parts.uri.path()),
        })
    }

    fn idempotency(&self, call: &Call) -> Idempotency {
        let mut hash = Sha256::new();
        hash.update(&self.target);
        hash.update([0]);
        hash.update(call.body_hash());
        Idempotency {
            key: self.key.clone(),
            request_hash: hash.finalize().to_vec(),
        }
    }
}

fn is_idempotency_key(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Extractor for SignedIn {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let (call, parts) = (context.call.clone(), &context.parts);
        let config = &call.ports().config;
        let token = match Credential::of(&parts.headers, config.secure()) {
            Credential::None => return Err(ErrorCode::Unauthenticated.into()),
            Credential::Bearer(token) => token,
            Credential::Cookie(token) => {
                check_origin(parts, &config.app_origin)?;
                token
            }
        };
        let token: SessionToken = token
            .parse()
            .map_err(|_| ApiError::from(ErrorCode::Unauthenticated))?;
        let mut person = Self {
            call,
            actor: actor_of(&token),
            intent: Intent::default(),
        };
        context.person = Some(person.clone());
        person.intent = Intent::of(&context.parts)?;
        Ok(person)
    }
}

fn actor_of(token: &SessionToken) -> Actor {
    Actor {
        session_id: token.id,
        secret_hash: secret_hash(&token.secret),
    }
}

impl SignedIn {
    /// Runs a statement as this user.
    ///
    /// # Errors
    /// When the statement or the database rejects it.
    pub fn run<T>(
        &self,
        statement: Statement<Actors, T>,
    ) -> impl Future<Output = Result<Answer<T>, ApiError>> {
        let (statement, shape) = statement.erase();
        self.execute(statement)
            .map_ok(|answer| shape.restore(answer))
    }

    fn execute(&self, statement: Statement<Actors, Erased>) -> RoundTrip<'_> {
        let (now, idempotency) = self.stamp();
        Box::pin(
            self.call
                .run(statement.for_actor(&self.actor, now, idempotency)),
        )
    }

    fn execute_in_organization(
        &self,
        organization: &Name,
        role: Role,
        statement: Statement<Tenants, Erased>,
    ) -> RoundTrip<'_> {
        let (now, idempotency) = self.stamp();
        let tenant = self.tenant(organization, Least::Role(role));
        Box::pin(
            self.call
                .run(statement.for_tenant(&tenant, now, idempotency)),
        )
    }

    fn execute_at_space(
        &self,
        organization: &Name,
        level: Level,
        statement: Statement<Participants, Erased>,
    ) -> RoundTrip<'_> {
        let (now, idempotency) = self.stamp();
        let tenant = self.tenant(organization, Least::Level(level));
        Box::pin(
            self.call
                .run(statement.for_participant(&tenant, now, idempotency)),
        )
    }

    /// The time and the idempotency key of a statement of this request.
    fn stamp(&self) -> (Timestamp, Idempotency) {
        (
            self.call.ports().clock.now(),
            self.intent.idempotency(&self.call),
        )
    }

    fn tenant(&self, organization: &Name, least: Least) -> Tenant {
        Tenant {
            actor: self.actor.clone(),
            organization: organization.to_string(),
            least,
        }
    }

    /// The same user as a member of an organization that the path does not name.
    pub(crate) fn in_organization<L: MinRole>(self, organization: Name) -> Tenancy<L> {
        Tenancy {
            person: self,
            organization,
            min_role: PhantomData,
        }
    }
}

enum Credential<'a> {
    None,
    Bearer(&'a str),
    Cookie(&'a str),
}

impl<'a> Credential<'a> {
    /// A bearer token takes precedence over cookies, so that a program is never another user.
    fn of(headers: &'a HeaderMap, secure: bool) -> Self {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let token = value
                .to_str()
                .ok()
                .and_then(|v| v.split_once(' '))
                .filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
            return token.map_or(Self::Bearer(""), |(_, token)| Self::Bearer(token.trim()));
        }
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .map(HeaderValue::as_bytes);
        read_cookie(cookies, cookie_name(secure)).map_or(Self::None, Self::Cookie)
    }
}

/// Checks that a write or an upgrade with a cookie comes from the app itself.
fn check_origin(parts: &Parts, app_origin: &str) -> Result<(), ApiError> {
    let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS)
        && !parts.headers.contains_key(header::UPGRADE);
    let given = parts
        .headers
        .get(header::ORIGIN)
        .and_then(|v| v.to_str().ok());
    if safe || origin::is_same_origin(given, app_origin) {
        Ok(())
    } else {
        Err(ErrorCode::CrossSite.into())
    }
}

/// The minimum role of an operation, as a type.
pub trait MinRole: Send + Sync + 'static {
    /// The role that the statement requires.
    const ROLE: Role;
}

/// Every member may run the operation.
pub struct Members;
/// Admins and owners may run the operation.
pub struct Admins;
/// Owners may run the operation.
pub struct Owners;

impl MinRole for Members {
    const ROLE: Role = Role::Member;
}

impl MinRole for Admins {
    const ROLE: Role = Role::Admin;
}

impl MinRole for Owners {
    const ROLE: Role = Role::Owner;
}

/// A user in the organization `{org}` of the path, with at least the role `L`.
pub struct Tenancy<L> {
    pub(crate) person: SignedIn,
    organization: Name,
    min_role: PhantomData<L>,
}

impl<L: MinRole> Extractor for Tenancy<L> {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let person = SignedIn::extract(context)?;
        Ok(person.in_organization(organization(context)?))
    }
}

/// The path parameter `{org}`.
fn organization(context: &RequestContext) -> Result<Name, ApiError> {
    let segments = context.segments.as_ref().ok_or(ErrorCode::NotFound)?;
    let organization = segment(segments, "org")
        .ok_or_else(|| ApiError::from(ErrorCode::Internal).because("a route without {org}"))?;
    organization
        .parse()
        .map_err(|_| ApiError::from(ErrorCode::NotFound))
}

impl<L: MinRole> Tenancy<L> {
    /// The ports of this request.
    #[must_use]
    pub fn ports(&self) -> &Ports {
        self.person.call.ports()
    }

    /// Runs a statement as this user in this organization.
    ///
    /// # Errors
    /// When the statement or the database rejects it.
    pub fn run<T>(
        &self,
        statement: Statement<Tenants, T>,
    ) -> impl Future<Output = Result<Answer<T>, ApiError>> {
        let (statement, shape) = statement.erase();
        self.person
            .execute_in_organization(&self.organization, L::ROLE, statement)
            .map_ok(|answer| shape.restore(answer))
    }
}

/// The minimum level of an operation at a space, as a type.
pub trait MinLevel: Send + Sync + 'static {
    /// The level that the statement requires.
    const LEVEL: Level;
}

/// Everybody who sees the thing may run the operation.
pub struct CanView;
/// Everybody who may change the thing may run the operation.
pub struct CanEdit;
/// Everybody who decides who sees the thing may run the operation.
pub struct CanManage;

impl MinLevel for CanView {
    const LEVEL: Level = Level::View;
}

impl MinLevel for CanEdit {
    const LEVEL: Level = Level::Edit;
}

impl MinLevel for CanManage {
    const LEVEL: Level = Level::Manage;
}

/// A user at a space of the organization `{org}` of the path, with at least the level `L`: a member, or
/// somebody with a grant.
pub struct AtSpace<L> {
    person: SignedIn,
    organization: Name,
    min_level: PhantomData<L>,
}

impl<L: MinLevel> Extractor for AtSpace<L> {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let person = SignedIn::extract(context)?;
        Ok(Self {
            person,
            organization: organization(context)?,
            min_level: PhantomData,
        })
    }
}

impl<L: MinLevel> AtSpace<L> {
    /// The value for a page of the organization, which is no route of the API.
    pub(crate) fn of_page(
        call: &Call,
        headers: &HeaderMap,
        organization: &Slug,
    ) -> Result<Self, ApiError> {
        let (Credential::Bearer(token) | Credential::Cookie(token)) =
            Credential::of(headers, call.ports().config.secure())
        else {
            return Err(ErrorCode::Unauthenticated.into());
        };
        let token = token
            .parse()
            .map_err(|_| ApiError::from(ErrorCode::Unauthenticated))?;
        let organization = organization.as_str().parse();
        Ok(Self {
            person: SignedIn {
                call: call.clone(),
                actor: actor_of(&token),
                intent: Intent::default(),
            },
            organization: organization.map_err(|_| ApiError::from(ErrorCode::NotFound))?,
            min_level: PhantomData,
        })
    }

    /// The ports of this request.
    #[must_use]
    pub fn ports(&self) -> &Ports {
        self.person.call.ports()
    }

    /// Runs a statement as this user at the space.
    ///
    /// # Errors
    /// When the statement or the database rejects it.
    pub fn run<T>(
        &self,
        statement: Statement<Participants, T>,
    ) -> impl Future<Output = Result<Answer<T>, ApiError>> {
        let (statement, shape) = statement.erase();
        self.person
            .execute_at_space(&self.organization, L::LEVEL, statement)
            .map_ok(|answer| shape.restore(answer))
    }
}

/// A request with or without a session, for what members see and others may see too. A token that is
/// no session counts as none. As for [`SignedIn`], an upgrade or a write with a cookie has to come from
/// the app itself.
pub struct Viewer {
    /// The current request.
    pub call: Call,
    actor: Option<Actor>,
}

impl Extractor for Viewer {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let config = &context.call.ports().config;
        if let Credential::Cookie(_) = Credential::of(&context.parts.headers, config.secure()) {
            check_origin(&context.parts, &config.app_origin)?;
        }
        Ok(Self::of_page(&context.call, &context.parts.headers))
    }
}

impl Viewer {
    /// The value for a page, which is no route of the API.
    pub(crate) fn of_page(call: &Call, headers: &HeaderMap) -> Self {
        let token = match Credential::of(headers, call.ports().config.secure()) {
            Credential::None => None,
            Credential::Bearer(token) | Credential::Cookie(token) => token.parse().ok(),
        };
        Self {
            call: call.clone(),
            actor: token.map(|token| actor_of(&token)),
        }
    }

    /// Whether the request has a token of a session, dead or alive.
    pub(crate) fn is_known(&self) -> bool {
        self.actor.is_some()
    }

    /// Runs a statement of viewers.
    ///
    /// # Errors
    /// When the statement or the database rejects it.
    pub fn run<T>(
        &self,
        statement: Statement<Viewers, T>,
    ) -> impl Future<Output = Result<Answer<T>, ApiError>> {
        let (statement, shape) = statement.erase();
        self.execute(statement)
            .map_ok(|answer| shape.restore(answer))
    }

    fn execute(&self, statement: Statement<Viewers, Erased>) -> RoundTrip<'_> {
        let now = self.call.ports().clock.now();
        Box::pin(
            self.call
                .run(statement.for_viewer(self.actor.as_ref(), now)),
        )
    }
}

/// A sign-in, whose session replaces the one of the cookie, if any. A bearer token stays with its
/// program, so that it is not read.
pub struct SigningIn(pub(crate) Viewer);

impl Extractor for SigningIn {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let secure = context.call.ports().config.secure();
        let token = match Credential::of(&context.parts.headers, secure) {
            Credential::None | Credential::Bearer(_) => None,
            Credential::Cookie(token) => token.parse().ok(),
        };
        Ok(Self(Viewer {
            call: context.call.clone(),
            actor: token.map(|token| actor_of(&token)),
        }))
    }
}

/// A request that needs no session: public pages, states of sign-ins, webhooks, health. It runs only
/// statements whose `where` clause is their authorization.
pub struct Anonymous {
    /// The current request.
    pub call: Call,
}

impl Extractor for Anonymous {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        Ok(Self {
            call: context.call.clone(),
        })
    }
}

impl Anonymous {
    /// Builds the value for a handler that takes the raw request instead of [`Extractor`]s.
    pub(crate) fn from_extensions(extensions: &Extensions) -> Result<Self, ApiError> {
        Ok(Self {
            call: Call::of(extensions)?,
        })
    }

    /// Runs a statement of the anonymous scope.
    ///
    /// # Errors
    /// When the statement or the database rejects it.
    pub fn run<T>(
        &self,
        statement: Statement<AnonymousScope, T>,
    ) -> impl Future<Output = Result<Answer<T>, ApiError>> {
        let (statement, shape) = statement.erase();
        self.execute(statement)
            .map_ok(|answer| shape.restore(answer))
    }

    fn execute(&self, statement: Statement<AnonymousScope, Erased>) -> RoundTrip<'_> {
        let now = self.call.ports().clock.now();
        Box::pin(self.call.run(statement.for_anonymous(now)))
    }
}

/// The versions that `If-Match` names; none when the header is absent or `*`.
pub(crate) struct IfMatch(pub(crate) Option<Vec<i64>>);

impl Extractor for IfMatch {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let headers = &context.parts.headers;
        let lines: Vec<&str> = headers
            .get_all(header::IF_MATCH)
            .iter()
            .map(|v| v.to_str().unwrap_or("?"))
            .collect();
        if lines.is_empty() {
            return Ok(Self(None));
        }
        match etag::parse_if_match(&lines.join(",")) {
            Ok(etag::IfMatch::Any) => Ok(Self(None)),
            Ok(etag::IfMatch::Versions(versions)) => Ok(Self(Some(versions))),
            Err(why) => Err(ApiError::new(
                ErrorCode::Malformed,
                format!("If-Match {why}."),
            )),
        }
    }
}

/// Describes a conditional header as a parameter in the OpenAPI document.
fn header_parameter(name: &str) -> Vec<Parameter> {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    vec![
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .schema(Some(schema))
            .build(),
    ]
}

impl utoipa::IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        header_parameter("If-Match")
    }
}

/// The raw `If-None-Match` header.
pub(crate) struct IfNoneMatch(pub(crate) Option<HeaderValue>);

impl Extractor for IfNoneMatch {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let header = context.parts.headers.get(header::IF_NONE_MATCH);
        Ok(Self(header.cloned()))
    }
}

impl utoipa::IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        header_parameter("If-None-Match")
    }
}
