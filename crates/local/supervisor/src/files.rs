//! Watches files, and reports changes after a quiet period (debouncing).
//!
//! A new process reads the current files, so it is not restarted for changes before its start. The
//! system reports changes in order, but late. Each start ([`Start`]) therefore first creates a
//! *marker* file in a folder that is watched too: changes reported before the marker happened
//! before the start.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::plan::Run;
use prox_config::model::Watch;

/// Patterns that are always ignored: version control, and temporary files of editors.
const ALWAYS_IGNORED: [&str; 5] = [".git", "*~", ".*.sw?", ".#*", "4913"];

/// A process that is restarted when its files change, and those files.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) name: String,
    /// The newest run.
    pub(crate) run: Run,
    /// The folder to which `ignore` is relative.
    pub(crate) root: PathBuf,
    pub(crate) watch: Watch,
}

/// The announcement that a process is about to start.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) name: String,
    pub(crate) run: Run,
    /// Resolved when the process may start: every later change will be reported.
    pub(crate) acknowledge: oneshot::Sender<()>,
}

/// The channel of starts while files are watched.
#[derive(Debug)]
pub(crate) struct Starts {
    pub(crate) receiver: mpsc::UnboundedReceiver<Start>,
    /// The folder for markers, which is deleted and created again. None when nothing starts.
    pub(crate) markers: Option<PathBuf>,
}

impl Starts {
    /// For a watcher without processes.
    pub(crate) fn none() -> Self {
        Self {
            receiver: mpsc::unbounded_channel().1,
            markers: None,
        }
    }
}

/// Watches files until its task is aborted. `changed` gets the name and the run of a process whose
/// files changed; `log_line` gets a name, and a message about a path that cannot be watched, or not yet.
pub(crate) async fn follow(
    requests: Vec<Request>,
    starts: Starts,
    mut changed: impl FnMut(&str, Run),
    mut log_line: impl FnMut(&str, String),
) {
    let (sender, mut events) = mpsc::unbounded_channel();
    let watcher = notify::recommended_watcher(move |event| {
        // The receiver is dropped with the watcher.
        let _ = sender.send(event);
    });
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            for request in &requests {
                log_line(
                    &request.name,
                    format!("its files cannot be watched: {error}"),
                );
            }
            return;
        }
    };
    let mut interests: Vec<Interest> = requests.into_iter().map(Interest::new).collect();
    for interest in &interests {
        for path in &interest.paths {
            let watched = interest.watch(&mut watcher, path);
            let missing = !path.exists();
            let path = path.display();
            match watched {
                Err(error) => {
                    log_line(&interest.name, format!("{path} cannot be watched: {error}"))
                }
                Ok(()) if missing => log_line(
                    &interest.name,
                    format!("{path} does not exist yet; it is watched as soon as it does"),
                ),
                Ok(()) => {}
            }
        }
    }
    let Starts {
        mut receiver,
        markers,
    } = starts;
    let mut markers = Markers::new(&mut watcher, markers.as_deref());

    loop {
        let next = interests.iter().filter_map(|interest| interest.due).min();
        tokio::select! {
            event = events.recv() => match event {
                Some(Ok(event)) => {
                    for start in markers.passed(&event) {
                        acknowledge(&mut interests, start);
                    }
                    if !markers.are_in(&event) {
                        for interest in &mut interests {
                            interest.handle(&mut watcher, &event);
                        }
                    }
                }
                Some(Err(_)) => {}
                None => return,
            },
            Some(start) = receiver.recv() => {
                if let Some(start) = markers.create(start) {
                    acknowledge(&mut interests, start);
                }
            }
            () = sleep_until(next) => {
                let now = Instant::now();
                for interest in &mut interests {
                    if interest.due.take_if(|due| *due <= now).is_some() {
                        changed(&interest.name, interest.run);
                    }
                }
            }
        }
    }
}

/// Acknowledges a start, and drops the changes before it.
fn acknowledge(interests: &mut [Interest], start: Start) {
    for interest in interests {
        if interest.name == start.name {
            interest.run = start.run;
            interest.due = None;
        }
    }
    // The start may have timed out while it waited.
    let _ = start.acknowledge.send(());
}

/// The marker files, and the starts that wait for them.
struct Markers {
    /// None when there is no folder for markers, or it cannot be watched.
    folder: Option<PathBuf>,
    waiting: Vec<Start>,
}

impl Markers {
    fn new(watcher: &mut RecommendedWatcher, folder: Option<&Path>) -> Self {
        let watched = folder.and_then(|folder| {
            // A killed supervisor may have left markers.
            let _ = fs::remove_dir_all(folder);
            fs::create_dir_all(folder).ok()?;
            let folder = folder.canonicalize().ok()?;
            watcher.watch(&folder, RecursiveMode::NonRecursive).ok()?;
            Some(folder)
        });
        Self {
            folder: watched,
            waiting: Vec::new(),
        }
    }

