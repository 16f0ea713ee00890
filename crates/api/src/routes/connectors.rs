//! Providers that an instance may use, and how Slack joins them.

use axum::response::{IntoResponse, Redirect, Response};
use db::connector::SlackTeam;
use http::{HeaderMap, header};
use jiff::SignedDuration;
use prox_core::oauth;
use prox_core::session::{clear_cookie, read_cookie, set_cookie};
use serde::Deserialize;
use types::{Connector, ErrorCode, Page, PermissionId};

use crate::access::{Admins, Call, Members, SignedIn, Tenancy};
use crate::config::Slack;
use crate::egress::{Outbound, fetch};
use crate::path::{Name, Paging, Path, Query};
use crate::ports::Ports;
use crate::problem::ApiError;
use crate::reply;

/// What the bot may do; compat with existing installations.
const SCOPES: &str =
    "channels:read,channels:history,chat:write,users:read,app_mentions:read,commands";
/// How long a person may take at Slack.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
const STATE_COOKIE: &str = "prox-slack-state";

/// The connectors of an instance, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/instances/{instance}/connectors", tag = "connectors", params(("org" = String, Path, description = "Slug or id"), ("instance" = String, Path, description = "Slug or id"), Paging), responses((status = 200, body = Page<Connector>)))]
pub(crate) async fn list_connectors(
    tenant: Tenancy<Members>,
    Path((_, instance)): Path<(Name, Name)>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("connectors", &paging)?;
    Ok(reply::list(
        "connectors",
        tenant.run(db::connector::list(&instance, page)).await?,
    ))
}

/// Takes a provider away from an instance; its events are no longer heard here.
#[utoipa::path(delete, path = "/api/organizations/{org}/instances/{instance}/connectors/{connector}", tag = "connectors", params(("org" = String, Path, description = "Slug or id"), ("instance" = String, Path, description = "Slug or id"), ("connector" = PermissionId, Path)), responses((status = 204, description = "Removed")))]
pub(crate) async fn delete_connector(
    tenant: Tenancy<Admins>,
    Path((_, instance, connector)): Path<(Name, Name, PermissionId)>,
) -> Result<Response, ApiError> {
    tenant
        .run(db::connector::delete(&instance, connector))
        .await?;
    Ok(reply::nothing())
}

/// Sends the browser to Slack, to let the bot in.
#[utoipa::path(get, path = "/api/organizations/{org}/instances/{instance}/connectors/slack/install", tag = "connectors", params(("org" = String, Path, description = "Slug or id"), ("instance" = String, Path, description = "Slug or id")), responses((status = 303, description = "To Slack")))]
pub(crate) async fn begin_slack_install(
    tenant: Tenancy<Admins>,
    Path((_, instance)): Path<(Name, Name)>,
) -> Result<Response, ApiError> {
    let ports = tenant.ports();
    let (slack, client_id, _) = app(ports)?;
    let secret = ports.secret();
    let state = oauth::token(&secret);
    let expires_at = ports
        .clock
        .now()
        .saturating_add(PATIENCE)
        .unwrap_or(ports.clock.now());
    let statement =
        db::connector::begin_slack_install(&instance, ports.id(), state_hash(&state), expires_at);
    tenant.run(statement).await?;
    let address = oauth::authorize_url(
        &format!("{}/oauth/v2/authorize", slack.origin),
        &[
            ("client_id", client_id),
            ("scope", SCOPES),
            ("redirect_uri", &redirect_uri(ports)),
            ("state", &state),
        ],
    );
    let mut response = Redirect::to(&address).into_response();
    let cookie = set_cookie(
        STATE_COOKIE,
        &state,
        PATIENCE.as_secs(),
        ports.config.secure(),
    );
    reply::set(&mut response, header::SET_COOKIE, &cookie);
    Ok(response)
}

/// What Slack sends the browser back with.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlackCallback {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// What Slack says to a code.
#[derive(Deserialize)]
struct Access {
    ok: bool,
    error: Option<String>,
    team: Option<Team>,
}

