//! The command line: subcommands and flags. Only parses them.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Arg, Args, CommandFactory as _, Parser, Subcommand};

use prox_logs::Level;

/// Run everything on a machine, see every request.
#[derive(Debug, Parser)]
#[command(
    name = "prox",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Parses the words of a command line, beginning with the program's name. Exits with a message
    /// when they are invalid or request help.
    #[must_use]
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Self {
        Self::parse_from(terms_last(words.into_iter().collect()))
    }
}

/// For `prox logs`, moves all words that are not flags after a `--`: a term of the filter may begin
/// with `-`, and flags may be anywhere.
fn terms_last(mut words: Vec<OsString>) -> Vec<OsString> {
    let mut prox = Cli::command();
    prox.build();
    let mut at = 1;
    while let Some(takes_next) = words.get(at).and_then(|word| flag(&prox, word)) {
        at += 1 + usize::from(takes_next);
    }
    let logs = prox.find_subcommand("logs");
    let Some(logs) = logs.filter(|logs| words.get(at).is_some_and(|word| word == logs.get_name()))
    else {
        return words;
    };
    let mut terms = vec!["--".into()];
    let mut rest = words.split_off(at + 1).into_iter();
    while let Some(word) = rest.next() {
        match flag(logs, &word) {
            _ if word == "--" => terms.extend(rest.by_ref()),
            Some(takes_next) => {
                words.push(word);
                words.extend(rest.by_ref().take(usize::from(takes_next)));
            }
            None => terms.push(word),
        }
    }
    words.extend(terms);
    words
}

/// Whether the value of a flag is the next word. None when the word is not a flag of the command.
fn flag(command: &clap::Command, word: &OsStr) -> Option<bool> {
    let word = word.to_str()?;
    let takes = |arg: &Arg| arg.get_action().takes_values();
    if let Some(name) = word.strip_prefix("--") {
        // An unknown flag is a mistake, and not a term.
        let mut args = command.get_arguments();
        return Some(
            args.find(|arg| arg.get_long() == Some(name))
                .is_some_and(takes),
        );
    }
    let letters = word.strip_prefix('-').filter(|it| !it.is_empty())?;
    for (at, letter) in letters.char_indices() {
        let mut args = command.get_arguments();
        if takes(args.find(|arg| arg.get_short() == Some(letter))?) {
            let value = letters.get(at + 1..).unwrap_or_default();
            // `-n5` includes its value, `-network` is a word.
            let digits = value.bytes().all(|byte| byte.is_ascii_digit());
            return digits.then_some(value.is_empty());
        }
    }
    Some(false)
}

/// What every command understands.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Configuration file, instead of the prox.yaml of this folder or of one above it
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON, also for errors
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the project: in this terminal, or in the background with -d
    Up(Up),
    /// Stop everything and end the supervisor
    Down,
    /// Show a running project: its log, or the terminal interface with --tui
    Attach(Attach),
    /// Show processes, tasks and dependencies; the exit code shows the worst state
    Status,
    /// List the projects that run on this machine
    List,
    /// Print log lines, even when the project is stopped
    Logs(Logs),
    /// Show the requests that the proxy captured, even when the project is stopped; replay and
    /// compare them
    Requests(Requests),
    /// Explain how to trust the proxy's HTTPS certificates
    Trust(Trust),
    /// Start processes or groups, and wait until they are healthy
    Start(StartNames),
    /// Stop processes or groups
    Stop(Names),
    /// Restart processes or groups, and wait until they are healthy
    Restart(StartNames),
    /// Read the configuration again, and restart processes that changed
    Reload,
    /// Check prox.yaml, or print its JSON Schema
    #[command(subcommand)]
    Config(Config),
    /// Create a prox.yaml from a Procfile, a process-compose file, a package.json or a pm2
    /// ecosystem file
    Import(Import),
    /// Prepare the project in this folder for prox: manifest, prox.yaml, README section
    Init(Init),
    /// Check an app's manifest, its permissions, and whether it can be embedded
    Validate(Validate),
    /// Show what an app requests
    #[command(subcommand)]
    Inspect(Inspect),
    /// Check whether this machine has what prox and the project need
    Doctor,
    /// Print shell completions
    Completion(Completion),
    /// Print the manual as roff, or write one page for each command into a folder
    Man(Man),
    /// Print the version
    Version,
}

/// The environment variables of all commands with their descriptions, for the manual.
pub const ENVIRONMENT: [(&str, &str); 7] = [
    ("NO_COLOR", "Symbols and words only"),
    (
        "PROX_THEME",
        "Colours of the terminal interface: dark, light, contrast or mono; by default, dark or light by COLORFGBG",
    ),
    (
        "SSL_CERT_FILE",
        "The certificates that `validate` trusts, instead of the system's",
    ),
    (
        "TERM",
        "With dumb, the log without colours instead of the terminal interface",
    ),
    (
        "VISUAL",
        "The editor for requests; otherwise EDITOR, otherwise vi",
    ),
    (
        "XDG_CONFIG_HOME",
        "The folder of prox/config.yaml, your defaults; otherwise ~/.config",
    ),
    (
        "XDG_STATE_HOME",
        "The folder of state files and captured requests; otherwise ~/.local/state",
    ),
];

