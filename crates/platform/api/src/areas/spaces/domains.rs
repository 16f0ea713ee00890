//! Custom hostnames of spaces.

use axum::response::Response;
use http::StatusCode;
use prox_db::domain::{Check, Claim};
use prox_db::{Client, StatementError};
use prox_integrations::dns::{DnsAnswer, Expected, Verdict, decide_domain, decide_proven_domain};
use prox_integrations::{hostname, oauth};
use prox_types::{CreateDomain, Domain, DomainStatus, Page};
use url::Url;

use crate::areas::search::of_named;
use crate::egress::{deadline, resolve};
use crate::http::access::{Admins, Members, Tenancy};
use crate::http::body::Json;
use crate::http::path::{DomainPath, Paging, Path, Query, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// Hostnames that [`recheck_domains`] looks up at once, with two questions each. The runtime sends six
/// requests at a time.
const RECHECKED_AT_ONCE: i64 = 3;

/// What DNS records prove.
type Decide = fn(&DnsAnswer, &DnsAnswer, &Expected<'_>) -> Verdict;

/// Lists the hostnames of a space, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/domains", tag = "domains", params(SpacePath, Paging), responses((status = 200, body = Page<Domain>)))]
pub(crate) async fn list_domains(
    tenant: Tenancy<Members>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("domains", &paging)?;
    Ok(reply::list(
        "domains",
        tenant.run(prox_db::domain::list(&space, page)).await?,
    ))
}

/// Claims a hostname for a space, and returns the DNS records that prove it.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/domains", tag = "domains", params(SpacePath), request_body = CreateDomain, responses((status = 201, body = Domain)))]
pub(crate) async fn create_domain(
    tenant: Tenancy<Admins>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Json(body): Json<CreateDomain>,
) -> Result<Response, ApiError> {
    let ports = tenant.ports();
    let hostname = hostname::canonical(&body.hostname, &*ports.unicode)
        .map_err(|why| ApiError::field("hostname", why.to_string()))?;
    let ours = Url::parse(&ports.config.app_origin)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    if ours.is_some_and(|host| hostname.is_within(&host))
        || hostname.is_within(&ports.config.cname_target)
    {
        return Err(ApiError::field(
            "hostname",
            "is one of our own; add a domain that you own",
        ));
    }
    let token = oauth::token(&ports.secret());
    let records = hostname::verification_records(&hostname, &token, &ports.config.cname_target);
    let (id, name) = (ports.id(), hostname.as_str());
    let terms = of_named(Some(name), None, &*ports.unicode);
    let statement = prox_db::domain::create(&space, id, name, &token, &records, &terms);
    Ok(reply::one(
        StatusCode::CREATED,
        tenant.run(statement).await?,
    ))
}

/// Looks the DNS records of a hostname up now, and updates its status.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/domains/{domain}/verify", tag = "domains", params(DomainPath), responses((status = 200, body = Domain)))]
pub(crate) async fn verify_domain(
    tenant: Tenancy<Admins>,
    Path(DomainPath { space, domain, .. }): Path<DomainPath>,
) -> Result<Response, ApiError> {
    let claim = tenant
        .run(prox_db::domain::claim(&space, domain))
        .await?
        .parse()?;
    let check = look_up(tenant.ports(), &claim, decide_domain).await?;
    let notification = tenant.ports().id();
    let statement = prox_db::domain::record_check(&space, domain, notification, check);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Removes a hostname; it stops serving the space at once.
#[utoipa::path(delete, path = "/api/organizations/{org}/spaces/{space}/domains/{domain}", tag = "domains", params(DomainPath), responses((status = 204, description = "Removed")))]
pub(crate) async fn delete_domain(
    tenant: Tenancy<Admins>,
    Path(DomainPath { space, domain, .. }): Path<DomainPath>,
) -> Result<Response, ApiError> {
    tenant.run(prox_db::domain::delete(&space, domain)).await?;
    Ok(reply::no_content())
}

/// Looks the DNS records of hostnames up that were verified some time ago, a few at a time. Returns how
/// many it looked at.
///
/// # Errors
/// When a statement fails. What was looked up before it is stored.
pub async fn recheck_domains(client: &mut Client, ports: &Ports) -> Result<usize, StatementError> {
    let due = prox_db::domain::due(RECHECKED_AT_ONCE).for_anonymous(ports.clock.now());
    let due: Vec<Claim> = client.run(&due).await?.parse()?;
    let looks = due
        .iter()
        .map(|claim| look_up(ports, claim, decide_proven_domain));
    let looks = futures_util::future::join_all(looks).await;
    for (claim, look) in due.iter().zip(looks) {
        // A hostname that cannot be read any more is left for six hours, as one without an answer.
        let check = look.unwrap_or(Check {
            status: DomainStatus::Pending,
            reason: None,
        });
        let statement = prox_db::domain::record_look(claim.id, ports.id(), check);
        match client
            .run(&statement.for_anonymous(ports.clock.now()))
            .await
        {
            // It was removed in the meantime.
            Ok(_) | Err(StatementError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(due.len())
}

/// Looks the DNS records of a claimed hostname up, and decides what they prove.
async fn look_up(ports: &Ports, claim: &Claim, decide: Decide) -> Result<Check, ApiError> {
    let hostname = hostname::canonical(&claim.hostname, &*ports.unicode)
        .map_err(|why| ApiError::from(prox_types::ErrorCode::Internal).because(why))?;
    let proof = hostname::proof_name(&hostname);
    let until = deadline(ports);
    let (txt, cname) = futures_util::future::join(
        resolve(ports, &proof, "TXT", until),
        resolve(ports, hostname.as_str(), "CNAME", until),
    )
    .await;
    let expected = Expected {
        hostname: &hostname,
        token: &claim.token,
        cname_target: &ports.config.cname_target,
    };
    let verdict = match (txt, cname) {
        (Ok(txt), Ok(cname)) => decide(&txt, &cname, &expected),
        _ => Verdict::Pending(String::from(
            "The DNS resolver did not answer. Try again in a minute.",
        )),
    };
    Ok(match verdict {
        Verdict::Verified => Check {
            status: DomainStatus::Verified,
            reason: None,
        },
        Verdict::Pending(reason) => Check {
            status: DomainStatus::Pending,
            reason: Some(reason),
        },
        Verdict::Failed(reason) => Check {
            status: DomainStatus::Failed,
            reason: Some(reason),
        },
    })
}