#[derive(Deserialize)]
struct Team {
    id: String,
    #[serde(default)]
    name: String,
}

/// Ends an installation: links the Slack team to the instance that it was begun for.
#[utoipa::path(get, path = "/api/connectors/slack/callback", tag = "connectors", params(SlackCallback), responses((status = 303, description = "Back to the app")))]
pub(crate) async fn finish_slack_install(
    person: SignedIn,
    Query(callback): Query<SlackCallback>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let call = person.call.clone();
    let (Some(code), Some(state), None) = (callback.code, callback.state, callback.error) else {
        return Ok(back(&call, "declined"));
    };
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok());
    if !oauth::same_state(
        &state,
        read_cookie(cookies, STATE_COOKIE).unwrap_or_default(),
    ) {
        return Ok(back(&call, "expired"));
    }
    let install = match person
        .run(db::connector::spend_slack_state(state_hash(&state)))
        .await
    {
        Ok(answer) => answer.parse()?,
        Err(error) if error.code == ErrorCode::NotFound => return Ok(back(&call, "expired")),
        Err(error) => return Err(error),
    };
    let Some(team) = exchange(call.ports(), &code).await? else {
        return Ok(back(&call, "failed"));
    };
    let ports = call.ports();
    let team = SlackTeam {
        account: ports.id(),
        permission: ports.id(),
        team_id: team.id,
        name: team.name,
    };
    let organization =
        Name::parse(install.organization_id.to_string()).ok_or(ErrorCode::Internal)?;
    let tenant: Tenancy<Admins> = person.in_organization(organization);
    match tenant
        .run(db::connector::link_slack_team(install.instance_id, team))
        .await
    {
        Ok(_) => Ok(back(&call, "connected")),
        Err(error) if error.code == ErrorCode::Conflict => Ok(back(&call, "taken")),
        Err(error) => Err(error),
    }
}

/// Spends the code. The bot's token is not kept: nothing posts to Slack yet, and there is
/// no vault to keep it in.
async fn exchange(ports: &Ports, code: &str) -> Result<Option<Team>, ApiError> {
    let (slack, id, secret) = app(ports)?;
    let redirect = redirect_uri(ports);
    let fields = [
        ("client_id", id),
        ("client_secret", secret),
        ("code", code),
        ("redirect_uri", &redirect),
    ];
    let fetched = fetch(
        ports,
        Outbound::form(format!("{}/api/oauth.v2.access", slack.origin), &fields),
    )
    .await
    .map_err(|why| ApiError::from(ErrorCode::ProviderFailed).because(why))?;
    let access: Access = serde_json::from_slice(&fetched.body)
        .map_err(|why| ApiError::from(ErrorCode::ProviderFailed).because(why))?;
    if let Some(error) = access.error {
        ports
            .log
            .write(&serde_json::json!({ "slack_install": error }));
    }
    Ok(access.team.filter(|_| access.ok))
}

fn app(ports: &Ports) -> Result<(&Slack, &str, &str), ApiError> {
    let slack = ports.config.slack.as_ref();
    slack
        .and_then(|slack| {
            slack
                .client
                .as_ref()
                .map(|(id, secret)| (slack, id.as_str(), secret.as_str()))
        })
        .ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotFound,
                "Slack is not set up on this deployment.",
            )
        })
}

fn redirect_uri(ports: &Ports) -> String {
    format!("{}/api/connectors/slack/callback", ports.config.app_origin)
}

fn state_hash(state: &str) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(state).into()
}

/// To the app, which says in words how it went.
fn back(call: &Call, outcome: &str) -> Response {
    let mut response = Redirect::to(&format!("/?slack={outcome}")).into_response();
    let cookie = clear_cookie(STATE_COOKIE, call.ports().config.secure());
    reply::set(&mut response, header::SET_COOKIE, &cookie);
    response
}
