//! Published spaces for everybody: pages, their twins, and the words when there is none.
//!
//! Carries no session and reads no cookie: what an anonymous reader sees cannot depend on one.

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use prox_core::etag::none_match;
use prox_db::Answer;
use prox_pages::PageContext;
use prox_types::{ErrorCode, PublicSpace, Slug, Visibility};
use sha2::{Digest, Sha256};

use crate::http::access::Anonymous;
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// The edge says here which custom host was context. From outside it never gets through.
const CUSTOM_HOST: &str = "x-prox-host";

/// Shared caches may keep a page for a second, which is how long a change may take to show;
/// browsers ask again each time, and mostly hear 304.
const CACHE: &str = "public, max-age=0, s-maxage=1, stale-while-revalidate=1";

/// In which form a space is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Html,
    Markdown,
    Json,
    Rss,
}

/// What an address asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Handle {
        handle: Slug,
        space: Slug,
        form: Form,
    },
    Host {
        hostname: String,
        form: Form,
    },
    Script,
}

/// Everything that is no route of the API: a public page, or nothing.
pub(crate) async fn get_public(request: Request) -> Result<Response, ApiError> {
    let anonymous = Anonymous::from_extensions(request.extensions())?;
    let custom = request
        .headers()
        .get(CUSTOM_HOST)
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned);
    let path = request.uri().path();
    if custom.is_none() && !path.starts_with("/@") && !path.starts_with("/_prox/") {
        return Err(ErrorCode::NotFound.into());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ErrorCode::MethodNotAllowed.into());
    }
    let wanted = match &custom {
        Some(host) => on_host(host, path),
        None => on_app(path),
    };
    let ports = anonymous.call.ports();
    let response = match wanted {
        None => notice(StatusCode::NOT_FOUND, prox_pages::not_found()),
        Some(Wanted::Script) => script(),
        Some(Wanted::Handle {
            handle,
            space,
            form,
        }) => {
            let found = anonymous
                .run(prox_db::public::by_handle(handle.as_str(), space.as_str()))
                .await;
            let context =
                |space: &PublicSpace| PageContext::on_app(&ports.config.app_origin, space);
            show(found, form, request.headers(), context, || {
                notice(StatusCode::NOT_FOUND, prox_pages::not_found())
            })?
        }
        Some(Wanted::Host { hostname, form }) => {
            let found = anonymous.run(prox_db::public::by_hostname(&hostname)).await;
            let origin = host_origin(ports, &hostname);
            let context =
                |_: &PublicSpace| PageContext::on_custom_host(&ports.config.app_origin, &origin);
            show(found, form, request.headers(), context, || {
                notice(
                    StatusCode::MISDIRECTED_REQUEST,
                    prox_pages::unknown_host(&hostname),
                )
            })?
        }
    };
    Ok(if request.method() == Method::HEAD {
        response.map(|_| Body::empty())
    } else {
        response
    })
}