/// `prox up`
#[derive(Args, Clone, Debug, Default)]
pub struct Up {
    /// Processes, tasks or groups to start, with their dependencies; by default all
    pub names: Vec<String>,
    /// Run in the background; returns when all are healthy. With names, while the project runs:
    /// starts these in addition
    #[arg(short, long, conflicts_with_all = ["tui", "no_tui"])]
    pub detach: bool,
    /// With -d: the longest wait until all are healthy; what has started keeps running
    #[arg(long, value_name = "T", default_value = "5m", value_parser = span)]
    pub timeout: Duration,
    /// The terminal interface, which is the default on a terminal
    #[arg(long, conflicts_with = "no_tui")]
    pub tui: bool,
    /// The merged log instead of the terminal interface
    #[arg(long)]
    pub no_tui: bool,
    /// Reload prox.yaml when it or an env file changes; with mistakes, nothing changes
    #[arg(long)]
    pub watch_config: bool,
    /// Is the background process of `up -d`
    #[arg(long, hide = true)]
    pub in_background: bool,
}

/// A span of time, such as `90s` or `5m`.
fn span(text: &str) -> Result<Duration, String> {
    prox_config::duration(text).ok_or_else(|| "write `90s` or `5m`".to_owned())
}

/// `prox attach`
#[derive(Args, Clone, Debug)]
pub struct Attach {
    /// The terminal interface
    #[arg(long)]
    pub tui: bool,
}

/// Some names.
#[derive(Args, Clone, Debug)]
pub struct Names {
    /// Processes, tasks or groups
    #[arg(required = true, value_name = "NAME|GROUP")]
    pub names: Vec<String>,
}

/// `prox start` and `prox restart`
#[derive(Args, Clone, Debug)]
pub struct StartNames {
    /// Processes, tasks or groups
    #[arg(required = true, value_name = "NAME|GROUP")]
    pub names: Vec<String>,
    /// Return at once, before they are healthy
    #[arg(long, conflicts_with = "timeout")]
    pub no_wait: bool,
    /// The longest wait; what has started keeps running
    #[arg(long, value_name = "T", default_value = "5m", value_parser = span)]
    pub timeout: Duration,
}

/// `prox logs`
#[derive(Args, Clone, Debug)]
pub struct Logs {
    /// Filter, such as `proc:api level:error -health "two words" /regex/`. An argument that begins
    /// with `-` and is not a flag is a term, and so is everything after `--`
    pub filter: Vec<String>,
    /// Follow: print new lines as they arrive
    #[arg(short, long)]
    pub follow: bool,
    /// The number of newest lines to print, or `all`
    #[arg(short = 'n', long, default_value = "200", value_name = "N")]
    pub lines: Lines,
    /// Only lines of these processes
    #[arg(short, long, value_name = "P", value_delimiter = ',')]
    pub process: Vec<String>,
    /// Only lines that contain this text, in any case
    #[arg(long, value_name = "S")]
    pub pattern: Option<String>,
    /// Only lines that match this regular expression
    #[arg(long, value_name = "R")]
    pub regex: Option<String>,
    /// Only lines of this level or a worse one
    #[arg(long)]
    pub level: Option<Level>,
    /// Not before: `10m`, `2h`, `1d`, `1w` ago, or a time such as 2026-01-31T09:15:00Z
    #[arg(long, value_name = "T")]
    pub since: Option<String>,
    /// Include lines that health checks caused
    #[arg(long)]
    pub probes: bool,
}

/// The number of lines to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// All stored lines.
    All,
    /// The newest lines.
    Last(usize),
}

impl FromStr for Lines {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            number => number
                .parse()
                .map(Self::Last)
                .map_err(|_| "a number, or `all`".to_owned()),
        }
    }
}

/// `prox requests`
#[derive(Args, Clone, Debug, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Requests {
    /// An action instead of a list.
    #[command(subcommand)]
    pub action: Option<RequestAction>,
    /// Show this request: its id, or a unique beginning of it
    #[arg(conflicts_with_all = ["follow", "lines", "subdomain", "method", "min_status", "max_status", "since", "url"])]
    pub id: Option<String>,
    /// Follow: print new requests as they arrive
    #[arg(short, long, conflicts_with = "har")]
    pub follow: bool,
    /// The number of newest requests to print; by default 100, for --har 1000
    #[arg(short = 'n', long, value_name = "N")]
    pub lines: Option<usize>,
    /// Only requests to this service
    #[arg(long, value_name = "S")]
    pub subdomain: Option<String>,
    /// Only requests with this method
    #[arg(long, value_name = "M")]
    pub method: Option<String>,
    /// Only requests with this status or a greater one
    #[arg(long, value_name = "N")]
    pub min_status: Option<u16>,
    /// Only requests with this status or a smaller one
    #[arg(long, value_name = "N")]
    pub max_status: Option<u16>,
    /// Not before: `10m`, `2h`, `1d`, `1w` ago, or a time such as 2026-01-31T09:15:00Z
    #[arg(long, value_name = "T")]
    pub since: Option<String>,
    /// Only requests whose host, path or query contains this text
    #[arg(long, value_name = "U")]
    pub url: Option<String>,
    /// Show the bodies, too
    #[arg(long, requires = "id")]
    pub body: bool,
    /// Print it as a curl command
    #[arg(long, requires = "id", conflicts_with_all = ["body", "har"])]
    pub curl: bool,
    /// Print an HTTP archive
    #[arg(long)]
    pub har: bool,
}

