//! Members of an organization and their roles.

use axum::response::Response;
use http::StatusCode;
use prox_types::{CreateMember, Member, Page, UpdateMember};

use super::auth::{ascii_email, local_part};
use crate::areas::search::of_named;
use crate::http::access::{Admins, Members, Tenancy};
use crate::http::body::Json;
use crate::http::path::{MemberPath, OrgPath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Email;

/// Lists the members of an organization, in the order in which they were added.
#[utoipa::path(get, path = "/api/organizations/{org}/members", tag = "members", params(OrgPath, Paging), responses((status = 200, body = Page<Member>)))]
pub(crate) async fn list_members(
    tenant: Tenancy<Members>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("members", &paging)?;
    Ok(reply::list(
        "members",
        tenant.run(prox_db::member::list(page)).await?,
    ))
}

/// Adds a person by email address, and sends them an email. Only owners add owners.
#[utoipa::path(post, path = "/api/organizations/{org}/members", tag = "members", params(OrgPath), request_body = CreateMember, responses((status = 201, body = Member)))]
pub(crate) async fn create_member(
    tenant: Tenancy<Admins>,
    Json(mut body): Json<CreateMember>,
) -> Result<Response, ApiError> {
    let ports = tenant.ports();
    let email = ascii_email(&body.email, &*ports.unicode)?;
    body.email.clone_from(&email);
    let name = local_part(&email);
    let (member, user, notification) = (ports.id(), ports.id(), ports.id());
    let terms = of_named(Some(&name), Some(&email), &*ports.unicode);
    let statement = prox_db::member::create(member, user, notification, body, name, &terms);
    let answer = tenant.run(statement).await?;
    // A replayed answer has no pokes, and sends no second email.
    if !answer.pokes.is_empty() {
        ports.mail.send(Email {
            to: email,
            subject: String::from("You were added to an organization on Prox OS"),
            text: format!("Sign in to see it: {}/\n", ports.config.app_origin),
        });
    }
    Ok(reply::one(StatusCode::CREATED, answer))
}

/// Returns one member.
#[utoipa::path(get, path = "/api/organizations/{org}/members/{member}", tag = "members", params(MemberPath), responses((status = 200, body = Member)))]
pub(crate) async fn get_member(
    tenant: Tenancy<Members>,
    Path(MemberPath { member, .. }): Path<MemberPath>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        tenant.run(prox_db::member::read(member)).await?,
    ))
}

/// Changes the role of a member. Only owners change owners, and the last owner keeps the role.
#[utoipa::path(patch, path = "/api/organizations/{org}/members/{member}", tag = "members", params(MemberPath), request_body = UpdateMember, responses((status = 200, body = Member)))]
pub(crate) async fn update_member(
    tenant: Tenancy<Admins>,
    Path(MemberPath { member, .. }): Path<MemberPath>,
    Json(body): Json<UpdateMember>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        tenant.run(prox_db::member::update(member, &body)).await?,
    ))
}

/// Removes a member and closes their sockets. Every member may leave, except for the last owner.
#[utoipa::path(delete, path = "/api/organizations/{org}/members/{member}", tag = "members", params(MemberPath), responses((status = 204, description = "Removed")))]
pub(crate) async fn delete_member(
    tenant: Tenancy<Members>,
    Path(MemberPath { member, .. }): Path<MemberPath>,
) -> Result<Response, ApiError> {
    tenant.run(prox_db::member::delete(member)).await?;
    Ok(reply::no_content())
}
