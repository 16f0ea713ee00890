//! Pages of spaces: their alternate formats, `robots.txt` and sitemaps, and the notices when there is no page.
//!
//! A request without credentials gets what everybody sees, which caches may share. On the app's own host, a
//! request with a session gets the slice of that person, which no cache shares. A custom host never has one.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base16ct::lower::encode_string;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use prox_core::etag::none_match;
use prox_db::Answer;
use prox_db::exposure::ViewAs;
use prox_db::public::Reader;
use prox_pages::{PageContext, Viewer as PageViewer};
use prox_types::{ErrorCode, PublicSpace, Role, Slug, Visibility};
use sha2::{Digest, Sha256};

use crate::areas::spaces::exposure::viewer_of;
use crate::http::access::{Anonymous, AtSpace, CanManage, Viewer};
use crate::http::call::Call;
use crate::http::handler::CUSTOM_HOST;
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// The slug of the home, whose address is `/@{handle}`.
const HOME: &str = "home";

/// Shared caches may keep a page for a second, so a change shows within about a second. Browsers
/// revalidate each time, and mostly get 304.
const CACHE: &str = "public, max-age=0, s-maxage=1, stale-while-revalidate=1";
/// The cache rule of a page for one viewer: the browser's own copy, after asking.
pub(super) const CACHE_FOR_VIEWER: &str = "private, no-cache";
/// The cache rule of what changes rarely: the script, icons, rules for crawlers, redirects.
const CACHE_FOR_AN_HOUR: &str = "public, max-age=3600";

const ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// A page, or one of its alternate formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    Markdown,
    Json,
    Rss,
}

impl Format {
    pub(super) const fn reader(self) -> Reader {
        match self {
            Self::Rss => Reader::Feed,
            Self::Html | Self::Markdown | Self::Json => Reader::Page,
        }
    }
}

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// A space of the app's host.
    Space {
        handle: Slug,
        space: Slug,
        format: Format,
    },
    /// The space of a custom host.
    HostSpace(Format),
    /// Another form of a space's address; redirects to the canonical one.
    Redirect(String),
    Script,
    Robots,
    Sitemap,
    Icon,
    Nothing,
}

/// Answers every request that does not match a route of the API.
pub(crate) async fn get_public(request: Request) -> Result<Response, ApiError> {
    let anonymous = Anonymous::from_extensions(request.extensions())?;
    if let Some(rest) = request.uri().path().strip_prefix("/s/")
        && !request.headers().contains_key(CUSTOM_HOST)
    {
        let rest = rest.to_owned();
        return super::shared::answer(&anonymous, &rest, request).await;
    }
    let custom = request
        .headers()
        .get(CUSTOM_HOST)
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned);
    let (path, headers) = (request.uri().path(), request.headers());
    if custom.is_none() && !is_public(path) {
        return Err(ErrorCode::NotFound.into());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = ApiError::from(ErrorCode::MethodNotAllowed).into_response();
        reply::set(&mut response, header::ALLOW, "GET, HEAD");
        return Ok(response);
    }
    let response = match &custom {
        Some(hostname) => on_host(&anonymous, hostname, path, headers).await?,
        None => {
            let viewer = Viewer::of_page(&anonymous.call, headers);
            on_app(&anonymous, &viewer, path, request.uri().query(), headers).await?
        }
    };
    Ok(if request.method() == Method::HEAD {
        response.map(|_| Body::empty())
    } else {
        response
    })
}

/// Whether a path of the app's host belongs to the public pages. The edge's route agrees.
fn is_public(path: &str) -> bool {
    let prefixes = ["/@", "/%40", "/d/", "/s/", "/_prox/"];
    prefixes.iter().any(|prefix| path.starts_with(prefix))
        || matches!(path, "/robots.txt" | "/sitemap.xml" | "/favicon.ico")
}

async fn on_app(
    anonymous: &Anonymous,
    viewer: &Viewer,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let origin = &anonymous.call.ports().config.app_origin;
    Ok(match target_on_app(path) {
        Target::Space {
            handle,
            space,
            format,
        } => {
            if let Some(as_whom) = query.and_then(preview_of) {
                return preview(&anonymous.call, headers, &handle, &space, &as_whom).await;
            }
            let statement =
                prox_db::public::by_handle(handle.as_str(), space.as_str(), format.reader());
            let found = viewer.run(statement).await;
            let as_person = viewer.is_known();
            let context = |space: &PublicSpace| {
                let context = PageContext::on_app(origin, space);
                if as_person {
                    context.for_viewer(PageViewer::Person)
                } else {
                    context
                }
            };
            let rest = path
                .strip_prefix("/@")
                .and_then(|p| p.strip_prefix(handle.as_str()));
            let requested = Some((&handle, rest.unwrap_or_default()));
            show(found, format, headers, requested, context, not_found)?
        }
        Target::Redirect(path) => redirect(&path),
        Target::Script => script(),
        Target::Robots => fixed("text/plain; charset=utf-8", prox_pages::app_robots(origin)),
        Target::Sitemap => {
            let spaces = anonymous.run(prox_db::public::list()).await?.parse()?;
            let sitemap = prox_pages::app_sitemap(origin, &spaces);
            document("application/xml", sitemap, CACHE)
        }
        Target::Icon => fixed("image/x-icon", prox_pages::APP_ICON),
        Target::HostSpace(_) | Target::Nothing => not_found(),
    })
}

