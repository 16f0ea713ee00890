//! The routes of the local API. They hold no state of their own.

use std::sync::PoisonError;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query as Params, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use super::api_types::{
    ErrorBody, EventParams, HealthView, LogPage, LogParams, Overall, PageParams, ProxyView,
    ReloadView, StatusView, StdinBody,
};
use super::{ApiError, Context, PREFIX, page, requests, stream};
use prox_events::{Event, LogLine, ProcessView, Stream};
use prox_logs::{Filter, Level, Query, filter};
use prox_supervisor::CommandError;

/// Number of lines when the request names none.
const LINES: usize = 200;
/// Maximum number of lines of one response.
pub(super) const MAX_LINES: usize = 10_000;

type Answer<T> = Result<Json<T>, ApiError>;
type Name = Result<Path<String>, PathRejection>;

/// The operations: each becomes a route and an entry of the OpenAPI document.
macro_rules! operations {
    ($($method:ident $path:literal $handler:ident,)*) => {
        fn operations() -> Router<Context> {
            Router::new()$(.route($path, $method($handler)))*
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler),*))]
        struct Operations;
    };
}

operations! {
    get "/health" get_health,
    get "/status" get_status,
    get "/processes" list_processes,
    get "/processes/{name}" get_process,
    post "/processes/{name}/start" start_process,
    post "/processes/{name}/stop" stop_process,
    post "/processes/{name}/restart" restart_process,
    post "/processes/{name}/stdin" write_stdin,
    get "/logs" list_logs,
    get "/logs/page" page_logs,
    get "/logs/stream" stream_logs,
    get "/events" stream_events,
    post "/reload" reload,
    post "/shutdown" shut_down,
    get "/openapi.json" get_document,
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "prox local API",
        description = "Reads and controls the supervisor of one project. Host, port \
                       and token are in its state file.",
        license(name = "Apache-2.0")
    ),
    tags(
        (name = "supervisor", description = "The supervisor of this project"),
        (name = "processes", description = "Processes, tasks and dependencies"),
        (name = "logs", description = "Lines that processes wrote"),
        (name = "requests", description = "Requests that the proxy forwarded")
    ),
    components(schemas(ErrorBody, Event)),
    security(("token" = []))
)]
struct Document;

/// Generates the OpenAPI 3.1 document from the code. The program serves the committed copy, because
/// the generator would make it much larger.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = Document::openapi()
        .nest(PREFIX, Operations::openapi())
        .nest(PREFIX, requests::Documentation::openapi());
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("token", bearer);
    document
}

pub(super) fn router(context: Context) -> Router {
    let requests = requests::routes(context.proxy.clone());
    Router::new()
        .nest(PREFIX, operations())
        .route("/health", get(get_health))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(context)
        .merge(Router::new().nest(PREFIX, requests))
}

async fn not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such route")
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "this method is not allowed here",
    )
}

/// Reports that the supervisor runs. Needs no token.
#[utoipa::path(get, path = "/health", tag = "supervisor", security(()), responses((status = 200, body = HealthView)))]
async fn get_health() -> Json<HealthView> {
    Json(HealthView {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// Returns the state of the supervisor and of everything that it runs.
#[utoipa::path(get, path = "/status", tag = "supervisor", responses((status = 200, body = StatusView)))]
async fn get_status(State(context): State<Context>) -> Json<StatusView> {
    let processes = context.supervisor.views();
    let instance = &context.instance;
    Json(StatusView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: instance.pid,
        project_path: instance.project_path.display().to_string(),
        config_file: instance.config_file.display().to_string(),
        started_at: instance.started_at.clone(),
        overall: Overall::of(&processes),
        processes,
        proxy: proxy_view(&context),
    })
}

fn proxy_view(context: &Context) -> Option<ProxyView> {
    let proxy = context.proxy.as_ref()?;
    let project = context.project.lock();
    let project = project.unwrap_or_else(PoisonError::into_inner);
    Some(ProxyView {
        domain: project.proxy.domain.clone(),
        http_port: proxy.http_port(),
        https_port: proxy.https_port(),
        services: project.services.keys().cloned().collect(),
    })
}

/// Lists processes, tasks and dependencies.
#[utoipa::path(get, path = "/processes", tag = "processes", responses((status = 200, body = Vec<ProcessView>)))]
async fn list_processes(State(context): State<Context>) -> Json<Vec<ProcessView>> {
    Json(context.supervisor.views())
}

/// Returns one process, task or dependency.
#[utoipa::path(
    get, path = "/processes/{name}", tag = "processes", params(("name" = String, Path)),
    responses((status = 200, body = ProcessView), (status = 404, body = ErrorBody, description = "`PROCESS_NOT_FOUND`"))
)]
async fn get_process(State(context): State<Context>, name: Name) -> Answer<ProcessView> {
    let Path(name) = name?;
    match context.supervisor.view(&name) {
        Some(view) => Ok(Json(view)),
        None => Err(ApiError::process_not_found(&name)),
    }
}

