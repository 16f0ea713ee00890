//! The list of processes, with folded groups and a selection. Updates from the supervisor never
//! move the selection.

use std::collections::BTreeSet;

use prox_events::{Kind, ProcessView, Status};

/// A selectable row, identified by its content and not by its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowId {
    Group(String),
    Process(String),
}

impl RowId {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Group(name) | Self::Process(name) => name,
        }
    }
}

/// A row of the list: a group or a process.
pub(crate) enum Row<'a> {
    Group {
        name: &'a str,
        members: Vec<&'a ProcessView>,
        folded: bool,
    },
    Process {
        view: &'a ProcessView,
        number: usize,
        inside: bool,
    },
}

impl Row<'_> {
    pub(crate) fn id(&self) -> RowId {
        match self {
            Self::Group { name, .. } => RowId::Group((*name).to_owned()),
            Self::Process { view, .. } => RowId::Process(view.name.clone()),
        }
    }
}

/// The list of processes.
#[derive(Default)]
pub(crate) struct Table {
    views: Vec<ProcessView>,
    folded: BTreeSet<String>,
    selected: Option<RowId>,
    /// The first row on the screen.
    pub(crate) top: usize,
}

impl Table {
    pub(crate) fn views(&self) -> &[ProcessView] {
        &self.views
    }

    pub(crate) fn view(&self, name: &str) -> Option<&ProcessView> {
        self.views.iter().find(|view| view.name == name)
    }

