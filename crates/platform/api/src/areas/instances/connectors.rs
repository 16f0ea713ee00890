//! Connectors of an instance, and the installation of the Slack app.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::HeaderMap;
use prox_db::connector::SlackTeam;
use prox_integrations::oauth;
use prox_integrations::slack::is_installation_id;
use prox_types::{Connector, ErrorCode, Page, clean_line};
use serde::Deserialize;

use crate::config::Slack;
use crate::egress::{Outbound, fetch};
use crate::http::access::{Admins, Members, SignedIn, Tenancy};
use crate::http::path::{ConnectorPath, InstancePath, Name, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::oauth_flow::{Callback, OAuthFlow, Returned};
use crate::ports::Ports;

/// The scopes of the bot, the same as those of existing installations.
const SCOPES: &str =
    "channels:read,channels:history,chat:write,users:read,app_mentions:read,commands";
const FLOW: OAuthFlow = OAuthFlow("prox-slack");

/// Lists the connectors of an instance, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/instances/{instance}/connectors", tag = "connectors", params(InstancePath, Paging), responses((status = 200, body = Page<Connector>)))]
pub(crate) async fn list_connectors(
    tenant: Tenancy<Members>,
    Path(InstancePath { instance, .. }): Path<InstancePath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("connectors", &paging)?;
    Ok(reply::list(
        "connectors",
        tenant
            .run(prox_db::connector::list(&instance, page))
            .await?,
    ))
}

/// Removes a connector from an instance, which then receives no more events from it.
#[utoipa::path(delete, path = "/api/organizations/{org}/instances/{instance}/connectors/{connector}", tag = "connectors", params(ConnectorPath), responses((status = 204, description = "Removed")))]
pub(crate) async fn delete_connector(
    tenant: Tenancy<Admins>,
    Path(ConnectorPath {
        instance,
        connector,
        ..
    }): Path<ConnectorPath>,
) -> Result<Response, ApiError> {
    tenant
        .run(prox_db::connector::delete(&instance, connector))
        .await?;
    Ok(reply::no_content())
}

/// Begins the installation of the Slack app: sends the browser to Slack.
#[utoipa::path(get, path = "/api/organizations/{org}/instances/{instance}/connectors/slack/install", tag = "connectors", params(InstancePath), responses((status = 303, description = "To Slack, or back to the app")))]
pub(crate) async fn begin_slack_install(
    tenant: Tenancy<Admins>,
    Path(InstancePath { instance, .. }): Path<InstancePath>,
) -> Result<Response, ApiError> {
    let ports = tenant.ports();
    let Ok((slack, client_id, _)) = app(ports) else {
        return Ok(Redirect::to("/?slack=unavailable").into_response());
    };
    let state = OAuthFlow::begin(ports);
    let statement = prox_db::connector::begin_slack_install(
        &instance,
        ports.id(),
        state.hash,
        state.expires_at,
    );
    tenant.run(statement).await?;
    let address = oauth::authorize_url(
        &format!("{}/oauth/v2/authorize", slack.origin),
        &[
            ("client_id", client_id),
            ("scope", SCOPES),
            ("redirect_uri", &redirect_uri(ports)),
            ("state", &state.text),
        ],
    );
    Ok(FLOW.redirect_to_provider(ports, &address, &state))
}

/// Slack's response to an authorization code (`oauth.v2.access`).
#[derive(Deserialize)]
struct Access {
    ok: bool,
    error: Option<String>,
    team: Option<Team>,
    enterprise: Option<Team>,
    #[serde(default)]
    is_enterprise_install: bool,
}

/// A workspace, or an Enterprise organization.
#[derive(Deserialize)]
struct Team {
    id: String,
    #[serde(default)]
    name: String,
}

/// Finishes the installation of the Slack app: connects the Slack team to the instance.
#[utoipa::path(get, path = "/api/connectors/slack/callback", tag = "connectors", params(Callback), responses((status = 303, description = "Back to the app")))]
pub(crate) async fn finish_slack_install(
    person: SignedIn,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let call = person.call.clone();
    let ports = call.ports();
    let Returned { code, state_hash } = match FLOW.returned(ports, &callback, &headers) {
        Ok(returned) => returned,
        Err(word) => return Ok(back(ports, &callback, word)),
    };
    let install = match person
        .run(prox_db::connector::consume_slack_state(state_hash))
        .await
    {
        Ok(answer) => answer.parse()?,
        Err(error) if error.code == ErrorCode::NotFound => {
            return Ok(back(ports, &callback, "expired"));
        }
        Err(error) => return Err(error),
    };
    let Some(team) = exchange(ports, &code).await? else {
        return Ok(back(ports, &callback, "failed"));
    };
    // The team's name must satisfy the rules of our own fields.
    let team = SlackTeam {
        account: ports.id(),
        permission: ports.id(),
        name: clean_line(&team.name, 200).unwrap_or_else(|| team.id.clone()),
        team_id: team.id,
    };
    let organization = install
        .organization_id
        .to_string()
        .parse::<Name>()
        .map_err(|_| ErrorCode::Internal)?;
    let tenant: Tenancy<Admins> = person.in_organization(organization);
    match tenant
        .run(prox_db::connector::link_slack_team(
            install.instance_id,
            team,
        ))
        .await
    {
        Ok(_) => Ok(back(ports, &callback, "connected")),
        Err(error) if error.code == ErrorCode::Conflict => Ok(back(ports, &callback, "taken")),
        Err(error) => Err(error),
    }
}

/// Exchanges the code for the installed team. The bot's token is not stored: nothing posts to Slack
/// yet, and there is no vault for it.
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
            .write(&serde_json::json!({ "slack_install": error }).to_string());
    }
    // An installation for a whole Enterprise organization may have no team.
    let installed = if access.is_enterprise_install {
        access.enterprise.or(access.team)
    } else {
        access.team.or(access.enterprise)
    };
    Ok(installed.filter(|team| access.ok && is_installation_id(&team.id)))
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

/// Redirects to the app, which explains the outcome.
fn back(ports: &Ports, callback: &Callback, outcome: &str) -> Response {
    FLOW.return_to_app(ports, callback, &format!("/?slack={outcome}"))
}
