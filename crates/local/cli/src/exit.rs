//! Exit codes, and the errors of commands. The codes are part of the interface: their meaning never
//! changes.

use std::fmt;
use std::process::ExitCode;

use prox_config::ConfigErrors;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0
    Ok,
    /// 1
    Failure,
    /// 2
    Usage,
    /// 3
    Config,
    /// 4
    NotRunning,
    /// 5
    Crashed,
    /// 6
    NotReady,
    /// 7
    UnknownName,
}

impl Exit {
    /// All exit codes, by number.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Failure,
        Self::Usage,
        Self::Config,
        Self::NotRunning,
        Self::Crashed,
        Self::NotReady,
        Self::UnknownName,
    ];

    /// The meaning, for people.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "Success; for `status`, everything is healthy",
            Self::Failure => "Any other failure",
            Self::Usage => "The command line is wrong",
            Self::Config => "The configuration is invalid or missing",
            Self::NotRunning => "This project is not running",
            Self::Crashed => "A process crashed, or is blocked by one that crashed",
            Self::NotReady => "A process is unhealthy, or was not ready in time",
            Self::UnknownName => "No process, task, group or request has this name",
        }
    }

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::NotRunning => 4,
            Self::Crashed => 5,
            Self::NotReady => 6,
            Self::UnknownName => 7,
        }
    }

    /// The exit code of a number, for a command that waits for another `prox`.
    #[must_use]
    pub fn from_code(code: i32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|exit| i32::from(exit.code()) == code)
    }

    /// The code in `--json` output when there is no more precise one.
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Failure => "FAILED",
            Self::Usage => "USAGE",
            Self::Config => "CONFIG_INVALID",
            Self::NotRunning => "NOT_RUNNING",
            Self::Crashed => "CRASHED",
            Self::NotReady => "NOT_READY",
            Self::UnknownName => "UNKNOWN_NAME",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The error of a command. With [`Exit::Ok`], the command ended early without an error message.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    code: String,
    /// Additional keys of the `--json` output.
    details: serde_json::Map<String, serde_json::Value>,
    report: miette::Report,
    /// The parts of the error, which people read below its message.
    parts: Vec<String>,
}

impl Failure {
    /// An error with a report for people, which may have a snippet and advice.
    pub fn new(exit: Exit, report: impl Into<miette::Report>) -> Self {
        Self {
            exit,
            code: exit.name().to_owned(),
            details: serde_json::Map::new(),
            report: report.into(),
            parts: Vec::new(),
        }
    }

    /// An error with one sentence.
    pub fn message(exit: Exit, message: impl fmt::Display) -> Self {
        Self::new(exit, miette::miette!("{message}"))
    }

    /// An error with one sentence, and another with advice.
    pub fn help(exit: Exit, message: impl fmt::Display, help: impl fmt::Display) -> Self {
        Self::new(exit, miette::miette!(help = help.to_string(), "{message}"))
    }

    /// Sets the code for `--json`, as in the local API.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = code.into();
        self
    }

    /// The exit code.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The error as `--json` output.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({ "error": self.report.to_string(), "code": self.code });
        if let Some(json) = json.as_object_mut() {
            json.extend(self.details.clone());
        }
        json
    }

    /// The error as text for people, in whole lines.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{:?}", self.report).trim_end().to_owned();
        for part in &self.parts {
            text.push_str("\n\n");
            text.push_str(part);
        }
        text + "\n"
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        let mut details = serde_json::Map::new();
        details.insert("problems".to_owned(), errors.problems_json());
        Self {
            details,
            parts: errors.reports(),
            ..Self::message(Exit::Config, errors)
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::message(Exit::Failure, error)
    }
}

/// The result of every command.
pub type Outcome = Result<Exit, Failure>;
