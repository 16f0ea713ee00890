//! The table of routes, and the OpenAPI document that comes out of it.

mod auth;
mod connectors;
mod domains;
mod events;
mod google;
mod health;
mod instances;
mod items;
mod me;
mod members;
mod organizations;
mod preflight;
mod public;

mod slack;
mod socket;
mod spaces;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use types::ErrorCode;
use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::envelope::note_route;
use crate::problem::ApiError;

pub use socket::SocketTicket;

/// Every route of the API worker.
pub fn router() -> Router {
    let (router, _) = documented().split_for_parts();
    // Not part of the contract: a release does not have it.
    #[cfg(feature = "dev")]
    let router = router.route("/api/auth/dev", post(auth::development_sign_in));
    router
        .route("/hooks/slack", post(slack::receive_slack))
        .route("/api/openapi.json", get(health::get_openapi))
        .route("/api/docs", get(health::get_docs))
        .fallback(public::get_public)
        .method_not_allowed_fallback(async || ApiError::from(ErrorCode::MethodNotAllowed))
        .layer(from_fn(note_route))
}

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> OpenApi {
    let (_, mut document) = documented().split_for_parts();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        operation.responses.responses.insert(
            String::from("default"),
            Ref::from_response_name("Problem").into(),
        );
    }
    document
}

fn documented() -> OpenApiRouter {
    OpenApiRouter::with_openapi(base())
        .routes(routes!(health::get_health))
        .routes(routes!(auth::list_providers))
        .routes(routes!(google::begin_google))
        .routes(routes!(google::finish_google))
        .routes(routes!(auth::sign_out))
        .routes(routes!(auth::list_sessions))
        .routes(routes!(auth::revoke_session))
        .routes(routes!(me::get_me, me::update_me))
        .routes(routes!(me::list_my_organizations))
        .routes(routes!(
            organizations::list_organizations,
            organizations::create_organization
        ))
        .routes(routes!(
            organizations::get_organization,
            organizations::update_organization,
            organizations::delete_organization
        ))
        .routes(routes!(socket::open_socket))
        .routes(routes!(members::list_members, members::create_member))
        .routes(routes!(
            members::get_member,
            members::update_member,
            members::delete_member
        ))
        .routes(routes!(
            instances::list_instances,
            instances::create_instance
        ))
        .routes(routes!(
            instances::get_instance,
            instances::update_instance,
            instances::delete_instance
        ))
        .routes(routes!(events::list_events, events::create_event))
        .routes(routes!(events::get_event))
        .routes(routes!(events::list_unclaimed_events))
        .routes(routes!(connectors::list_connectors))
        .routes(routes!(connectors::delete_connector))
        .routes(routes!(connectors::begin_slack_install))
        .routes(routes!(connectors::finish_slack_install))
        .routes(routes!(spaces::list_spaces, spaces::create_space))
        .routes(routes!(
            spaces::get_space,
            spaces::update_space,
            spaces::delete_space
        ))
        .routes(routes!(spaces::publish_space))
        .routes(routes!(spaces::unpublish_space))
        .routes(routes!(items::list_items, items::create_item))
        .routes(routes!(
            items::get_item,
            items::update_item,
            items::delete_item
        ))
        .routes(routes!(domains::list_domains, domains::create_domain))
        .routes(routes!(domains::delete_domain))
        .routes(routes!(domains::verify_domain))
        .routes(routes!(preflight::preflight))
}

fn base() -> OpenApi {
    let problem = ResponseBuilder::new()
        .description("What went wrong, as a problem document (RFC 9457)")
        .content(
            "application/problem+json",
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build(),
        )
        .build();
    let components = ComponentsBuilder::new()
        .schema_from::<types::Problem>()
        .schema_from::<types::FieldError>()
        .schema_from::<ErrorCode>()
        .response("Problem", problem)
        .security_scheme(
            "cookie",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-prox"))),
        )
        .security_scheme(
            "bearer",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        )
        .build();
    let info = InfoBuilder::new()
        .title("Prox OS")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "One home for the apps, links, data, machines and agents of a person or a team.",
        ))
        .build();
    let none: [&str; 0] = [];
    let security = [
        SecurityRequirement::new("cookie", none),
        SecurityRequirement::new("bearer", none),
    ];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some(security))
        .build()
}

fn operations(
    path: &mut utoipa::openapi::PathItem,
) -> impl Iterator<Item = &mut utoipa::openapi::path::Operation> {
    [
        &mut path.get,
        &mut path.post,
        &mut path.patch,
        &mut path.put,
        &mut path.delete,
    ]
    .into_iter()
    .flatten()
}