/// Answers a request to a custom host. Every path reads the host's space, because a host without a
/// space answers 421 for every path.
async fn on_host(
    anonymous: &Anonymous,
    hostname: &str,
    path: &str,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let ports = anonymous.call.ports();
    let target = target_on_host(path);
    if target == Target::Script {
        return Ok(script());
    }
    let reader = match target {
        Target::HostSpace(format) => format.reader(),
        _ => Reader::Page,
    };
    let statement = prox_db::public::by_hostname(hostname, reader);
    let found = anonymous.run(statement).await;
    let origin = host_origin(ports, hostname);
    let unknown = || {
        notice(
            StatusCode::MISDIRECTED_REQUEST,
            prox_pages::unknown_host(hostname),
        )
    };
    if let Target::HostSpace(format) = target {
        let context =
            |_: &PublicSpace| PageContext::on_custom_host(&ports.config.app_origin, &origin);
        return show(found, format, headers, None, context, unknown);
    }
    let space = match found {
        Ok(answer) => answer.parse()?,
        Err(error) if error.code == ErrorCode::NotFound => return Ok(unknown()),
        Err(error) => return Err(error),
    };
    Ok(match target {
        Target::Robots => document(
            "text/plain; charset=utf-8",
            prox_pages::host_robots(&origin, &space),
            CACHE,
        ),
        Target::Sitemap => document(
            "application/xml",
            prox_pages::host_sitemap(&origin, &space),
            CACHE,
        ),
        Target::Icon => document("image/svg+xml", prox_pages::icon(&space), CACHE),
        _ => not_found(),
    })
}

/// Redirects to the new handle of a renamed organization. The answer is cached as shortly as a
/// page, because the organization may take the old handle back.
fn renamed(handle: &Slug, rest: &str) -> Response {
    let mut response = document("text/plain; charset=utf-8", "", CACHE);
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    reply::set(
        &mut response,
        header::LOCATION,
        &format!("/@{handle}{rest}"),
    );
    response
}

/// Renders a space. `requested` is the handle in the address and what follows it.
fn show(
    found: Result<Answer<PublicSpace>, ApiError>,
    format: Format,
    headers: &HeaderMap,
    requested: Option<(&Slug, &str)>,
    context: impl FnOnce(&PublicSpace) -> PageContext,
    missing: impl FnOnce() -> Response,
) -> Result<Response, ApiError> {
    match found {
        Ok(answer) => {
            let space = answer.parse()?;
            if let Some((handle, rest)) = requested
                && space.organization.slug != *handle
            {
                return Ok(renamed(&space.organization.slug, rest));
            }
            let context = context(&space);
            Ok(page(
                &space,
                format,
                &context,
                headers.get(header::IF_NONE_MATCH),
            ))
        }
        Err(error) if error.code == ErrorCode::NotFound => Ok(missing()),
        Err(error) => unreachable(error, format),
    }
}

/// The answer when a page cannot be read: for a browser a page, when that is the database's fault.
pub(super) fn unreachable(error: ApiError, format: Format) -> Result<Response, ApiError> {
    if error.code != ErrorCode::Unavailable || format != Format::Html {
        return Err(error);
    }
    let mut response = notice(StatusCode::SERVICE_UNAVAILABLE, prox_pages::unavailable());
    reply::set(&mut response, header::RETRY_AFTER, "2");
    Ok(response)
}

/// The viewer that the query `view-as=…` names.
fn preview_of(query: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "view-as").then(|| value.into_owned()))
}

/// The page as somebody else sees it, for those who manage the space. For everybody else it does not exist.
async fn preview(
    call: &Call,
    headers: &HeaderMap,
    handle: &Slug,
    space: &Slug,
    as_whom: &str,
) -> Result<Response, ApiError> {
    let (Some(viewer), Ok(manager)) = (
        viewer_of(as_whom),
        AtSpace::<CanManage>::of_page(call, headers, handle),
    ) else {
        return Ok(not_found());
    };
    let who = in_words(&viewer);
    let statement = prox_db::exposure::page_as(space.as_str(), &viewer);
    Ok(match manager.run(statement).await {
        Ok(answer) => match answer.parse()? {
            Some(space) => {
                let context = PageContext::on_app(&call.ports().config.app_origin, &space)
                    .for_viewer(PageViewer::Preview(who));
                page(&space, Format::Html, &context, None)
            }
            None => privately(notice(StatusCode::OK, prox_pages::nothing_to_see(&who))),
        },
        Err(error)
            if matches!(
                error.code,
                ErrorCode::NotFound | ErrorCode::Forbidden | ErrorCode::Unauthenticated
            ) =>
        {
            privately(not_found())
        }
        Err(error) => return unreachable(error, Format::Html),
    })
}

