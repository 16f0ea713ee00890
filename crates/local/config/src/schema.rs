//! The keys and value types of each file, as data. The reader checks files against it, and the JSON
//! Schema is generated from it, so the two cannot differ. Rules between values are in `read`.

use std::time::Duration;

use super::value;

/// The shape of a value.
#[derive(Debug)]
pub(super) enum Shape {
    /// One value.
    One(Kind),
    /// A list of values of one shape.
    List(&'static Shape),
    /// A mapping from names that the author chooses to values of one shape.
    Map { names: Names, of: &'static Shape },
    /// A mapping with known keys.
    Object(&'static Object),
    /// One of several shapes: at most one each of a value, a list and a mapping.
    Either(&'static [Shape]),
}

/// The kind of a scalar value.
#[derive(Debug)]
pub(super) enum Kind {
    /// A command for the shell, which substitutes variables itself.
    Command,
    /// Any text, including the empty one.
    Text,
    /// A text that matches a pattern.
    Form {
        pattern: &'static str,
        what: &'static str,
    },
    /// The path of a file or folder.
    Path,
    /// An http or https URL.
    Url,
    /// `host:port`.
    Address,
    /// A regular expression, in which `$` is literal.
    Regex,
    /// A glob pattern of files.
    Glob,
    /// `true` or `false`.
    Flag,
    /// A duration such as `1m30s`: longer than `over`, if any, and at most `most`.
    Duration {
        over: Option<Duration>,
        most: Duration,
    },
    /// A size such as `1MB`: at least this number of bytes.
    Size { least: u64 },
    /// A port: 1 to 65535, and 0 where it has a meaning.
    Port { zero: bool },
    /// A whole number.
    Count { least: u32, most: u32 },
    /// One of a few words.
    Choice(&'static [&'static str]),
}

/// The names that a map accepts as keys.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) pattern: &'static str,
    /// Description of valid names for messages, such as "letters, digits …".
    pub(super) what: &'static str,
}

/// A mapping with known keys.
#[derive(Debug)]
pub(super) struct Object {
    /// What the mapping describes, with an article.
    pub(super) what: &'static str,
    pub(super) fields: &'static [Field],
    /// Keys of which exactly one is required; empty without such a rule.
    pub(super) one_of: &'static [&'static str],
    /// Whether keys that begin with `x-` are accepted and ignored, as a place for anchors.
    pub(super) extensions: bool,
}

/// A known key.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
    /// Description for editors, one or two sentences.
    pub(super) about: &'static str,
}

const fn field(key: &'static str, shape: Shape, about: &'static str) -> Field {
    Field {
        key,
        shape,
        required: false,
        about,
    }
}

const fn required(key: &'static str, shape: Shape, about: &'static str) -> Field {
    Field {
        key,
        shape,
        required: true,
        about,
    }
}

const fn object(what: &'static str, fields: &'static [Field]) -> Object {
    Object {
        what,
        fields,
        one_of: &[],
        extensions: false,
    }
}

const COMMAND: Shape = Shape::One(Kind::Command);
const TEXT: Shape = Shape::One(Kind::Text);
const PATH: Shape = Shape::One(Kind::Path);
const FLAG: Shape = Shape::One(Kind::Flag);
const YEAR: Duration = Duration::from_secs(366 * 86_400);

/// A duration greater than zero.
const fn duration(most: Duration) -> Shape {
    Shape::One(Kind::Duration {
        over: Some(Duration::ZERO),
        most,
    })
}

const fn duration_or_zero(most: Duration) -> Shape {
    Shape::One(Kind::Duration { over: None, most })
}

const fn count(least: u32, most: u32) -> Shape {
    Shape::One(Kind::Count { least, most })
}

const fn port(zero: bool) -> Shape {
    Shape::One(Kind::Port { zero })
}

const fn size(least: u64) -> Shape {
    Shape::One(Kind::Size { least })
}

