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

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};
use types::ErrorCode;
use utoipa::openapi::HttpMethod;
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
    let router = routed();
    // Not part of the contract: a release does not have it.
    #[cfg(feature = "dev")]
    let router = router.route("/api/auth/dev", post(auth::development_sign_in));
    router
        .route("/hooks/slack", post(slack::receive_slack))
        .route("/api/openapi.json", get(health::get_openapi))
        .route("/api/docs", get(health::get_docs))
        .fallback(public::get_public)
        .method_not_allowed_fallback(async || ApiError::from(ErrorCode::MethodNotAllowed))
        .layer(from_fn(public::keep_hosts_out))
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

/// Every operation of the contract: `$each!(module::handler)` for each.
macro_rules! operations_of_the_contract {
    ($each:ident) => {
        $each!(health::get_health);
        $each!(auth::list_providers);
        $each!(google::begin_google);
        $each!(google::finish_google);
        $each!(auth::sign_out);
        $each!(auth::list_sessions);
        $each!(auth::revoke_session);
        $each!(me::get_me);
        $each!(me::update_me);
        $each!(me::list_my_organizations);
        $each!(organizations::list_organizations);
        $each!(organizations::create_organization);
        $each!(organizations::get_organization);
        $each!(organizations::update_organization);
        $each!(organizations::delete_organization);
        $each!(socket::open_socket);
        $each!(members::list_members);
        $each!(members::create_member);
        $each!(members::get_member);
        $each!(members::update_member);
        $each!(members::delete_member);
        $each!(instances::list_instances);
        $each!(instances::create_instance);
        $each!(instances::get_instance);
        $each!(instances::update_instance);
        $each!(instances::delete_instance);
        $each!(events::list_events);
        $each!(events::create_event);
        $each!(events::get_event);
        $each!(events::list_unclaimed_events);
        $each!(connectors::list_connectors);
        $each!(connectors::delete_connector);
        $each!(connectors::begin_slack_install);
        $each!(connectors::finish_slack_install);
        $each!(spaces::list_spaces);
        $each!(spaces::create_space);
        $each!(spaces::get_space);
        $each!(spaces::update_space);
        $each!(spaces::delete_space);
        $each!(spaces::publish_space);
        $each!(spaces::unpublish_space);
        $each!(items::list_items);
        $each!(items::create_item);
        $each!(items::get_item);
        $each!(items::update_item);
        $each!(items::delete_item);
        $each!(domains::list_domains);
        $each!(domains::create_domain);
        $each!(domains::delete_domain);
        $each!(domains::verify_domain);
        $each!(preflight::preflight);
    };
}

fn documented() -> OpenApiRouter {
    let mut documented = OpenApiRouter::with_openapi(base());
    macro_rules! document {
        ($module:ident::$handler:ident) => {
            documented = documented.routes(routes!($module::$handler));
        };
    }
    operations_of_the_contract!(document);
    documented
}

/// The operations as routes. Their documentation stays behind: building it would cost each
/// isolate its start, and the worker a tenth of its size.
fn routed() -> Router {
    let mut router = Router::new();
    macro_rules! route {
        ($module:ident::$handler:ident) => {
            pastey::paste! {
                router = route_of::<$module::[<__path_ $handler>], _, _>(router, $module::$handler);
            }
        };
    }
    operations_of_the_contract!(route);
    router
}

fn route_of<O, H, T>(router: Router, handler: H) -> Router
where
    O: utoipa::Path,
    H: Handler<T, (), Future = Answering>,
    T: 'static,
{
    add(router, &O::path(), O::methods(), Operation::new(handler))
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

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler of any type as one type, so that axum's machinery around a handler is in the
/// worker once, and not for each of them.
#[derive(Clone)]
struct Operation(Arc<dyn Fn(Request) -> Answering + Send + Sync>);

impl Operation {
    fn new<H, T>(handler: H) -> Self
    where
        H: Handler<T, (), Future = Answering>,
    {
        Self(Arc::new(move |request| handler.clone().call(request, ())))
    }
}

impl Handler<(), ()> for Operation {
    type Future = Answering;

    fn call(self, request: Request, (): ()) -> Answering {
        (self.0)(request)
    }
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