/// Starts a process or a group, with everything that it depends on.
///
/// Answers before the processes are ready.
#[utoipa::path(
    post, path = "/processes/{name}/start", tag = "processes", params(("name" = String, Path, description = "A process or a group")),
    responses(
        (status = 200, body = Vec<ProcessView>),
        (status = 404, body = ErrorBody, description = "`PROCESS_NOT_FOUND`, `PROCESS_NOT_IN_CONFIG`"),
        (status = 409, body = ErrorBody, description = "`PROCESS_ALREADY_RUNNING`")
    )
)]
async fn start_process(State(context): State<Context>, name: Name) -> Answer<Vec<ProcessView>> {
    let Path(name) = name?;
    let done = context.supervisor.start_named(&name).await;
    answer(&context, &name, done)
}

/// Stops a process or a group.
///
/// Answers when all processes have ended.
#[utoipa::path(
    post, path = "/processes/{name}/stop", tag = "processes", params(("name" = String, Path, description = "A process or a group")),
    responses(
        (status = 200, body = Vec<ProcessView>),
        (status = 404, body = ErrorBody, description = "`PROCESS_NOT_FOUND`, `PROCESS_NOT_IN_CONFIG`")
    )
)]
async fn stop_process(State(context): State<Context>, name: Name) -> Answer<Vec<ProcessView>> {
    let Path(name) = name?;
    let done = context.supervisor.stop(&name).await;
    answer(&context, &name, done)
}

/// Restarts a process or a group.
///
/// Answers before the processes are ready.
#[utoipa::path(
    post, path = "/processes/{name}/restart", tag = "processes", params(("name" = String, Path, description = "A process or a group")),
    responses(
        (status = 200, body = Vec<ProcessView>),
        (status = 404, body = ErrorBody, description = "`PROCESS_NOT_FOUND`, `PROCESS_NOT_IN_CONFIG`")
    )
)]
async fn restart_process(State(context): State<Context>, name: Name) -> Answer<Vec<ProcessView>> {
    let Path(name) = name?;
    let done = context.supervisor.restart(&name).await;
    answer(&context, &name, done)
}