/// The names of processes, tasks, dependencies and groups.
pub(super) const RUN_NAMES: Names = Names {
    pattern: value::NAME,
    what: "up to 63 letters, digits, `_`, `-` and `.`, beginning with a letter, a digit or `_`",
};

const SERVICE_NAMES: Names = Names {
    pattern: value::LABEL,
    what: "up to 63 small letters, digits and inner hyphens, because it is part of a host name",
};

const VARIABLE_NAMES: Names = Names {
    pattern: value::VARIABLE,
    what: "at least one character, without `=` and spaces",
};

const NAME: Shape = Shape::One(Kind::Form {
    pattern: value::NAME,
    what: "a name",
});

const ENV: Shape = Shape::Map {
    names: VARIABLE_NAMES,
    of: &TEXT,
};

static ENV_FILE: Object = object(
    "an env file",
    &[
        required("path", PATH, "The file, in the format of `.env` files."),
        field(
            "required",
            FLAG,
            "Whether it must exist. The default is true.",
        ),
    ],
);

/// One env file, or several.
pub(super) const ENV_FILES: Shape = Shape::Either(&[
    PATH,
    Shape::List(&Shape::Either(&[PATH, Shape::Object(&ENV_FILE)])),
    Shape::Object(&ENV_FILE),
]);

/// The conditions of a dependency.
pub(super) const CONDITIONS: &[&str] = &[
    "started",
    "healthy",
    "completed",
    "completed_successfully",
    "log_ready",
];

static DEPENDS_ON: Object = object(
    "what is waited for",
    &[required(
        "condition",
        Shape::One(Kind::Choice(CONDITIONS)),
        "What must be the case. The default is `completed_successfully` for tasks, `healthy` for everything else.",
    )],
);

const DEPENDENCIES: Shape = Shape::Either(&[
    Shape::List(&NAME),
    Shape::Map {
        names: RUN_NAMES,
        of: &Shape::Object(&DEPENDS_ON),
    },
]);

const POLICIES: Kind = Kind::Choice(&["no", "on-failure", "always"]);

static RESTART: Object = object(
    "when to restart",
    &[
        required("policy", Shape::One(POLICIES), "After which endings."),
        field(
            "backoff",
            duration(YEAR),
            "The first wait; doubled each time, jittered by up to a fifth. The default is 1s.",
        ),
        field(
            "max_backoff",
            duration(YEAR),
            "The longest wait. The default is 30s.",
        ),
        field(
            "max_restarts",
            count(0, 1_000_000),
            "How often in a row; without it, without end. A run longer than 10s begins a new row.",
        ),
    ],
);

const GLOB: Shape = Shape::One(Kind::Glob);
const PATHS: Shape = Shape::Either(&[PATH, Shape::List(&PATH)]);

static WATCH: Object = object(
    "what is watched",
    &[
        required(
            "paths",
            PATHS,
            "Files or folders, with everything below them; also such as do not exist yet.",
        ),
        field(
            "ignore",
            Shape::Either(&[GLOB, Shape::List(&GLOB)]),
            "Globs, relative to the project, that do not count.",
        ),
        field(
            "debounce",
            duration_or_zero(Duration::from_secs(3_600)),
            "How long it must be quiet before the restart. The default is 300ms.",
        ),
    ],
);

static HEALTHCHECK: Object = Object {
    what: "a health check",
    fields: &[
        field(
            "cmd",
            COMMAND,
            "Healthy when this command ends with exit code 0.",
        ),
        field(
            "http",
            Shape::One(Kind::Url),
            "Healthy when this address answers with 2xx or 3xx.",
        ),
        field(
            "tcp",
            Shape::One(Kind::Address),
            "Healthy when this `host:port` accepts connections.",
        ),
        field(
            "log",
            Shape::One(Kind::Regex),
            "Healthy once a line of output matches this regular expression. A try fails while none has.",
        ),
        field(
            "interval",
            duration(YEAR),
            "From the end of one try to the next. The default is 10s.",
        ),
        field(
            "timeout",
            duration(YEAR),
            "How long one try may take. The default is 5s.",
        ),
        field(
            "retries",
            count(1, 1_000_000),
            "Failures in a row that make it unhealthy. The default is 3.",
        ),
        field(
            "start_period",
            duration_or_zero(YEAR),
            "Failures this long after the start do not count. The default is 30s.",
        ),
    ],
    one_of: &["cmd", "http", "tcp", "log"],
    extensions: false,
};

