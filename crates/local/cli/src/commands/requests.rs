//! `prox requests`: reads from the supervisor while it runs, and from the captured files otherwise.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, Read as _};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::project::{ProjectLocation, block_on, client, locate, running};
use super::table::{self, Cell};
use super::{painted, print, print_json, warn};
use crate::args::{Global, Replay, RequestAction, Requests};
use crate::exit::{Exit, Failure, Outcome};
use crate::terminal::has_colour;
use prox_capture::diff::Side;
use prox_capture::store::open_stored;
use prox_capture::{
    Content, Filter, Header, Message, RequestDetail, Store, curl, diff, har, render,
};
use prox_control::Client;
use prox_control::requests::RequestList;
use prox_events::RequestView;
use prox_proxy::StatePaths;
use prox_proxy::replay::{self, Edits, ReplayError, Replayed};

/// The default number of requests in an archive.
const ARCHIVED: usize = 1000;

pub(super) fn run(global: &Global, args: &Requests) -> Outcome {
    let place = locate(global)?;
    let source = match running(&place)? {
        Some(instance) => Source::Live(Box::new(client(&instance))),
        None => Source::Stored(open_stored(&StatePaths::of(&place.hash)?.requests)?),
    };
    let off = proxy_off(&place);
    block_on(async {
        let off = match &source {
            // The running project is authoritative until it is restarted.
            Source::Live(client) => client
                .status()
                .await?
                .proxy
                .is_none()
                .then(|| off.unwrap_or("the proxy is off until the next `prox up`")),
            Source::Stored(_) => off,
        };
        match (&args.action, &args.id) {
            (Some(RequestAction::Replay(args)), _) => replay(global, &source, args).await,
            (Some(RequestAction::Diff(args)), _) => {
                let before = source.detail(&args.before, true).await?;
                let after = source.detail(&args.after, true).await?;
                compare(global, &before, &after)
            }
            (None, Some(id)) => show(global, &source, args, id).await,
            (None, None) if args.har => archive(&source, args).await,
            (None, None) if args.follow => follow(global, &source, args, off).await,
            (None, None) => list(global, &source, args, off).await,
        }
    })
}

/// The warning when the proxy of the project is disabled. Ignores an invalid configuration, which
/// other commands report.
fn proxy_off(place: &ProjectLocation) -> Option<&'static str> {
    let project = prox_config::load(&place.file).ok()?;
    if project.proxy.enabled {
        return None;
    }
    Some(match project.services.is_empty() {
        true => {
            "the proxy is off, because prox.yaml has no `services`: add them, as in `services: {web: 3000}`"
        }
        false => "the proxy is off: `proxy.enabled` is false in prox.yaml",
    })
}

/// The source of requests.
enum Source {
    Live(Box<Client>),
    Stored(Arc<Store>),
}

impl Source {
    async fn list(&self, filter: &Filter) -> Result<Vec<RequestView>, Failure> {
        let matcher = filter
            .matcher()
            .map_err(|error| Failure::message(Exit::Usage, error).with_code("FILTER_INVALID"))?;
        match self {
            Self::Live(client) => {
                let list: RequestList = client.get(&path("/proxy/requests", filter)?).await?;
                Ok(list.requests)
            }
            Self::Stored(store) => Ok(store.list(&matcher)),
        }
    }

    async fn detail(&self, id: &str, bodies: bool) -> Result<RequestDetail, Failure> {
        match self {
            Self::Live(client) => {
                let query = if bodies { "?include=body" } else { "" };
                let id =
                    percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
                Ok(client.get(&format!("/proxy/requests/{id}{query}")).await?)
            }
            Self::Stored(store) => store
                .detail(id, bodies)
                .ok_or_else(|| not_replayable(&ReplayError::NotFound(id.to_owned()))),
        }
    }
}

fn path(path: &str, filter: &Filter) -> Result<String, Failure> {
    let query = serde_urlencoded::to_string(filter)
        .map_err(|error| Failure::message(Exit::Failure, error))?;
    Ok(format!("{path}?{query}"))
}

fn filter(args: &Requests) -> Filter {
    Filter {
        subdomain: args.subdomain.clone(),
        method: args.method.clone(),
        min_status: args.min_status,
        max_status: args.max_status,
        since: args.since.clone(),
        url: args.url.clone(),
        limit: args.lines,
    }
}

