//! Names of columns: none is empty, and none is lost to another one.

use std::collections::BTreeSet;

use crate::source::Note;

/// The longest name of a file, in characters: with a suffix it is one that the API takes, too.
const MAX_NAME: usize = 115;

/// Unique names for the columns that a file names `headers`, and what changed.
///
/// A name that exists only once stays as it is. Of equal names the first one keeps it, and the
/// others get the first of `_2`, `_3`, … that is free. A column without a name is called by its
/// number, such as `column2`. Control characters and blanks become single spaces, and names end
/// after 115 characters.
#[must_use]
pub fn unique_names(headers: &[String]) -> (Vec<String>, Vec<Note>) {
    let cleaned: Vec<String> = headers.iter().map(|it| clean(it)).collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for name in &cleaned {
        taken.insert(name.clone());
    }
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut names = Vec::with_capacity(headers.len());
    let mut notes = Vec::new();
    for (number, (header, name)) in (1_usize..).zip(headers.iter().zip(cleaned)) {
        let unnamed = name.is_empty();
        let base = if unnamed {
            format!("column{number}")
        } else {
            name
        };
        let free = if unnamed {
            !taken.contains(&base)
        } else {
            !used.contains(&base)
        };
        let name = if free {
            base
        } else {
            (2_usize..)
                .map(|suffix| format!("{base}_{suffix}"))
                .find(|it| !taken.contains(it))
                .unwrap_or(base)
        };
        taken.insert(name.clone());
        used.insert(name.clone());
        if name != *header {
            notes.push(Note::ColumnRenamed {
                from: header.clone(),
                to: name.clone(),
            });
        }
        names.push(name);
    }
    (names, notes)
}

fn clean(header: &str) -> String {
    let visible = |it: char| {
        if it.is_control() || it == '\u{feff}' {
            ' '
        } else {
            it
        }
    };
    let text: String = header.chars().map(visible).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(MAX_NAME).collect();
    name.trim_end().to_owned()
}