/// The names of stop signals.
pub(super) const SIGNALS: &[&str] = &[
    "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2",
];

const CMD: Field = required(
    "cmd",
    COMMAND,
    "Given to `sh -c`, which fills variables in with the process's own environment.",
);
const DIR: Field = field(
    "dir",
    PATH,
    "Where it runs. The default is the folder of this file.",
);
const ENV_FIELD: Field = field(
    "env",
    ENV,
    "Its own variables, over those of `env_file` and of the environment.",
);
const ENV_FILE_FIELD: Field = field(
    "env_file",
    ENV_FILES,
    "Files with its own variables; later ones win.",
);
const DEPENDS_ON_FIELD: Field = field(
    "depends_on",
    DEPENDENCIES,
    "What must be the case before it starts: names of processes, tasks and dependencies.",
);

static PROCESS: Object = object(
    "a process",
    &[
        CMD,
        DIR,
        ENV_FIELD,
        ENV_FILE_FIELD,
        field(
            "pty",
            FLAG,
            "Whether it gets a pseudo-terminal, and so thinks that a person looks. The default is false.",
        ),
        field(
            "stop_signal",
            Shape::One(Kind::Choice(SIGNALS)),
            "What asks it to stop. The default is SIGTERM.",
        ),
        field(
            "stop_timeout",
            duration_or_zero(Duration::from_secs(600)),
            "How long it may take to stop before it is killed. The default is 2s less than `shutdown_timeout`, at most 10s.",
        ),
        DEPENDS_ON_FIELD,
        field(
            "restart",
            Shape::Either(&[Shape::One(POLICIES), Shape::Object(&RESTART)]),
            "When to start it again. The default is `no`.",
        ),
        field(
            "watch",
            Shape::Either(&[PATH, Shape::List(&PATH), Shape::Object(&WATCH)]),
            "Files whose change restarts it.",
        ),
        field(
            "healthcheck",
            Shape::Object(&HEALTHCHECK),
            "How to tell that it works.",
        ),
    ],
);

static TASK: Object = object(
    "a task",
    &[
        CMD,
        DIR,
        ENV_FIELD,
        ENV_FILE_FIELD,
        DEPENDS_ON_FIELD,
        field(
            "timeout",
            duration(YEAR),
            "How long it may take. The default is 60s.",
        ),
    ],
);

static CHECK: Object = Object {
    what: "a check",
    fields: &[
        field(
            "tcp",
            Shape::One(Kind::Address),
            "There when this `host:port` accepts connections.",
        ),
        field(
            "url",
            Shape::One(Kind::Url),
            "There when this address answers with 2xx or 3xx.",
        ),
        field(
            "cmd",
            COMMAND,
            "There when this command ends with exit code 0.",
        ),
        field(
            "timeout",
            duration(YEAR),
            "How long to wait altogether. The default is 30s.",
        ),
        field(
            "interval",
            duration(YEAR),
            "From one try to the next. The default is 1s.",
        ),
    ],
    one_of: &["tcp", "url", "cmd"],
    extensions: false,
};

static DEPENDENCY: Object = object(
    "a dependency",
    &[
        required(
            "check",
            Shape::Object(&CHECK),
            "How to tell that it is there.",
        ),
        field(
            "start",
            COMMAND,
            "A command that starts it, run once when the first check fails.",
        ),
        field(
            "on_failure",
            Shape::One(Kind::Choice(&["fail", "warn"])),
            "What its absence means: `fail`, the default, blocks what depends on it; `warn` starts it all the same.",
        ),
    ],
);