/// Writes to the standard input of a process.
#[utoipa::path(
    post, path = "/processes/{name}/stdin", tag = "processes", params(("name" = String, Path)), request_body = StdinBody,
    responses(
        (status = 204),
        (status = 404, body = ErrorBody, description = "`PROCESS_NOT_FOUND`"),
        (status = 409, body = ErrorBody, description = "`PROCESS_NOT_RUNNING`, `INPUT_BLOCKED`")
    )
)]
async fn write_stdin(
    State(context): State<Context>,
    name: Name,
    body: Result<Json<StdinBody>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let Path(name) = name?;
    let Json(StdinBody { text }) = body?;
    let done = context.supervisor.write_stdin(&name, text.as_bytes()).await;
    done.map_err(|error| refused(&context, &name, &error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists lines of the log, oldest first, including those of earlier supervisors.
#[utoipa::path(
    get, path = "/logs", tag = "logs", params(LogParams),
    responses((status = 200, body = Vec<LogLine>), (status = 400, body = ErrorBody, description = "`FILTER_INVALID`"))
)]
async fn list_logs(
    State(context): State<Context>,
    params: Result<Params<LogParams>, QueryRejection>,
) -> Answer<Vec<LogLine>> {
    let Params(params) = params?;
    let query = Query {
        last: Some(params.n.unwrap_or(LINES).min(MAX_LINES)),
        ..query(&params)?
    };
    Ok(Json(context.logs.read(query).await?))
}

/// Returns a part of the log, to page through it in either direction.
///
/// Searches a bounded number of lines, and returns how far it searched.
#[utoipa::path(
    get, path = "/logs/page", tag = "logs", params(PageParams),
    responses((status = 200, body = LogPage), (status = 400, body = ErrorBody, description = "`FILTER_INVALID`"))
)]
async fn page_logs(
    State(context): State<Context>,
    params: Result<Params<PageParams>, QueryRejection>,
) -> Answer<LogPage> {
    let Params(params) = params?;
    let from = match params.before {
        Some(seq) => page::From::Before(seq),
        None => page::From::After(params.after.unwrap_or(0)),
    };
    let limit = params.n.unwrap_or(LINES).min(MAX_LINES);
    let wanted = query(&LogParams {
        process: params.process,
        filter: params.filter,
        ..LogParams::default()
    })?;
    let part = page::read(&context.logs, wanted.filter, from, limit).await?;
    Ok(Json(part))
}

/// Streams lines of the log as they are written.
///
/// The id of each event is the `seq` of its line; `Last-Event-ID` resumes after it without a gap.
#[utoipa::path(
    get, path = "/logs/stream", tag = "logs", params(LogParams, ("Last-Event-ID" = Option<u64>, Header)),
    responses(
        (status = 200, body = LogLine, content_type = "text/event-stream"),
        (status = 400, body = ErrorBody, description = "`FILTER_INVALID`"),
        (status = 410, body = ErrorBody, description = "`CURSOR_GONE`")
    )
)]
async fn stream_logs(
    State(context): State<Context>,
    headers: HeaderMap,
    params: Result<Params<LogParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Params(params) = params?;
    stream::logs(&context, &headers, &params).await
}

/// Streams all events of the supervisor.
///
/// Begins with the state of every process. A reader that was too slow gets `reloaded` and the state
/// of every process again.
#[utoipa::path(
    get, path = "/events", tag = "supervisor", params(EventParams, ("Last-Event-ID" = Option<u64>, Header)),
    responses(
        (status = 200, body = Event, content_type = "text/event-stream"),
        (status = 410, body = ErrorBody, description = "`CURSOR_GONE`")
    )
)]
async fn stream_events(
    State(context): State<Context>,
    headers: HeaderMap,
    params: Result<Params<EventParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Params(params) = params?;
    stream::events(&context, &headers, &params).await
}

/// Reloads the configuration and restarts what changed; everything else keeps running.
#[utoipa::path(
    post, path = "/reload", tag = "supervisor",
    responses(
        (status = 200, body = ReloadView),
        (status = 422, body = ErrorBody, description = "`CONFIG_RELOAD_FAILED`; nothing changed")
    )
)]
async fn reload(State(context): State<Context>) -> Answer<ReloadView> {
    let failed = |message: String| {
        ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "CONFIG_RELOAD_FAILED",
            message,
        )
    };
    let file = context.instance.config_file.clone();
    let project = tokio::task::spawn_blocking(move || prox_config::load(&file))
        .await
        .map_err(ApiError::internal)?
        .map_err(|errors| failed(format!("{errors}\n\n{}", errors.reports().join("\n\n"))))?;
    let report = context
        .supervisor
        .reload(project.clone())
        .await
        .map_err(|error| failed(error.to_string()))?;
    if let Some(proxy) = &context.proxy {
        proxy.reload(&project);
    }
    for warning in &project.warnings {
        let text = warning.to_string();
        let logs = &context.logs;
        logs.append("prox", Stream::System, text.as_bytes()).await;
    }
    *context
        .project
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = project;
    let view = ReloadView {
        added: report.added,
        removed: report.removed,
        restarted: report.restarted,
        changed: report.changed,
        later: report.later.into_iter().map(str::to_owned).collect(),
    };
    let mut removed = context
        .removed
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    removed.extend(view.removed.iter().cloned());
    removed.retain(|name| !view.added.contains(name));
    drop(removed);
    Ok(Json(view))
}

