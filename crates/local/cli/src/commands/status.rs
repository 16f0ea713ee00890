//! `prox status` and `prox list`: the running processes and projects, with their states.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::project::{block_on, client, connect};
use super::table::{Cell, render};
use super::{print, print_json, warn};
use crate::args::Global;
use crate::exit::{Exit, Outcome};
use crate::terminal::has_colour;
use prox_control::api_types::{Overall, ProxyView, StatusView};
use prox_control::registry::Registry;
use prox_events::{Health, Kind, ProcessView, Status};

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const DIM: &str = "\x1b[2m";

pub(super) fn run(global: &Global) -> Outcome {
    let client = connect(global)?;
    let status = block_on(async { Ok(client.status().await?) })?;
    if global.json {
        print_json(&status)?;
    } else {
        print(table(&status) + &addresses(&status))?;
    }
    Ok(match status.overall {
        Overall::Healthy => Exit::Ok,
        Overall::Starting | Overall::Unhealthy => Exit::NotReady,
        Overall::Crashed => Exit::Crashed,
    })
}

/// The URLs of services, one per line, after an empty line.
pub(super) fn addresses(status: &StatusView) -> String {
    let proxy = status.proxy.iter();
    let addresses = proxy.flat_map(ProxyView::addresses);
    let text: String = addresses.map(|address| address + "\n").collect();
    if text.is_empty() {
        text
    } else {
        format!("\n{text}")
    }
}

fn table(status: &StatusView) -> String {
    let now = Timestamp::now();
    let rows: Vec<_> = status
        .processes
        .iter()
        .map(|process| row(process, now))
        .collect();
    let header = [
        "NAME", "KIND", "STATUS", "HEALTH", "PID", "UPTIME", "RESTARTS", "CPU", "MEMORY", "PORTS",
        "REASON",
    ];
    render(&header, &rows, has_colour())
}

fn row(process: &ProcessView, now: Timestamp) -> Vec<Cell> {
    let kind = match process.kind {
        Kind::Process => "",
        Kind::Task => "task",
        Kind::Dependency => "dependency",
    };
    let health = match process.health {
        Some(Health::Healthy) => Cell::coloured("healthy", GREEN),
        Some(Health::Unhealthy) => Cell::coloured("unhealthy", RED),
        Some(Health::Unknown) => Cell::coloured("unknown", DIM),
        None => Cell::default(),
    };
    let uptime = process
        .started_at
        .as_deref()
        .filter(|_| process.pid.is_some())
        .and_then(|started| started.parse::<Timestamp>().ok())
        .map(|started| span(now.duration_since(started)))
        .unwrap_or_default();
    let ports: Vec<_> = process.ports.iter().map(u16::to_string).collect();
    vec![
        Cell::new(&process.name),
        Cell::coloured(kind, DIM),
        Cell::coloured(status_word(process), status_colour(process.status)),
        health,
        Cell::new(process.pid.map(|pid| pid.to_string()).unwrap_or_default()),
        Cell::new(uptime),
        Cell::new(match process.restarts {
            0 => String::new(),
            count => count.to_string(),
        }),
        Cell::new(
            process
                .cpu_percent
                .map(|percent| format!("{percent:.0} %"))
                .unwrap_or_default(),
        ),
        Cell::new(process.memory_bytes.map(size).unwrap_or_default()),
        Cell::new(ports.join(" ")),
        Cell::new(process.reason.clone().unwrap_or_default()),
    ]
}

/// The status, with the exit of a process that has ended.
fn status_word(process: &ProcessView) -> String {
    let word = process.status.name();
    match (process.status, process.exit_code, process.signal) {
        (Status::Crashed, Some(code), _) => format!("{word} ({code})"),
        (Status::Crashed, None, Some(signal)) => format!("{word} (signal {signal})"),
        _ => word.to_owned(),
    }
}

fn status_colour(status: Status) -> &'static str {
    match status {
        Status::Running | Status::Completed => GREEN,
        Status::Starting | Status::Stopping | Status::Waiting => YELLOW,
        Status::Crashed | Status::Blocked => RED,
        Status::Stopped => DIM,
    }
}

/// A duration in its two largest units.
fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        3600..86400 => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {}h", seconds / 86400, seconds % 86400 / 3600),
    }
}

fn size(bytes: u64) -> String {
    const MB: u64 = 1 << 20;
    if bytes < 10 * MB {
        format!("{:.1} MB", bytes as f64 / MB as f64)
    } else {
        format!("{} MB", bytes / MB)
    }
}

/// One project of `prox list`.
#[derive(Debug, Serialize)]
struct Listed {
    project_path: String,
    config_file: String,
    pid: u32,
    host: String,
    port: u16,
    started_at: String,
    #[serde(skip)]
    uptime: Option<SignedDuration>,
    /// The state of the project. None when its supervisor does not answer.
    overall: Option<Overall>,
}

pub(super) fn list(global: &Global) -> Outcome {
    let (instances, problems) = Registry::of_user()?.list()?;
    for problem in problems {
        warn(problem);
    }
    let listed = block_on(async {
        let mut listed = Vec::new();
        for instance in instances {
            let status = client(&instance).status().await;
            listed.push(Listed {
                overall: status.ok().map(|status| status.overall),
                uptime: instance.uptime(),
                project_path: instance.project_path.display().to_string(),
                config_file: instance.config_file.display().to_string(),
                pid: instance.pid,
                host: instance.host,
                port: instance.port,
                started_at: instance.started_at,
            });
        }
        Ok(listed)
    })?;
    if global.json {
        print_json(&listed)?;
        return Ok(Exit::Ok);
    }
    if listed.is_empty() {
        print("no project runs\n")?;
        return Ok(Exit::Ok);
    }
    let rows: Vec<_> = listed.iter().map(listed_row).collect();
    let header = ["PROJECT", "STATE", "PID", "API", "UPTIME"];
    print(render(&header, &rows, has_colour()))?;
    Ok(Exit::Ok)
}

fn listed_row(listed: &Listed) -> Vec<Cell> {
    vec![
        Cell::new(&listed.project_path),
        match listed.overall {
            Some(Overall::Healthy) => Cell::coloured("healthy", GREEN),
            Some(Overall::Starting) => Cell::coloured("starting", YELLOW),
            Some(Overall::Unhealthy) => Cell::coloured("unhealthy", RED),
            Some(Overall::Crashed) => Cell::coloured("crashed", RED),
            None => Cell::coloured("does not answer", RED),
        },
        Cell::new(listed.pid.to_string()),
        Cell::new(format!("{}:{}", listed.host, listed.port)),
        Cell::new(listed.uptime.map(span).unwrap_or_default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units() {
        for (seconds, text) in [
            (-5, "0s"),
            (59, "59s"),
            (61, "1m 1s"),
            (3660, "1h 1m"),
            (90_000, "1d 1h"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), text);
        }
    }
}