static SERVICE: Object = object(
    "a service",
    &[
        required("port", port(false), "The port on which it listens."),
        field(
            "host",
            TEXT,
            "The host on which it listens. The default is 127.0.0.1.",
        ),
        field(
            "listen",
            port(false),
            "A port of the proxy that is this service's alone, whatever the `Host`.",
        ),
    ],
);

static API: Object = object(
    "the local API",
    &[
        field(
            "port",
            port(true),
            "Its port. 0, the default, takes the first free one of 5550 to 5650.",
        ),
        field(
            "host",
            TEXT,
            "A loopback address. The default is 127.0.0.1.",
        ),
        field(
            "auth",
            FLAG,
            "Whether it asks for the bearer token of the state file. The default is true.",
        ),
    ],
);

static CAPTURE: Object = object(
    "what is kept of requests",
    &[
        field(
            "enabled",
            FLAG,
            "Whether bodies are kept. The default is true.",
        ),
        field(
            "max_body_size",
            size(0),
            "What is kept of each body. The default is 1MB.",
        ),
        field(
            "disk_budget",
            size(0),
            "What all bodies together may take. The default is 1GB.",
        ),
        field(
            "redact",
            Shape::List(&Shape::One(Kind::Form {
                pattern: value::HEADER,
                what: "the name of a header or of a parameter",
            })),
            "Headers and query parameters whose values are not kept, beside the headers Authorization, Proxy-Authorization, Cookie and Set-Cookie.",
        ),
    ],
);

static PROXY: Object = object(
    "the proxy",
    &[
        field(
            "enabled",
            FLAG,
            "Whether it runs. The default: when there are services.",
        ),
        field(
            "http_port",
            port(true),
            "For plain HTTP. The default is 8080; 0 for none.",
        ),
        field(
            "https_port",
            port(true),
            "For HTTPS. The default is 0, which is none.",
        ),
        field(
            "domain",
            Shape::One(Kind::Form {
                pattern: value::DOMAIN,
                what: "a host name in small letters, such as `localhost`",
            }),
            "Services are its subdomains. The default is localhost.",
        ),
        field(
            "capture",
            Shape::Object(&CAPTURE),
            "What is kept of requests.",
        ),
    ],
);

static LOGS: Object = object(
    "the log files",
    &[
        field("dir", PATH, "Where. The default is `~/.prox/logs/{hash}`."),
        field(
            "max_size",
            size(1_000),
            "Of one file before the next begins. The default is 10MB.",
        ),
        field(
            "max_files",
            count(1, 10_000),
            "How many files of each process. The default is 5.",
        ),
        field(
            "retention",
            duration(Duration::from_secs(366 * 86_400 * 10)),
            "How long files are kept after their last line, counted to the newest of all. The default is 7d.",
        ),
    ],
);

static HUB: Object = object(
    "the organization that this machine belongs to",
    &[
        field(
            "url",
            Shape::One(Kind::Url),
            "Where the organization lives.",
        ),
        field("organization", TEXT, "Its slug or id."),
        field("instance", TEXT, "The instance, by slug or id."),
        field("machine", TEXT, "What this machine is called there."),
    ],
);

const API_FIELD: Field = field("api", Shape::Object(&API), "The local API.");
const PROXY_FIELD: Field = field(
    "proxy",
    Shape::Object(&PROXY),
    "The reverse proxy in front of the services.",
);
const LOGS_FIELD: Field = field("logs", Shape::Object(&LOGS), "The log files.");