/// A custom host is no way to the API's own routes, also when the edge lets one through.
pub(crate) async fn keep_hosts_out(request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().is_some();
    if matched && request.headers().contains_key(CUSTOM_HOST) {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    next.run(request).await
}

fn show(
    found: Result<Answer<PublicSpace>, ApiError>,
    form: Form,
    headers: &HeaderMap,
    context: impl FnOnce(&PublicSpace) -> PageContext,
    missing: impl FnOnce() -> Response,
) -> Result<Response, ApiError> {
    match found {
        Ok(answer) => {
            let space = answer.parse()?;
            let context = context(&space);
            Ok(page(
                &space,
                form,
                &context,
                headers.get(header::IF_NONE_MATCH),
            ))
        }
        Err(error) if error.code == ErrorCode::NotFound => Ok(missing()),
        Err(error) if error.code == ErrorCode::Unavailable && form == Form::Html => {
            let mut response = notice(StatusCode::SERVICE_UNAVAILABLE, prox_pages::unavailable());
            reply::set(&mut response, header::RETRY_AFTER, "2");
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

fn page(
    space: &PublicSpace,
    form: Form,
    context: &PageContext,
    known: Option<&HeaderValue>,
) -> Response {
    let (kind, body) = match form {
        Form::Html => ("text/html; charset=utf-8", prox_pages::html(space, context)),
        Form::Markdown => (
            "text/markdown; charset=utf-8",
            prox_pages::markdown_twin(space, context),
        ),
        Form::Json => ("application/json", prox_pages::json_twin(space)),
        Form::Rss => (
            "application/rss+xml; charset=utf-8",
            prox_pages::rss(space, context),
        ),
    };
    // The version alone would miss a new template, so the content has a part in the tag.
    let digest = Sha256::digest(&body);
    let print: String = digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"v{}-{print}\"", space.version);
    let fresh = known
        .and_then(|k| k.to_str().ok())
        .is_some_and(|known| !none_match(known, &tag));
    let mut response = Response::new(if fresh {
        Body::empty()
    } else {
        Body::from(body)
    });
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    reply::set(&mut response, header::CONTENT_TYPE, kind);
    reply::set(&mut response, header::ETAG, &tag);
    reply::set(&mut response, header::CACHE_CONTROL, CACHE);
    open(&mut response);
    if space.visibility == Visibility::Unlisted || form != Form::Html {
        reply::set(
            &mut response,
            header::HeaderName::from_static("x-robots-tag"),
            "noindex",
        );
    }
    response
}

fn notice(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    reply::set(
        &mut response,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    open(&mut response);
    response
}

fn script() -> Response {
    let mut response = Response::new(Body::from(prox_pages::LIVE_SCRIPT));
    reply::set(
        &mut response,
        header::CONTENT_TYPE,
        "text/javascript; charset=utf-8",
    );
    reply::set(&mut response, header::CACHE_CONTROL, "public, max-age=3600");
    response
}

/// A public page may be framed and fetched by anybody: it holds nothing that acts.
fn open(response: &mut Response) {
    reply::set(
        response,
        header::CONTENT_SECURITY_POLICY,
        &prox_pages::csp(),
    );
    reply::set(
        response,
        header::HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    );
}

fn on_app(path: &str) -> Option<Wanted> {
    if path == "/_prox/live.js" {
        return Some(Wanted::Script);
    }
    let (address, form) = split_form(path.strip_prefix("/@")?);
    let (handle, space) = address.split_once('/').unwrap_or((address, "home"));
    // The home has one address, without its slug.
    if address.ends_with("/home") {
        return None;
    }
    Some(Wanted::Handle {
        handle: handle.parse().ok()?,
        space: space.parse().ok()?,
        form,
    })
}

fn on_host(host: &str, path: &str) -> Option<Wanted> {
    let form = match path {
        "/_prox/live.js" => return Some(Wanted::Script),
        "/" => Form::Html,
        _ => match split_form(path) {
            ("/index", form) if form != Form::Html => form,
            _ => return None,
        },
    };
    Some(Wanted::Host {
        hostname: host.to_owned(),
        form,
    })
}

fn split_form(address: &str) -> (&str, Form) {
    for (ending, form) in [
        (".md", Form::Markdown),
        (".json", Form::Json),
        (".rss", Form::Rss),
    ] {
        if let Some(rest) = address.strip_suffix(ending) {
            return (rest, form);
        }
    }
    (address, Form::Html)
}

/// A custom host is served like the app: over TLS, or in development with its port.
fn host_origin(ports: &Ports, hostname: &str) -> String {
    let Some((scheme, rest)) = ports.config.app_origin.split_once("://") else {
        return format!("https://{hostname}");
    };
    let port = rest
        .rsplit_once(':')
        .map_or(String::new(), |(_, port)| format!(":{port}"));
    format!("{scheme}://{hostname}{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(handle: &str, space: &str, form: Form) -> Option<Wanted> {
        Some(Wanted::Handle {
            handle: handle.parse().unwrap(),
            space: space.parse().unwrap(),
            form,
        })
    }

    #[test]
    fn an_address_names_a_space_and_a_form() {
        assert_eq!(on_app("/@ada"), handle("ada", "home", Form::Html));
        assert_eq!(on_app("/@ada.md"), handle("ada", "home", Form::Markdown));
        assert_eq!(on_app("/@ada/work"), handle("ada", "work", Form::Html));
        assert_eq!(on_app("/@ada/work.rss"), handle("ada", "work", Form::Rss));
        for nothing in [
            "/@",
            "/@ada/",
            "/@ada/home",
            "/@ada/home.md",
            "/@Ada",
            "/@ada/x/y",
            "/@ada.exe",
            "/@%61da",
        ] {
            assert_eq!(on_app(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_custom_host_has_its_space_at_the_root_only() {
        let host = |form| {
            Some(Wanted::Host {
                hostname: "ada.example".to_owned(),
                form,
            })
        };
        assert_eq!(on_host("ada.example", "/"), host(Form::Html));
        assert_eq!(on_host("ada.example", "/index.json"), host(Form::Json));
        assert_eq!(
            on_host("ada.example", "/_prox/live.js"),
            Some(Wanted::Script)
        );
        for nothing in ["/index", "/@ada", "/api/me", "/index.html", "//", "/.md"] {
            assert_eq!(on_host("ada.example", nothing), None, "{nothing}");
        }
    }
}
