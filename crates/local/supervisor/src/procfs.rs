//! Reads process information from Linux's `/proc`. On other systems every function returns an empty
//! result.

use std::collections::HashMap;
use std::fs;

/// A process as `/proc/{pid}/stat` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub pid: i32,
    pub parent: i32,
    /// Processor time used so far, in clock ticks.
    pub ticks: u64,
    /// Resident memory, in pages.
    pub pages: u64,
}

/// All visible processes.
pub fn all() -> Vec<Stat> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: i32| parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?))
        .collect()
}

fn parse(pid: i32, stat: &str) -> Option<Stat> {
    // The name is in parentheses, and may contain any character.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        pid,
        parent: fields.get(1)?.parse().ok()?,
        ticks: number(11)?.saturating_add(number(12)?),
        pages: number(21)?,
    })
}

/// The ids of all descendants of `root`, parents before their children.
pub(crate) fn descendants(root: i32) -> Vec<i32> {
    below(&children(&all()), root)
}

/// The ids of the children of each process.
pub fn children(all: &[Stat]) -> HashMap<i32, Vec<i32>> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for stat in all {
        children.entry(stat.parent).or_default().push(stat.pid);
    }
    children
}

/// The ids of `root` and all its descendants, parents before their children.
pub fn tree(children: &HashMap<i32, Vec<i32>>, root: i32) -> impl Iterator<Item = i32> {
    std::iter::once(root).chain(below(children, root))
}

/// The arguments of a process, each followed by a zero byte. Empty for a zombie.
pub fn command_line(pid: i32) -> Vec<u8> {
    fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()
}

/// The ids of all descendants of `root`, parents before their children.
pub(crate) fn below(children: &HashMap<i32, Vec<i32>>, root: i32) -> Vec<i32> {
    let mut found = Vec::new();
    let mut left = vec![root];
    while let Some(pid) = left.pop() {
        for child in children.get(&pid).into_iter().flatten() {
            if !found.contains(child) {
                found.push(*child);
                left.push(*child);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_may_contain_anything() {
        let stat = "7 (a) (b c) S 3 7 7 0 -1 4194560 1 2 3 4 10 20 5 6 20 0 1 0 99 1000 42 18446744073709551615";
        assert_eq!(
            parse(7, stat).unwrap(),
            Stat {
                pid: 7,
                parent: 3,
                ticks: 30,
                pages: 42
            }
        );
    }

    #[test]
    fn a_process_is_below_its_ancestors() {
        let children = HashMap::from([(1, vec![2, 3]), (3, vec![4]), (9, vec![10])]);
        assert_eq!(below(&children, 1), [2, 3, 4]);
        assert!(below(&children, 4).is_empty());
    }
}