/// `prox.yaml`.
pub(super) static PROJECT: Object = Object {
    what: "a project",
    fields: &[
        API_FIELD,
        field(
            "env_file",
            ENV_FILES,
            "Files with variables for everything, also for `${…}` in this file. The environment wins over them.",
        ),
        field(
            "shutdown_timeout",
            Shape::One(Kind::Duration {
                over: Some(Duration::from_secs(2)),
                most: Duration::from_secs(600),
            }),
            "How long everything together may take to stop: more than 2s, at most 10m. The default is 10s.",
        ),
        field(
            "processes",
            Shape::Map {
                names: RUN_NAMES,
                of: &Shape::Either(&[COMMAND, Shape::Object(&PROCESS)]),
            },
            "What keeps running: `name: \"command\"`, or a mapping.",
        ),
        field(
            "dependencies",
            Shape::Map {
                names: RUN_NAMES,
                of: &Shape::Object(&DEPENDENCY),
            },
            "What prox does not own but waits for.",
        ),
        field(
            "tasks",
            Shape::Map {
                names: RUN_NAMES,
                of: &Shape::Either(&[COMMAND, Shape::Object(&TASK)]),
            },
            "What runs to completion.",
        ),
        field(
            "groups",
            Shape::Map {
                names: RUN_NAMES,
                of: &Shape::List(&NAME),
            },
            "Names for several processes.",
        ),
        field(
            "services",
            Shape::Map {
                names: SERVICE_NAMES,
                of: &Shape::Either(&[port(false), Shape::Object(&SERVICE)]),
            },
            "What the proxy routes, as `name.<domain>`: `name: 3000`, or a mapping.",
        ),
        PROXY_FIELD,
        LOGS_FIELD,
        field(
            "hub",
            Shape::Object(&HUB),
            "The organization that this machine belongs to. Its form is checked; nothing uses it yet.",
        ),
    ],
    one_of: &[],
    extensions: true,
};

/// The user's own `config.yaml`.
pub(super) static USER: Object = Object {
    what: "the user's defaults",
    fields: &[API_FIELD, PROXY_FIELD, LOGS_FIELD],
    one_of: &[],
    extensions: true,
};

static PERMISSION: Object = object(
    "a permission",
    &[
        required(
            "name",
            Shape::One(Kind::Choice(PERMISSIONS)),
            "What the app asks for.",
        ),
        required(
            "reason",
            SOME_TEXT,
            "Why, in words for the person who is asked.",
        ),
    ],
);

/// One line of text without control characters: terminals show the texts of apps that may not be
/// trusted.
const SOME_TEXT: Shape = Shape::One(Kind::Form {
    pattern: r"^\P{Cc}*[^\s\p{Cc}]\P{Cc}*$",
    what: "words in one line",
});

const ANY_TEXT: Shape = Shape::One(Kind::Form {
    pattern: r"^\P{Cc}*$",
    what: "a text in one line",
});

/// The permissions that an app can request.
pub(super) const PERMISSIONS: &[&str] = &["space:read", "data:read", "windows:open", "ai:use"];

/// `app.manifest.json`.
pub(super) static MANIFEST: Object = object(
    "an app's manifest",
    &[
        required(
            "schemaVersion",
            count(1, 1),
            "The version of this format: 1.",
        ),
        required(
            "id",
            Shape::One(Kind::Form {
                pattern: value::SLUG,
                what: "small letters, digits and inner hyphens",
            }),
            "Names the app.",
        ),
        required("name", SOME_TEXT, "What people call it."),
        field(
            "description",
            ANY_TEXT,
            "One sentence, shown on its preview card.",
        ),
        field("icon", ANY_TEXT, "An emoji, or the path of a picture."),
        field("entry", ANY_TEXT, "The file that the app begins with."),
        field("url", Shape::One(Kind::Url), "Where it is published."),
        required(
            "devUrl",
            Shape::One(Kind::Url),
            "Where it is while it is developed.",
        ),
        required(
            "mode",
            Shape::One(Kind::Choice(&["embed", "tab", "card"])),
            "How it opens: in a window, in a new tab, or as a preview card.",
        ),
        required(
            "permissions",
            Shape::List(&Shape::Object(&PERMISSION)),
            "Everything that it asks for; empty for nothing.",
        ),
        field("tags", Shape::List(&ANY_TEXT), "What it is found by."),
    ],
);