/// A viewer in words, for the notice on a preview.
fn in_words(viewer: &ViewAs) -> String {
    match viewer {
        ViewAs::Anyone => String::from("everybody without an account"),
        ViewAs::Link(_) => String::from("everybody with this link"),
        ViewAs::User(name) if name.contains('@') => name.clone(),
        ViewAs::User(name) => format!("@{name}"),
        ViewAs::Role(Role::Member) => String::from("a member"),
        ViewAs::Role(Role::Admin) => String::from("an admin"),
        ViewAs::Role(Role::Owner) => String::from("an owner"),
    }
}

pub(super) fn page(
    space: &PublicSpace,
    format: Format,
    context: &PageContext,
    known: Option<&HeaderValue>,
) -> Response {
    let (kind, body) = match format {
        Format::Html => ("text/html; charset=utf-8", prox_pages::html(space, context)),
        Format::Markdown => (
            "text/markdown; charset=utf-8",
            prox_pages::markdown(space, context),
        ),
        Format::Json => ("application/json", prox_pages::json(space)),
        Format::Rss => (
            "application/rss+xml; charset=utf-8",
            prox_pages::rss(space, context),
        ),
    };
    // A new template does not change the version, so a digest of the content is part of the tag.
    let digest = encode_string(&Sha256::digest(&body));
    let tag = format!("\"v{}-{digest:.8}\"", space.version);
    let is_known = known
        .and_then(|k| k.to_str().ok())
        .is_some_and(|known| !none_match(known, &tag));
    let body = if is_known { String::new() } else { body };
    let mut response = document(kind, body, CACHE);
    let for_everybody = context.viewer == PageViewer::Everybody;
    if !for_everybody {
        keep_private(&mut response);
    }
    let csp = HeaderValue::from_str(&prox_pages::page_csp(space, context));
    if let (Format::Html, Ok(csp)) = (format, csp) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    reply::set(&mut response, header::ETAG, &tag);
    if space.visibility != Visibility::Public || format != Format::Html || !for_everybody {
        reply::set(&mut response, ROBOTS_TAG, "noindex");
    }
    response
}

/// A notice for one viewer: see [`keep_private`].
pub(super) fn privately(mut notice: Response) -> Response {
    keep_private(&mut notice);
    notice
}

