//! The table of routes.

use axum::Router;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};
use prox_types::ErrorCode;
use utoipa::OpenApi as _;
use utoipa::openapi::HttpMethod;
use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
};

use crate::areas::datasets::{collectors, columns, datasets, export, imports, query, rows};
use crate::areas::identity::{
    auth, google, me, members, notifications, organizations, preferences, workspaces,
};
use crate::areas::instances::{connectors, events, instances, slack};
use crate::areas::spaces::{
    domains, exposure, feeds, grants, icons, item_health, items, pictures, preflight, public,
    share_links, spaces,
};
use crate::areas::{health, search, socket};
use crate::http::call::Call;
use crate::http::handler::{Operation, admit_plain};
use crate::http::problem::ApiError;

/// Every route of the API worker.
pub fn operations() -> Router {
    let router = contract_routes();
    // Not in the OpenAPI document, because a release does not have it.
    #[cfg(feature = "dev")]
    let router = router.route(
        "/api/auth/dev",
        post(Operation::new(auth::development_sign_in)),
    );
    let plain = Router::new()
        .route("/hooks/slack", post(slack::receive_slack))
        .route("/api/openapi.json", get(health::get_openapi))
        .route("/api/docs", get(health::get_docs))
        .layer(from_fn(admit_plain));
    router
        .merge(plain)
        .fallback(Operation::new(nothing_here))
        .method_not_allowed_fallback(Operation::new(method_not_allowed))
}

/// Every page: public spaces, share links and what they load.
pub fn pages() -> Router {
    Router::new().fallback(public::get_public)
}

async fn nothing_here(_: Call) -> Result<Response, ApiError> {
    Err(ErrorCode::NotFound.into())
}

async fn method_not_allowed(_: Call) -> Result<Response, ApiError> {
    Err(ErrorCode::MethodNotAllowed.into())
}

/// The OpenAPI document of the handlers' annotations; [`crate::contract`] completes it.
pub(crate) fn annotations() -> OpenApi {
    let mut document = base();
    document.merge(Contract::openapi());
    document
}

/// Lists every operation for the OpenAPI document and for the router. The router is built without
/// the documentation, which would delay the start of each isolate and make the worker a tenth
/// larger.
macro_rules! contract {
    ($($module:ident::$handler:ident)+) => {
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($module::$handler),+))]
        struct Contract;

        fn contract_routes() -> Router {
            let mut router = Router::new();
            $(pastey::paste! {
                router = route::<$module::[<__path_ $handler>]>(
                    router,
                    Operation::new($module::$handler),
                );
            })+
            router
        }
    };
}

contract! {
    health::get_health
    auth::list_providers
    google::begin_google
    google::finish_google
    auth::sign_out
    auth::list_sessions
    auth::revoke_session
    me::get_me
    me::update_me
    me::list_my_organizations
    preferences::get_preferences
    preferences::update_preferences
    notifications::list_notifications
    notifications::report_notification
    notifications::clear_notifications
    notifications::read_notifications
    notifications::delete_notification
    organizations::list_organizations
    organizations::create_organization
    organizations::get_organization
    organizations::update_organization
    organizations::delete_organization
    socket::open_socket
    socket::watch_space
    members::list_members
    members::create_member
    members::get_member
    members::update_member
    members::delete_member
    instances::list_instances
    instances::create_instance
    instances::get_instance
    instances::update_instance
    instances::delete_instance
    events::list_events
    events::create_event
    events::get_event
    events::list_unclaimed_events
    connectors::list_connectors
    connectors::delete_connector
    connectors::begin_slack_install
    connectors::finish_slack_install
    workspaces::list_workspaces
    workspaces::create_workspace
    workspaces::get_workspace
    workspaces::update_workspace
    workspaces::delete_workspace
    spaces::list_spaces
    spaces::create_space
    spaces::get_space
    spaces::update_space
    spaces::delete_space
    spaces::publish_space
    spaces::unpublish_space
    datasets::list_datasets
    datasets::create_dataset
    datasets::get_dataset
    datasets::update_dataset
    datasets::delete_dataset
    columns::create_column
    columns::update_column
    columns::delete_column
    columns::preview_column
    query::query_dataset
    collectors::list_collectors
    collectors::create_collector
    collectors::delete_collector
    rows::list_rows
    rows::create_row
    rows::get_row
    rows::update_row
    rows::delete_row
    export::export_csv
    export::export_json
    imports::list_imports
    imports::create_import
    imports::get_import
    imports::update_import
    imports::store_import
    imports::apply_import
    imports::delete_import
    imports::get_bad_rows
    items::list_items
    items::create_item
    items::get_item
    items::update_item
    items::delete_item
    icons::get_item_icon
    feeds::get_item_feed
    item_health::list_item_health
    item_health::check_item_health
    icons::get_space_cover
    pictures::list_pictures
    pictures::create_picture
    pictures::get_picture
    pictures::delete_picture
    grants::list_shared
    share_links::keep_share_link
    grants::list_grants
    grants::create_grant
    grants::update_grant
    grants::delete_grant
    share_links::list_share_links
    share_links::create_share_link
    share_links::delete_share_link
    exposure::get_exposure
    exposure::view_as
    domains::list_domains
    domains::create_domain
    domains::delete_domain
    domains::verify_domain
    preflight::preflight
    search::search
    search::search_organization
}

fn route<O: utoipa::Path>(router: Router, operation: Operation) -> Router {
    add(router, &O::path(), O::methods(), operation)
}

fn add(router: Router, path: &str, methods: Vec<HttpMethod>, operation: Operation) -> Router {
    let methods = methods
        .into_iter()
        .filter_map(|method| match method {
            HttpMethod::Get => Some(MethodFilter::GET),
            HttpMethod::Post => Some(MethodFilter::POST),
            HttpMethod::Put => Some(MethodFilter::PUT),
            HttpMethod::Patch => Some(MethodFilter::PATCH),
            HttpMethod::Delete => Some(MethodFilter::DELETE),
            _ => None,
        })
        .reduce(MethodFilter::or);
    match methods {
        Some(methods) => router.route(path, on(methods, operation)),
        None => router,
    }
}

fn base() -> OpenApi {
    let problem = ResponseBuilder::new()
        .description("A problem document (RFC 9457)")
        .content(
            "application/problem+json",
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build(),
        )
        .build();
    let components = ComponentsBuilder::new()
        .schema_from::<prox_types::Problem>()
        .schema_from::<prox_types::FieldError>()
        .schema_from::<ErrorCode>()
        .schema_from::<crate::http::path::Name>()
        .schema_from::<crate::http::path::PictureHash>()
        .schema_from::<crate::http::path::RowId>()
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
            "One home for the apps, links and data of a person or a team.",
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