/// Stops all processes and ends the supervisor.
///
/// Answers before they have ended.
#[utoipa::path(post, path = "/shutdown", tag = "supervisor", responses((status = 202)))]
async fn shut_down(State(context): State<Context>) -> StatusCode {
    context.end_wanted.cancel();
    StatusCode::ACCEPTED
}

/// Returns this document.
#[utoipa::path(get, path = "/openapi.json", tag = "supervisor", responses((status = 200, description = "OpenAPI 3.1")))]
async fn get_document() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, json)], include_str!("../openapi.json")).into_response()
}

/// The processes that a name means, after a command to them succeeded.
fn answer(
    context: &Context,
    name: &str,
    done: Result<(), CommandError>,
) -> Answer<Vec<ProcessView>> {
    done.map_err(|error| refused(context, name, &error))?;
    let views = context.supervisor.views();
    let named = |view: &ProcessView| view.name == name || view.groups.iter().any(|it| it == name);
    Ok(Json(views.into_iter().filter(named).collect()))
}

fn refused(context: &Context, name: &str, error: &CommandError) -> ApiError {
    let (status, code) = match error {
        CommandError::UnknownName { .. } => {
            let removed = context.removed.lock();
            let removed = removed.unwrap_or_else(PoisonError::into_inner);
            if removed.contains(name) {
                return ApiError::new(
                    StatusCode::NOT_FOUND,
                    "PROCESS_NOT_IN_CONFIG",
                    format!("{name} is not in the configuration any more"),
                );
            }
            (StatusCode::NOT_FOUND, "PROCESS_NOT_FOUND")
        }
        CommandError::AlreadyRunning(_) => (StatusCode::CONFLICT, "PROCESS_ALREADY_RUNNING"),
        CommandError::NotRunning(_) => (StatusCode::CONFLICT, "PROCESS_NOT_RUNNING"),
        CommandError::InputBlocked(_) => (StatusCode::CONFLICT, "INPUT_BLOCKED"),
        CommandError::ShuttingDown => (StatusCode::SERVICE_UNAVAILABLE, "SHUTTING_DOWN"),
    };
    ApiError::new(status, code, error)
}

/// Parses the parameters of a log request.
///
/// # Errors
///
/// `FILTER_INVALID`.
pub(super) fn query(params: &LogParams) -> Result<Query, ApiError> {
    let invalid = |error: filter::WrongFilter| ApiError::filter_invalid(error);
    let mut wanted: Filter = match &params.filter {
        Some(text) => text.parse().map_err(invalid)?,
        None => Filter::without_probes(),
    };
    if let Some(names) = &params.process {
        let names = names.split(',').map(|name| name.trim().to_owned());
        wanted = wanted.also(Filter::default().processes(names));
    }
    if let Some(text) = &params.pattern {
        wanted = wanted.containing(text);
    }
    if let Some(pattern) = &params.regex {
        wanted = wanted.matching(filter::regex(pattern).map_err(invalid)?);
    }
    if let Some(name) = &params.level {
        let level = Level::from_name(name);
        let level =
            level.ok_or_else(|| ApiError::filter_invalid(format!("`{name}` is not a level")))?;
        wanted = wanted.at_least(level);
    }
    let since = match &params.since {
        Some(text) => Some(filter::since(text, Timestamp::now()).map_err(invalid)?),
        None => None,
    };
    Ok(Query {
        filter: wanted,
        since,
        after: params.after,
        last: params.n,
    })
}