/// An action on requests.
#[derive(Clone, Debug, Subcommand)]
pub enum RequestAction {
    /// Send a request again, and compare the responses
    Replay(Replay),
    /// Compare two requests and their responses
    Diff(Diff),
}

/// `prox requests replay`
#[derive(Args, Clone, Debug)]
pub struct Replay {
    /// The id of the request, or a unique beginning of it
    pub id: String,
    /// Replace the headers of this name: 'Name: value'. Without a value, remove them
    #[arg(short = 'H', long, value_name = "HEADER")]
    pub header: Vec<String>,
    /// Another body: text, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "BODY", allow_hyphen_values = true)]
    pub body: Option<String>,
    /// Another method
    #[arg(long, value_name = "M")]
    pub method: Option<String>,
    /// Another path and query, for the same service; a `[redacted]` in it stands for its secret
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
    /// The longest wait for the response; what has arrived by then is compared
    #[arg(long, value_name = "T", default_value = "30s", value_parser = span)]
    pub timeout: Duration,
}

/// `prox requests diff`
#[derive(Args, Clone, Debug)]
pub struct Diff {
    /// The id of the first request
    pub before: String,
    /// The id of the second request
    pub after: String,
}

/// `prox trust`
#[derive(Args, Clone, Debug)]
pub struct Trust {
    /// Print only the path of the certificate
    #[arg(long)]
    pub path: bool,
}

/// `prox config`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Report every mistake in prox.yaml, with its position
    Check,
    /// Print the JSON Schema of prox.yaml, for editors
    Schema,
}

/// `prox import`
#[derive(Args, Debug)]
pub struct Import {
    /// A Procfile, a process-compose.yaml, a package.json or an ecosystem.config.js
    pub file: PathBuf,
    /// The format of the file, where its name does not show it
    #[arg(long)]
    pub format: Option<prox_config::import::Format>,
    /// Write a new file instead of printing it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `prox init`
#[derive(Args, Clone, Debug)]
pub struct Init {
    /// Make the changes without asking
    #[arg(short, long)]
    pub yes: bool,
}

/// `prox validate`
#[derive(Args, Clone, Debug)]
pub struct Validate {
    /// The manifest, instead of the app.manifest.json of this folder or of one above it
    pub manifest: Option<PathBuf>,
    /// The origin of the home that would show the app
    #[arg(long, value_name = "URL", default_value = "http://localhost:8787")]
    pub home: String,
    /// Leave the development server alone
    #[arg(long)]
    pub no_fetch: bool,
}

/// `prox inspect`
#[derive(Clone, Debug, Subcommand)]
pub enum Inspect {
    /// Show the permissions that an app asks for
    Permissions {
        /// The manifest, instead of the app.manifest.json of this folder or of one above it
        manifest: Option<PathBuf>,
    },
}

/// `prox completion`
#[derive(Args, Debug)]
pub struct Completion {
    /// For which shell
    pub shell: clap_complete::Shell,
}

/// `prox man`
#[derive(Args, Debug)]
pub struct Man {
    /// The folder
    pub dir: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_terms_may_begin_with_a_dash() {
        for (typed, arranged) in [
            ("logs", "logs --"),
            ("logs word -n 5 -f", "logs -n 5 -f -- word"),
            ("logs -health -network -n5", "logs -n5 -- -health -network"),
            ("logs -fn 5 -panic x", "logs -fn 5 -- -panic x"),
            ("logs a --since 1h --json", "logs --since 1h --json -- a"),
            ("logs a --since=1h b", "logs --since=1h -- a b"),
            ("logs a --unknown -", "logs --unknown -- a -"),
            ("logs -f -- -f -- x", "logs -f -- -f -- x"),
            ("logs x -n", "logs -n -- x"),
            ("--json -c logs logs -a", "--json -c logs logs -- -a"),
            ("--json -c logs up -d", "--json -c logs up -d"),
            ("up logs -d", "up logs -d"),
            ("-c", "-c"),
            ("", ""),
        ] {
            let words = |text: &str| -> Vec<OsString> {
                let words = ["prox"].into_iter().chain(text.split_whitespace());
                words.map(OsString::from).collect()
            };
            assert_eq!(terms_last(words(typed)), words(arranged), "{typed}");
        }
    }
}