    /// The index of a process among all, independent of rows.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.views.iter().position(|view| view.name == name)
    }

    /// Replaces all processes.
    pub(crate) fn replace(&mut self, views: Vec<ProcessView>) {
        let at = self.selected_index();
        self.views = views;
        if self.selected_index().is_none() {
            let rows = self.rows();
            let near = at.unwrap_or(0).min(rows.len().saturating_sub(1));
            self.selected = rows.get(near).map(Row::id);
        }
    }

    /// Updates a process.
    pub(crate) fn put(&mut self, view: ProcessView) {
        match self.views.iter_mut().find(|known| known.name == view.name) {
            Some(known) => *known = view,
            None => self.views.push(view),
        }
        if self.selected.is_none() {
            self.selected = self.rows().first().map(Row::id);
        }
    }

    /// The rows: processes without a group, then each group with its members, then tasks and
    /// dependencies. A process in several groups is shown in the first of them.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let ungrouped = |kinds: &'static [Kind]| {
            self.views
                .iter()
                .filter(move |view| view.groups.is_empty() && kinds.contains(&view.kind))
        };
        let mut number = 0;
        let mut process = |view, inside| {
            number += 1;
            Row::Process {
                view,
                number,
                inside,
            }
        };
        let mut rows: Vec<Row<'_>> = ungrouped(&[Kind::Process])
            .map(|view| process(view, false))
            .collect();
        for name in self.groups() {
            let members: Vec<_> = self
                .views
                .iter()
                .filter(|view| view.groups.first().is_some_and(|g| g == name))
                .collect();
            let folded = self.folded.contains(name);
            // Members of a folded group keep their numbers.
            let inside: Vec<_> = members.iter().map(|view| process(view, true)).collect();
            rows.push(Row::Group {
                name,
                members,
                folded,
            });
            if !folded {
                rows.extend(inside);
            }
        }
        rows.extend(ungrouped(&[Kind::Task, Kind::Dependency]).map(|view| process(view, false)));
        rows
    }

    fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.views.iter().filter_map(|view| view.groups.first()) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// All members of a group, folded or not.
    pub(crate) fn members(&self, group: &str) -> Vec<String> {
        let within = self
            .views
            .iter()
            .filter(|view| view.groups.iter().any(|name| name == group));
        within.map(|view| view.name.clone()).collect()
    }

    pub(crate) fn selected(&self) -> Option<&RowId> {
        self.selected.as_ref()
    }

    pub(crate) fn selected_index(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.rows().iter().position(|row| row.id() == *selected)
    }

    /// The selected process. None when a group is selected.
    pub(crate) fn selected_process(&self) -> Option<&ProcessView> {
        match self.selected.as_ref()? {
            RowId::Process(name) => self.view(name),
            RowId::Group(_) => None,
        }
    }

    /// Selects a row, and scrolls it into the visible `height` rows.
    pub(crate) fn select(&mut self, index: usize, height: usize) {
        let rows = self.rows();
        let index = index.min(rows.len().saturating_sub(1));
        self.selected = rows
            .get(index)
            .map(Row::id)
            .or_else(|| self.selected.clone());
        self.top = self
            .top
            .min(index)
            .max((index + 1).saturating_sub(height.max(1)));
    }

    pub(crate) fn step(&mut self, by: isize, height: usize) {
        let index = self.selected_index().unwrap_or(0);
        self.select(index.saturating_add_signed(by), height);
    }

    /// Selects the process with this number, even in a folded group. Returns false when there is
    /// none.
    pub(crate) fn select_number(&mut self, wanted: usize, height: usize) -> bool {
        let of = |row: &Row<'_>| matches!(row, Row::Process { number, .. } if *number == wanted);
        let found = self.unfolded(|rows| rows.iter().find(|row| of(row)).map(Row::id));
        self.reveal(found, height)
    }

    /// Selects a process or group whose name contains the text; an equal name or one that begins
    /// with the text takes precedence. Returns false when there is none.
    pub(crate) fn find(&mut self, text: &str, height: usize) -> bool {
        let text = text.to_lowercase();
        let rank = |id: &RowId| {
            let name = id.name().to_lowercase();
            (name != text, !name.starts_with(&text))
        };
        let found = self.unfolded(|rows| {
            let ids = rows.iter().map(Row::id);
            ids.filter(|id| id.name().to_lowercase().contains(&text))
                .min_by_key(rank)
        });
        self.reveal(found, height)
    }

    /// Calls a function with all rows, including those of folded groups.
    fn unfolded<T>(&mut self, options: impl FnOnce(&[Row<'_>]) -> T) -> T {
        let folded = std::mem::take(&mut self.folded);
        let result = options(&self.rows());
        self.folded = folded;
        result
    }

    /// Selects a row, and unfolds the group that it is in.
    fn reveal(&mut self, id: Option<RowId>, height: usize) -> bool {
        let Some(id) = id else { return false };
        if let RowId::Process(name) = &id
            && let Some(group) = self
                .view(name)
                .and_then(|view| view.groups.first().cloned())
        {
            self.folded.remove(&group);
        }
        self.selected = Some(id);
        self.step(0, height);
        true
    }

    /// Folds the selected group, or the group of the selected process. Returns false when it has
    /// none.
    pub(crate) fn fold(&mut self, height: usize) -> bool {
        let group = match &self.selected {
            Some(RowId::Group(name)) => Some(name.clone()),
            Some(RowId::Process(name)) => self
                .view(name)
                .and_then(|view| view.groups.first().cloned()),
            None => None,
        };
        let Some(group) = group else { return false };
        if !self.folded.remove(&group) {
            self.folded.insert(group.clone());
        }
        self.selected = Some(RowId::Group(group));
        self.step(0, height);
        true
    }

    /// Scrolls without selecting.
    pub(crate) fn scroll(&mut self, by: isize, height: usize) {
        let most = self.rows().len().saturating_sub(height);
        self.top = self.top.saturating_add_signed(by).min(most);
    }

    /// The number of running processes and tasks.
    pub(crate) fn alive(&self) -> usize {
        let ours = self
            .views
            .iter()
            .filter(|view| view.kind != Kind::Dependency);
        ours.filter(|view| is_alive(view.status)).count()
    }
}

/// Whether there is a process to stop in this state.
pub(crate) fn is_alive(status: Status) -> bool {
    matches!(
        status,
        Status::Running | Status::Starting | Status::Stopping
    )
}

/// The worst status of the members of a group.
pub(crate) fn worst(members: &[&ProcessView]) -> Option<Status> {
    let rank = |status: &Status| match status {
        Status::Crashed => 0,
        Status::Blocked => 1,
        Status::Stopping => 2,
        Status::Starting => 3,
        Status::Waiting => 4,
        Status::Running => 5,
        Status::Stopped => 6,
        Status::Completed => 7,
    };
    members.iter().map(|view| view.status).min_by_key(rank)
}
