//! `prox logs`: reads from the supervisor while it runs, and from the log files otherwise.

use jiff::Timestamp;

use super::project::{ProjectLocation, block_on, client, locate, running};
use super::{print, unknown_name, warn};
use crate::args::{Global, Lines, Logs};
use crate::exit::{Exit, Failure, Outcome};
use crate::terminal::has_colour;
use prox_control::api_types::LogParams;
use prox_control::{Client, ClientError};
use prox_events::LogLine;
use prox_logs::render::Renderer;
use prox_logs::{Filter, Query, directory, filter, merge, read};

/// The number of lines of one request.
const PAGE: usize = 10_000;

pub(super) fn run(global: &Global, args: &Logs) -> Outcome {
    let place = locate(global)?;
    let mut printer = Printer::new(global);
    let client = running(&place)?.as_ref().map(client);
    let few = match args.lines {
        Lines::Last(n) if n <= PAGE => Some(n),
        Lines::Last(_) | Lines::All => None,
    };
    match (client, few) {
        (Some(client), Some(n)) => block_on(async {
            take_names(&place, &client, args, &mut printer).await?;
            let params = LogParams {
                n: Some(n),
                ..params(args)
            };
            if args.follow {
                return follow(&client, &params, &mut printer).await;
            }
            printer.lines(&client.logs(&params).await?)?;
            Ok(Exit::Ok)
        }),
        (Some(client), None) if args.follow => {
            let last = from_files(&place, args, newest(&client, args)?, &mut printer)?;
            block_on(async {
                take_names(&place, &client, args, &mut printer).await?;
                let params = LogParams {
                    after: Some(last),
                    ..params(args)
                };
                follow(&client, &params, &mut printer).await
            })
        }
        (client, _) => {
            let newest = client.as_ref().map(|client| newest(client, args));
            from_files(
                &place,
                args,
                newest.transpose()?.unwrap_or_default(),
                &mut printer,
            )?;
            if args.follow && client.is_none() {
                warn("prox is not running for this project: there will be nothing new");
            }
            Ok(Exit::Ok)
        }
    }
}

async fn take_names(
    place: &ProjectLocation,
    client: &Client,
    args: &Logs,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let processes = client.processes().await?;
    let mut names: Vec<_> = processes.into_iter().map(|process| process.name).collect();
    let unknown = |name: &String| !names.contains(name) && name != "prox";
    // A process that a reload removed has a log, too.
    if args.process.iter().any(unknown)
        && let Ok(project) = prox_config::load(&place.file)
    {
        let dir = directory(&project.logs, &place.hash)?;
        let kept = read::processes(&dir)?;
        names.extend(kept.into_iter().filter(|name| args.process.contains(name)));
    }
    check_names(args, &names)?;
    printer.names(names);
    Ok(())
}

async fn follow(client: &Client, params: &LogParams, printer: &mut Printer) -> Outcome {
    let mut lines = client.log_stream(params).await?;
    while let Some(line) = lines.next().await? {
        printer.line(&line)?;
    }
    Ok(Exit::Ok)
}

/// The newest lines of the supervisor, including those that it could not write.
fn newest(client: &Client, args: &Logs) -> Result<Vec<LogLine>, Failure> {
    let params = LogParams {
        n: Some(PAGE),
        ..params(args)
    };
    match block_on(async { Ok(client.logs(&params).await) })? {
        Err(error @ ClientError::NotReachable(_)) => {
            warn(format!("{error}; showing what is in the log files"));
            Ok(Vec::new())
        }
        lines => Ok(lines?),
    }
}