/// Makes an answer one for one viewer: no cache shares it, and no other site frames or reads it.
fn keep_private(response: &mut Response) {
    let csp = prox_pages::viewer_csp();
    let headers = response.headers_mut();
    headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    headers.remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
    for (name, value) in [
        (header::CACHE_CONTROL, CACHE_FOR_VIEWER),
        (header::VARY, "cookie, authorization"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (header::CONTENT_SECURITY_POLICY, csp.as_str()),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}

/// A public document of any type.
fn document(kind: &str, body: impl Into<Body>, cache: &str) -> Response {
    let mut response = Response::new(body.into());
    reply::set(&mut response, header::CONTENT_TYPE, kind);
    reply::set(&mut response, header::CACHE_CONTROL, cache);
    allow_other_sites(&mut response);
    response
}

fn fixed(kind: &str, body: impl Into<Body>) -> Response {
    document(kind, body, CACHE_FOR_AN_HOUR)
}

fn script() -> Response {
    fixed("text/javascript; charset=utf-8", prox_pages::LIVE_SCRIPT)
}

/// Redirects another form of an address to the canonical one, so that each page has one address.
fn redirect(path: &str) -> Response {
    let mut response = fixed("text/plain; charset=utf-8", "");
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    reply::set(&mut response, header::LOCATION, path);
    response
}

pub(super) fn not_found() -> Response {
    notice(StatusCode::NOT_FOUND, prox_pages::not_found())
}

pub(super) fn notice(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    reply::set(
        &mut response,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    allow_other_sites(&mut response);
    response
}

/// Lets any site frame and read a public page, which has no controls and is the same for every
/// reader.
fn allow_other_sites(response: &mut Response) {
    let csp = prox_pages::csp();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, csp.as_str()),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ] {
        reply::set(response, name, value);
    }
}

fn target_on_app(path: &str) -> Target {
    match path {
        "/_prox/live.js" => return Target::Script,
        "/robots.txt" => return Target::Robots,
        "/sitemap.xml" => return Target::Sitemap,
        "/favicon.ico" => return Target::Icon,
        _ => {}
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let Some((address, format)) = decoded.strip_prefix("/@").map(split_format) else {
        return Target::Nothing;
    };
    let address = address.strip_suffix('/').unwrap_or(address);
    let address = address.to_ascii_lowercase();
    let (handle, space) = address.split_once('/').unwrap_or((&address, HOME));
    let (Ok(handle), Ok(space)) = (handle.parse::<Slug>(), space.parse::<Slug>()) else {
        return Target::Nothing;
    };
    let canonical = canonical_path(&handle, &space, format);
    if canonical == path {
        Target::Space {
            handle,
            space,
            format,
        }
    } else {
        Target::Redirect(canonical)
    }
}

/// The one address of a space in a format. The home has no slug in it.
fn canonical_path(handle: &Slug, space: &Slug, format: Format) -> String {
    let extension = match format {
        Format::Html => "",
        Format::Markdown => ".md",
        Format::Json => ".json",
        Format::Rss => ".rss",
    };
    if space.as_str() == HOME {
        format!("/@{handle}{extension}")
    } else {
        format!("/@{handle}/{space}{extension}")
    }
}

fn target_on_host(path: &str) -> Target {
    match path {
        "/" => Target::HostSpace(Format::Html),
        "/_prox/live.js" => Target::Script,
        "/robots.txt" => Target::Robots,
        "/sitemap.xml" => Target::Sitemap,
        "/favicon.ico" => Target::Icon,
        _ => match split_format(path) {
            ("/index", format) if format != Format::Html => Target::HostSpace(format),
            _ => Target::Nothing,
        },
    }
}

pub(super) fn split_format(address: &str) -> (&str, Format) {
    for (extension, format) in [
        (".md", Format::Markdown),
        (".json", Format::Json),
        (".rss", Format::Rss),
    ] {
        if let Some(rest) = address.strip_suffix(extension) {
            return (rest, format);
        }
    }
    (address, Format::Html)
}

/// The origin of a custom host: over TLS like the app's, or in development with its port.
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

    fn space(handle: &str, space: &str, format: Format) -> Target {
        Target::Space {
            handle: handle.parse().unwrap(),
            space: space.parse().unwrap(),
            format,
        }
    }

    #[test]
    fn a_path_names_a_space_and_a_format() {
        for (path, expected) in [
            ("/@ada", space("ada", "home", Format::Html)),
            ("/@ada.md", space("ada", "home", Format::Markdown)),
            ("/@ada/work", space("ada", "work", Format::Html)),
            ("/@ada/work.rss", space("ada", "work", Format::Rss)),
        ] {
            assert_eq!(target_on_app(path), expected, "{path}");
        }
        for path in [
            "/@",
            "/@/",
            "/@ada//",
            "/@ada/x/y",
            "/@ada.exe",
            "/@ada%2Fx%2Fy",
            "/%40",
            "/d/x",
            "/s/x",
            "/@%FF",
            "/%2540ada",
            "/@ada/%2e%2e/x",
        ] {
            assert_eq!(target_on_app(path), Target::Nothing, "{path}");
        }
    }

    #[test]
    fn other_forms_of_an_address_lead_to_the_canonical_one() {
        for (path, canonical) in [
            ("/%40ada", "/@ada"),
            ("/%40Ada/Work.md", "/@ada/work.md"),
            ("/@Ada", "/@ada"),
            ("/@ADA.JSON", ""),
            ("/@Ada.json", "/@ada.json"),
            ("/@ada/", "/@ada"),
            ("/@ada/home", "/@ada"),
            ("/@ada/Home/", "/@ada"),
            ("/@ada/home.md", "/@ada.md"),
            ("/@ada/work/", "/@ada/work"),
            ("/@%61da", "/@ada"),
            ("/@ada%2Fwork", "/@ada/work"),
        ] {
            let expected = if canonical.is_empty() {
                Target::Nothing
            } else {
                Target::Redirect(canonical.to_owned())
            };
            assert_eq!(target_on_app(path), expected, "{path}");
            if !canonical.is_empty() {
                assert!(matches!(target_on_app(canonical), Target::Space { .. }));
            }
        }
    }

    #[test]
    fn a_custom_host_has_its_space_at_the_root_only() {
        assert_eq!(target_on_host("/"), Target::HostSpace(Format::Html));
        assert_eq!(
            target_on_host("/index.json"),
            Target::HostSpace(Format::Json)
        );
        assert_eq!(target_on_host("/_prox/live.js"), Target::Script);
        for path in [
            "/index",
            "/@ada",
            "/api/me",
            "/index.html",
            "//",
            "/.md",
            "/-",
        ] {
            assert_eq!(target_on_host(path), Target::Nothing, "{path}");
        }
    }
}