async fn list(global: &Global, source: &Source, args: &Requests, off: Option<&str>) -> Outcome {
    let views = source.list(&filter(args)).await?;
    if global.json {
        print_json(&views)?;
    } else if views.is_empty() {
        match off {
            Some(off) => warn(format!("no requests: {off}")),
            None => warn("no requests"),
        }
    } else {
        print(table(&views))?;
    }
    Ok(Exit::Ok)
}

/// Follows new requests, after the existing ones. People see a request when it has ended; programs
/// also see its start.
async fn follow(global: &Global, source: &Source, args: &Requests, off: Option<&str>) -> Outcome {
    let Source::Live(client) = source else {
        list(global, source, args, off).await?;
        warn("prox is not running for this project: there will be nothing new");
        return Ok(Exit::Ok);
    };
    if let Some(off) = off {
        warn(off);
    }
    let filter = filter(args);
    // The stream is opened before the list is read, so that no request is missed in between.
    let mut stream = client
        .stream(&path("/proxy/requests/stream", &filter)?)
        .await?;
    let mut shown = HashSet::new();
    for view in source.list(&filter).await? {
        show_once(global, &mut shown, &view)?;
    }
    while let Some(item) = stream.next().await? {
        match item {
            Streamed::Request(view) => show_once(global, &mut shown, &view)?,
            Streamed::Lagged { .. } => {
                for view in source.list(&filter).await? {
                    show_once(global, &mut shown, &view)?;
                }
            }
        }
    }
    Ok(Exit::Ok)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Streamed {
    Request(RequestView),
    Lagged {
        #[expect(dead_code, reason = "names the event")]
        missed: u64,
    },
}

fn show_once(
    global: &Global,
    shown: &mut HashSet<(String, bool)>,
    view: &RequestView,
) -> Result<(), Failure> {
    if view.in_flight && !global.json {
        return Ok(());
    }
    // Only ids that the supervisor still has can come twice, so older ones are dropped.
    if shown.len() > 4 * prox_capture::MAX_REQUESTS {
        shown.clear();
    }
    if !shown.insert((view.id.clone(), view.in_flight)) {
        return Ok(());
    }
    if global.json {
        let line =
            serde_json::to_string(view).map_err(|error| Failure::message(Exit::Failure, error))?;
        return print(line + "\n");
    }
    print(row_text(view))
}

async fn show(global: &Global, source: &Source, args: &Requests, id: &str) -> Outcome {
    let bodies = args.body || args.curl || args.har;
    let detail = source.detail(id, bodies).await?;
    if args.curl {
        let (command, missing) = curl::command(&detail).ok_or_else(not_captured)?;
        for note in missing {
            warn(note);
        }
        print(command + "\n")?;
    } else if args.har {
        print_json(&har::archive([&detail]))?;
    } else if global.json {
        print_json(&detail)?;
    } else {
        print(detail_text(&detail, args.body, has_colour()))?;
    }
    Ok(Exit::Ok)
}

async fn archive(source: &Source, args: &Requests) -> Outcome {
    let filter = Filter {
        limit: Some(args.lines.unwrap_or(ARCHIVED)),
        ..filter(args)
    };
    let mut details = Vec::new();
    for view in source.list(&filter).await? {
        match source.detail(&view.id, true).await {
            Ok(detail) => details.push(detail),
            // The request was displaced by newer ones in the meantime.
            Err(failure) if failure.exit() == Exit::UnknownName => {}
            Err(failure) => return Err(failure),
        }
    }
    print_json(&har::archive(&details))?;
    Ok(Exit::Ok)
}

async fn replay(global: &Global, source: &Source, args: &Replay) -> Outcome {
    let edits = Edits {
        method: args.method.clone(),
        path: args.path.clone(),
        headers: args
            .header
            .iter()
            .map(|line| header(line))
            .collect::<Result<_, _>>()?,
        body: args.body.as_deref().map(body).transpose()?,
        timeout_ms: u64::try_from(args.timeout.as_millis()).ok(),
    };
    let replayed: Replayed = match source {
        Source::Live(client) => {
            let id =
                percent_encoding::utf8_percent_encode(&args.id, percent_encoding::NON_ALPHANUMERIC);
            client
                .post(&format!("/proxy/requests/{id}/replay"), &edits)
                .await?
        }
        Source::Stored(store) => {
            let replayed = replay::directly(store, &args.id, &edits)
                .await
                .map_err(|error| not_replayable(&error))?;
            warn("prox is not running: sent directly to the service, and not captured");
            replayed
        }
    };
    if global.json {
        print_json(&replayed)?;
        return Ok(Exit::Ok);
    }
    let mut text = row_text(&replayed.replay.view);
    if let Some(error) = replayed.replay.exchange.and_then(|exchange| exchange.error) {
        let _ = writeln!(text, "{error}");
    }
    if !replayed.difference.request.is_empty() {
        let _ = write!(text, "\nRequest\n{}", replayed.difference.request.text());
    }
    if replayed.difference.response.is_empty() {
        text.push_str(match replayed.replay.view.status_code {
            0 => "\nThere was no response before, either.\n",
            _ => "\nThe response is the same.\n",
        });
    } else {
        let _ = write!(text, "\nResponse\n{}", replayed.difference.response.text());
    }
    print(for_terminal(&painted(&text, has_colour())))?;
    Ok(Exit::Ok)
}

fn compare(global: &Global, before: &RequestDetail, after: &RequestDetail) -> Outcome {
    let difference = diff::between(before, after);
    if global.json {
        print_json(&difference)?;
        return Ok(Exit::Ok);
    }
    let mut text = String::new();
    let sides: [(&str, &Side); 2] = [
        ("Request", &difference.request),
        ("Response", &difference.response),
    ];
    for (title, side) in sides {
        if !side.is_empty() {
            let _ = write!(text, "{title}\n{}\n", side.text());
        }
    }
    if text.is_empty() {
        text.push_str("There are no differences.\n");
    }
    print(for_terminal(&painted(text.trim_end(), has_colour())) + "\n")?;
    Ok(Exit::Ok)
}

/// Parses `Name: value`; without a value, the header is removed.
fn header(line: &str) -> Result<Header, Failure> {
    let bad = || {
        Failure::message(
            Exit::Usage,
            format!("`{line}` is not a header; write 'Name: value', or 'Name:' to remove it"),
        )
    };
    let (name, value) = line.split_once(':').ok_or_else(bad)?;
    if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Err(bad());
    }
    Ok(Header {
        name: name.to_ascii_lowercase(),
        value: value.trim().to_owned(),
    })
}