/// Prints the lines of the files, with the newest lines that the files lack. Returns the sequence
/// number of the last line that was read.
fn from_files(
    place: &ProjectLocation,
    args: &Logs,
    newest: Vec<LogLine>,
    printer: &mut Printer,
) -> Result<u64, Failure> {
    let project = prox_config::load(&place.file)?;
    let dir = directory(&project.logs, &place.hash)?;
    let mut names = read::processes(&dir)?;
    names.extend(newest.iter().map(|line| line.process.clone()));
    names.sort_unstable();
    names.dedup();
    check_names(args, &names)?;
    printer.names(names);
    let query = query(args)?;
    let Lines::Last(n) = args.lines else {
        return read::each(&dir, &query, newest, |line| printer.line(&line));
    };
    let query = Query {
        last: Some(n),
        ..query
    };
    let lines = merge(read::last(&dir, &query)?, newest, n);
    printer.lines(&lines)?;
    Ok(lines.last().map_or(0, |line| line.seq))
}

fn check_names(args: &Logs, names: &[String]) -> Result<(), Failure> {
    match args
        .process
        .iter()
        .find(|name| !names.contains(name) && *name != "prox")
    {
        Some(name) => Err(unknown_name(
            "process",
            name,
            names.iter().map(String::as_str),
        )),
        None => Ok(()),
    }
}

fn filter_text(args: &Logs) -> String {
    let probes = args.probes.then_some("probe:yes");
    let terms = args.filter.iter().map(String::as_str).chain(probes);
    terms.collect::<Vec<_>>().join(" ")
}

fn params(args: &Logs) -> LogParams {
    LogParams {
        process: Some(args.process.join(",")).filter(|names| !names.is_empty()),
        pattern: args.pattern.clone(),
        regex: args.regex.clone(),
        level: args.level.map(|level| level.name().to_owned()),
        filter: Some(filter_text(args)).filter(|filter| !filter.is_empty()),
        since: args.since.clone(),
        ..LogParams::default()
    }
}

fn query(args: &Logs) -> Result<Query, Failure> {
    let usage = |error: filter::WrongFilter| {
        Failure::message(Exit::Usage, error).with_code("FILTER_INVALID")
    };
    let mut wanted: Filter = filter_text(args).parse().map_err(usage)?;
    if !args.process.is_empty() {
        wanted = wanted.also(Filter::default().processes(args.process.iter().cloned()));
    }
    if let Some(text) = &args.pattern {
        wanted = wanted.containing(text);
    }
    if let Some(pattern) = &args.regex {
        wanted = wanted.matching(filter::regex(pattern).map_err(usage)?);
    }
    if let Some(level) = args.level {
        wanted = wanted.at_least(level);
    }
    let since = args.since.as_deref();
    let since = since.map(|text| filter::since(text, Timestamp::now()));
    Ok(Query {
        filter: wanted,
        since: since.transpose().map_err(usage)?,
        ..Query::default()
    })
}

/// Prints lines for people or for programs.
pub(super) struct Printer {
    json: bool,
    renderer: Renderer,
}

impl Printer {
    pub(super) fn new(global: &Global) -> Self {
        Self {
            json: global.json,
            renderer: Renderer::new(has_colour(), []),
        }
    }

    /// Sets the names of processes, which decide their colours and the width of the column.
    pub(super) fn names(&mut self, names: Vec<String>) {
        self.renderer = Renderer::new(has_colour(), names);
    }

    pub(super) fn line(&mut self, line: &LogLine) -> Result<(), Failure> {
        print(self.text(line)?)
    }

    /// Prints lines in one write.
    pub(super) fn lines<'a>(
        &mut self,
        lines: impl IntoIterator<Item = &'a LogLine>,
    ) -> Result<(), Failure> {
        let mut text = String::new();
        for line in lines {
            text.push_str(&self.text(line)?);
        }
        print(text)
    }

    fn text(&mut self, line: &LogLine) -> Result<String, Failure> {
        if self.json {
            serde_json::to_string(line)
                .map(|text| text + "\n")
                .map_err(|error| Failure::message(Exit::Failure, error))
        } else {
            Ok(self.renderer.line(line))
        }
    }
}