    /// Creates a marker. Returns the start when that is not possible.
    fn create(&mut self, start: Start) -> Option<Start> {
        let path = self.path(&start);
        match path.map(fs::File::create) {
            Some(Ok(_)) => {
                self.waiting.push(start);
                None
            }
            Some(Err(_)) | None => Some(start),
        }
    }

    fn path(&self, start: &Start) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(start.run.to_string()))
    }

    /// The starts whose markers an event reports. An event that reports lost events counts for all
    /// markers.
    fn passed(&mut self, event: &notify::Event) -> Vec<Start> {
        let mut passed = Vec::new();
        for start in std::mem::take(&mut self.waiting) {
            let path = self.path(&start);
            if event.need_rescan() || path.as_ref().is_some_and(|path| event.paths.contains(path)) {
                let _ = path.map(fs::remove_file);
                passed.push(start);
            } else {
                self.waiting.push(start);
            }
        }
        passed
    }

    fn are_in(&self, event: &notify::Event) -> bool {
        let folder = self.folder.as_ref();
        folder.is_some_and(|folder| event.paths.iter().any(|path| path.starts_with(folder)))
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

struct Interest {
    name: String,
    run: Run,
    /// The time at which to report the changes.
    due: Option<Instant>,
    root: PathBuf,
    paths: Vec<PathBuf>,
    ignored: GlobSet,
    debounce: Duration,
}

impl Interest {
    fn new(request: Request) -> Self {
        let ignore = request.watch.ignore.iter().map(String::as_str);
        Self {
            name: request.name,
            run: request.run,
            due: None,
            root: request.root,
            paths: request.watch.paths,
            ignored: globs(ALWAYS_IGNORED.into_iter().chain(ignore)),
            debounce: request.watch.debounce,
        }
    }

    /// Watches a file, or everything below a folder, and the folders above it, because only they
    /// report that it was created or replaced.
    fn watch(&self, watcher: &mut RecommendedWatcher, path: &Path) -> notify::Result<()> {
        // The upper folder comes first: it reports the next one if that is created at this time.
        for folder in self.above(path).into_iter().rev() {
            match watcher.watch(folder, RecursiveMode::NonRecursive) {
                Err(error) if matches!(error.kind, notify::ErrorKind::PathNotFound) => {
                    return Ok(());
                }
                watched => watched?,
            }
        }
        if path.is_dir() {
            self.descend(watcher, path)?;
        }
        Ok(())
    }

    /// The folders above a path, up to the project's folder; outside of it, up to the first that
    /// exists.
    fn above<'a>(&self, path: &'a Path) -> Vec<&'a Path> {
        let mut above: Vec<&Path> = path.ancestors().skip(1).collect();
        let top = above.iter().position(|folder| *folder == self.root);
        let top = top.or_else(|| above.iter().position(|folder| folder.is_dir()));
        above.truncate(top.map_or(above.len(), |top| top + 1));
        above
    }

    fn descend(&self, watcher: &mut RecommendedWatcher, folder: &Path) -> notify::Result<()> {
        if !cfg!(target_os = "linux") {
            return watcher.watch(folder, RecursiveMode::Recursive);
        }
        // Linux watches each folder on its own, so ignored folders are left out.
        let mut left = vec![folder.to_owned()];
        while let Some(folder) = left.pop() {
            if self.is_ignored(&folder) {
                continue;
            }
            watcher.watch(&folder, RecursiveMode::NonRecursive)?;
            let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            left.extend(folders.map(|entry| entry.path()));
        }
        Ok(())
    }

    fn handle(&mut self, watcher: &mut RecommendedWatcher, event: &notify::Event) {
        if self.is_relevant(watcher, event) {
            self.due = Some(Instant::now() + self.debounce);
        }
    }

    /// Whether an event changes a watched file. Begins to watch new folders.
    fn is_relevant(&self, watcher: &mut RecommendedWatcher, event: &notify::Event) -> bool {
        let counts = match event.kind {
            EventKind::Create(_) | EventKind::Remove(_) => true,
            EventKind::Modify(kind) => {
                kind != ModifyKind::Metadata(notify::event::MetadataKind::AccessTime)
            }
            EventKind::Access(_) | EventKind::Any | EventKind::Other => event.need_rescan(),
        };
        if !counts {
            return false;
        }
        let mut found = event.need_rescan();
        for path in &event.paths {
            if !self.covers(path) {
                found |= self.is_affected_by(watcher, path, event.kind);
            } else if !self.is_ignored(path) {
                found = true;
                if !matches!(event.kind, EventKind::Remove(_)) && path.is_dir() {
                    // The folder may be deleted already, or belong to another user.
                    let _ = self.descend(watcher, path);
                }
            }
        }
        found
    }

    /// Whether the creation, removal or renaming of a folder above a watched path changes that
    /// path. Begins to watch it.
    fn is_affected_by(
        &self,
        watcher: &mut RecommendedWatcher,
        folder: &Path,
        kind: EventKind,
    ) -> bool {
        if let EventKind::Modify(ModifyKind::Metadata(_) | ModifyKind::Data(_)) = kind {
            return false;
        }
        let mut found = false;
        for path in self.paths.iter().filter(|path| path.starts_with(folder)) {
            // As above. A missing path is reported when it is created.
            let _ = self.watch(watcher, path);
            found |= path.exists();
        }
        found
    }

    fn covers(&self, path: &Path) -> bool {
        self.paths.iter().any(|watched| path.starts_with(watched))
    }

    /// Whether a path or a folder above it is ignored.
    fn is_ignored(&self, path: &Path) -> bool {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        inside
            .ancestors()
            .filter(|part| !part.as_os_str().is_empty())
            .any(|part| {
                self.ignored.is_match(part)
                    || part
                        .file_name()
                        .is_some_and(|name| self.ignored.is_match(OsStr::new(name)))
            })
    }
}