/// Reads a body: `@file`, `-` for standard input, or the text itself.
fn body(text: &str) -> Result<Content, Failure> {
    let bytes = if text == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        bytes
    } else if let Some(file) = text.strip_prefix('@') {
        std::fs::read(file)
            .map_err(|error| Failure::message(Exit::Failure, format!("{file}: {error}")))?
    } else {
        text.as_bytes().to_vec()
    };
    Ok(Content::of(bytes))
}

fn not_captured() -> Failure {
    not_replayable(&ReplayError::NotCaptured)
}

fn not_replayable(error: &ReplayError) -> Failure {
    match error {
        ReplayError::NotFound(_) => {
            Failure::message(Exit::UnknownName, error).with_code("REQUEST_NOT_FOUND")
        }
        _ => Failure::message(Exit::Failure, error).with_code("REQUEST_NOT_REPLAYABLE"),
    }
}

const HEAD: [&str; 7] = [
    "TIME", "ID", "METHOD", "STATUS", "DURATION", "SERVICE", "URL",
];

fn table(views: &[RequestView]) -> String {
    let rows: Vec<Vec<Cell>> = views.iter().map(row).collect();
    for_terminal(&table::render(&HEAD, &rows, has_colour()))
}

fn row(view: &RequestView) -> Vec<Cell> {
    let status = if view.in_flight && view.status_code == 0 {
        Cell::coloured("…", "\x1b[2m")
    } else {
        Cell::coloured(
            view.status_code.to_string(),
            status_colour(view.status_code),
        )
    };
    vec![
        Cell::coloured(time(&view.timestamp, "%H:%M:%S%.3f"), "\x1b[2m"),
        Cell::new(&view.id),
        Cell::new(&view.method),
        status,
        Cell::new(duration(view)),
        Cell::new(&view.subdomain),
        Cell::new(&view.url),
    ]
}

