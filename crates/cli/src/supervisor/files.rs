//! Tells when files change, after it has been quiet for a while. Does not know why anybody asks.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::config::model::Watch;

/// What never counts: version control, and what editors write beside a file.
const NEVER: [&str; 5] = [".git", "*~", ".*.sw?", ".#*", "4913"];

/// Who asks for changes, and for which.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) name: String,
    /// What `ignore` is relative to.
    pub(crate) root: PathBuf,
    pub(crate) watch: Watch,
}

/// Watches until it is dropped (by its task being aborted). `changed` gets the names of those
/// whose files changed, `failed` a name and why something cannot be watched.
pub(crate) async fn follow(
    requests: Vec<Request>,
    mut changed: impl FnMut(&str),
    mut failed: impl FnMut(&str, String),
) {
    let (tell, mut events) = mpsc::unbounded_channel();
    let watcher = notify::recommended_watcher(move |event| {
        // The other end ends with the watcher.
        let _ = tell.send(event);
    });
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            for request in &requests {
                failed(
                    &request.name,
                    format!("its files cannot be watched: {error}"),
                );
            }
            return;
        }
    };
    let mut interests = Vec::new();
    for request in requests {
        let interest = Interest::new(request);
        for path in &interest.paths {
            if let Err(error) = interest.begin(&mut watcher, path) {
                let path = path.display();
                failed(&interest.name, format!("{path} cannot be watched: {error}"));
            }
        }
        interests.push(interest);
    }

    let mut due: HashMap<usize, Instant> = HashMap::new();
    loop {
        let next = due.values().min().copied();
        tokio::select! {
            event = events.recv() => match event {
                Some(Ok(event)) => for (at, interest) in interests.iter().enumerate() {
                    if interest.takes(&mut watcher, &event) {
                        due.insert(at, Instant::now() + interest.debounce);
                    }
                },
                Some(Err(_)) => {}
                None => return,
            },
            () = sleep_until(next) => {
                let now = Instant::now();
                for (at, interest) in interests.iter().enumerate() {
                    if due.get(&at).is_some_and(|due| *due <= now) {
                        due.remove(&at);
                        changed(&interest.name);
                    }
                }
            }
        }
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
            root: request.root,
            paths: request.watch.paths,
            ignored: globs(NEVER.into_iter().chain(ignore)),
            debounce: request.watch.debounce,
        }
    }

    /// Watches a file or everything below a folder.
    fn begin(&self, watcher: &mut RecommendedWatcher, path: &Path) -> notify::Result<()> {
        if path.is_dir() {
            return self.descend(watcher, path);
        }
        // Editors replace files; then only the folder knows.
        let folder = path.parent().unwrap_or(path);
        watcher.watch(folder, RecursiveMode::NonRecursive)
    }

    fn descend(&self, watcher: &mut RecommendedWatcher, folder: &Path) -> notify::Result<()> {
        if !cfg!(target_os = "linux") {
            return watcher.watch(folder, RecursiveMode::Recursive);
        }
        // Linux watches folder by folder; those that do not count would cost as much.
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

    /// Whether something changed that counts. Begins to watch new folders.
    fn takes(&self, watcher: &mut RecommendedWatcher, event: &notify::Event) -> bool {
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
            if !self.covers(path) || self.is_ignored(path) {
                continue;
            }
            found = true;
            if !matches!(event.kind, EventKind::Remove(_)) && path.is_dir() {
                // It may be gone again, or belong to somebody else.
                let _ = self.descend(watcher, path);
            }
        }
        found
    }

    fn covers(&self, path: &Path) -> bool {
        self.paths.iter().any(|watched| path.starts_with(watched))
    }

    /// Whether a path, or a folder above it, is ignored.
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

/// A pattern without a slash also matches names alone, anywhere. Wrong patterns match nothing;
/// the configuration has refused them.
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
    use super::*;

    #[test]
    fn what_is_ignored_is_named_from_the_root_or_by_its_name_alone() {
        let interest = Interest::new(Request {
            name: "web".into(),
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