/// Compiles glob patterns. A pattern without a slash matches names in any folder. Invalid patterns
/// match nothing; the configuration has rejected them.
fn globs<'a>(patterns: impl Iterator<Item = &'a str>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        if let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    fn request(name: &str, file: &Path) -> Request {
        Request {
            name: name.into(),
            run: 0,
            root: file.parent().unwrap().to_owned(),
            watch: Watch {
                paths: vec![file.to_owned()],
                ignore: Vec::new(),
                debounce: Duration::ZERO,
            },
        }
    }

    async fn start(starts: &mpsc::UnboundedSender<Start>, name: &str, run: Run) {
        let (acknowledge, acknowledged) = oneshot::channel();
        let name = name.to_owned();
        let start = Start {
            name,
            run,
            acknowledge,
        };
        starts.send(start).unwrap();
        acknowledged.await.unwrap();
    }

    /// The system reports changes late, but not always. So the test repeats this many times.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_before_a_start_is_not_reported() {
        for _ in 0..50 {
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().canonicalize().unwrap();
            let (seen, last) = (root.join("seen"), root.join("last"));
            fs::write(&seen, "").unwrap();
            fs::write(&last, "").unwrap();
            let (starts, receiver) = mpsc::unbounded_channel();
            let markers = Some(root.join("markers"));
            let (sender, mut changes) = mpsc::unbounded_channel();
            let following = tokio::spawn(follow(
                vec![request("api", &seen), request("witness", &last)],
                Starts { receiver, markers },
                move |name, run| {
                    let _ = sender.send((name.to_owned(), run));
                },
                |name, reason| assert_eq!((name, reason.as_str()), ("nobody", "")),
            ));
            start(&starts, "api", 1).await;
            fs::write(&seen, "before the second start").unwrap();
            start(&starts, "api", 2).await;
            fs::write(&last, "").unwrap();
            loop {
                match changes.recv().await.unwrap() {
                    (name, 0) if name == "witness" => break,
                    change => assert_eq!(change, ("api".to_owned(), 1)),
                }
            }
            fs::write(&seen, "after it").unwrap();
            assert_eq!(changes.recv().await.unwrap(), ("api".to_owned(), 2));
            following.abort();
        }
    }

    #[test]
    fn ignore_patterns_match_from_the_root_or_by_name() {
        let interest = Interest::new(Request {
            name: "web".into(),
            run: 0,
            root: "/p".into(),
            watch: Watch {
                paths: vec!["/p/src".into()],
                ignore: vec![
                    "node_modules".into(),
                    "src/gen/".into(),
                    "**/*.test.ts".into(),
                ],
                debounce: Duration::ZERO,
            },
        });
        for (path, ignored) in [
            ("/p/src/main.rs", false),
            ("/p/src/node_modules/a/b.js", true),
            ("/p/src/gen/a.ts", true),
            ("/p/other/src/gen/a.ts", false),
            ("/p/src/a.test.ts", true),
            ("/p/src/.git/HEAD", true),
            ("/p/src/.main.rs.swp", true),
            ("/p/src/main.rs~", true),
        ] {
            assert_eq!(interest.is_ignored(Path::new(path)), ignored, "{path}");
        }
        assert!(interest.covers(Path::new("/p/src/a/b")));
        assert!(!interest.covers(Path::new("/p/srcs")));
    }
}