/// A request as one line, in fixed columns that fit most requests, because later ones are not known
/// yet.
fn row_text(view: &RequestView) -> String {
    let colour = has_colour();
    let (on, off) = if colour {
        (status_colour(view.status_code), "\x1b[0m")
    } else {
        ("", "")
    };
    for_terminal(&format!(
        "{}  {}  {:<6}  {on}{:>3}{off}  {:>9}  {:<10}  {}\n",
        time(&view.timestamp, "%H:%M:%S%.3f"),
        view.id,
        view.method,
        view.status_code,
        duration(view),
        view.subdomain,
        view.url
    ))
}

fn status_colour(status: u16) -> &'static str {
    match status {
        0..=199 => "\x1b[2m",
        200..=299 => "\x1b[32m",
        300..=399 => "\x1b[36m",
        400..=499 => "\x1b[33m",
        _ => "\x1b[31m",
    }
}

fn duration(view: &RequestView) -> String {
    let mark = if view.in_flight { "…" } else { "" };
    if view.duration_ms < 1000.0 {
        format!("{:.1} ms{mark}", view.duration_ms)
    } else {
        format!("{:.1} s{mark}", view.duration_ms / 1000.0)
    }
}

/// The local time.
fn time(timestamp: &str, format: &str) -> String {
    timestamp.parse::<Timestamp>().map_or_else(
        |_| timestamp.to_owned(),
        |time| {
            time.to_zoned(TimeZone::system())
                .strftime(format)
                .to_string()
        },
    )
}

fn detail_text(detail: &RequestDetail, bodies: bool, colour: bool) -> String {
    let view = &detail.view;
    let (dim, bold, on, off) = if colour {
        (
            "\x1b[2m",
            "\x1b[1m",
            status_colour(view.status_code),
            "\x1b[0m",
        )
    } else {
        ("", "", "", "")
    };
    let scheme = detail
        .exchange
        .as_ref()
        .map_or("http", |exchange| exchange.scheme.as_str());
    let status = match view.status_code {
        0 if view.in_flight => "no answer yet".to_owned(),
        0 => "no answer".to_owned(),
        code => http::StatusCode::from_u16(code)
            .map_or_else(|_| code.to_string(), |status| status.to_string()),
    };
    let mut text = format!(
        "{bold}{} {scheme}://{}{}{off}\n{on}{status}{off} in {}\n{dim}{}  {}  from {}{off}\n",
        view.method,
        view.hostname,
        view.url,
        duration(view),
        view.id,
        time(&view.timestamp, "%Y-%m-%d %H:%M:%S%.3f"),
        view.remote_addr,
    );
    let Some(exchange) = &detail.exchange else {
        text.push_str("\nIt was not captured.\n");
        return for_terminal(&text);
    };
    let _ = writeln!(
        text,
        "{dim}{} to {} at {}{off}",
        exchange.http_version, view.subdomain, exchange.target
    );
    if let Some(original) = &exchange.replay_of {
        let _ = writeln!(text, "a replay of {original}");
    }
    if let Some(error) = &exchange.error {
        let _ = writeln!(text, "{error}");
    }
    for (title, message) in [
        ("Request", &exchange.request),
        ("Response", &exchange.response),
    ] {
        let size = match message.body.size {
            0 => "no body".to_owned(),
            size => render::bytes(size),
        };
        let _ = writeln!(text, "\n{bold}{title}{off} {dim}{size}{off}");
        for Header { name, value } in message.headers.iter().chain(&message.trailers) {
            let _ = writeln!(text, "  {dim}{name}:{off} {value}");
        }
        if bodies {
            push_body(&mut text, message, dim, off);
        }
    }
    for_terminal(&text)
}

fn push_body(text: &mut String, message: &Message, dim: &str, off: &str) {
    let (body, note) = render::body(message);
    if !body.is_empty() {
        let _ = writeln!(text, "\n{}", body.trim_end_matches('\n'));
    }
    if let Some(note) = note {
        let _ = writeln!(text, "{dim}({note}){off}");
    }
}

/// Text from the network for standard output. On a terminal, removes control characters except for
/// line ends, tabs and our own colours; elsewhere returns it unchanged.
fn for_terminal(text: &str) -> String {
    if !std::io::stdout().is_terminal() {
        return text.to_owned();
    }
    text.split('\n')
        .map(|line| prox_logs::render::only_colours(line))
        .collect::<Vec<_>>()
        .join("\n")
}
