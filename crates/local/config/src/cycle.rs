//! Finds cycles in a graph of names.

use std::collections::HashMap;
use std::ops::Range;

use indexmap::IndexMap;

/// Each name with the names that it depends on and their positions.
pub(super) type Graph<'a> = IndexMap<&'a str, Vec<(&'a str, Range<usize>)>>;

/// One cycle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cycle<'a> {
    /// Names in the order of dependency; the last depends on the first.
    pub(super) names: Vec<&'a str>,
    /// The position of the last name's dependency.
    pub(super) span: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    OnPath,
    Done,
}

/// Finds one cycle for each edge that closes one, in the order of the graph. Empty exactly when the
/// graph has no cycle.
pub(super) fn find<'a>(graph: &Graph<'a>) -> Vec<Cycle<'a>> {
    let mut seen: HashMap<&str, Seen> = HashMap::new();
    let mut cycles = Vec::new();
    for start in graph.keys().copied() {
        if seen.contains_key(start) {
            continue;
        }
        seen.insert(start, Seen::OnPath);
        // Names with the index of their next edge. An explicit stack, because a chain may be long.
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((name, next)) = path.last_mut() {
            let Some((target, span)) = graph.get(name).and_then(|edges| edges.get(*next)) else {
                seen.insert(name, Seen::Done);
                path.pop();
                continue;
            };
            *next += 1;
            match seen.get(target) {
                Some(Seen::Done) => {}
                Some(Seen::OnPath) => {
                    let names = path
                        .iter()
                        .map(|(name, _)| *name)
                        .skip_while(|name| name != target)
                        .collect();
                    cycles.push(Cycle {
                        names,
                        span: span.clone(),
                    });
                }
                None => {
                    seen.insert(target, Seen::OnPath);
                    path.push((target, 0));
                }
            }
        }
    }
    cycles
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ways(edges: &[(&'static str, &[&'static str])]) -> Vec<String> {
        let graph: Graph = edges
            .iter()
            .map(|(name, targets)| (*name, targets.iter().map(|t| (*t, 0..0)).collect()))
            .collect();
        find(&graph).iter().map(|c| c.names.join(" ")).collect()
    }

    #[test]
    fn each_cycle_is_found_by_the_edge_that_closes_it() {
        assert_eq!(ways(&[("a", &["b"]), ("b", &["c"])]), Vec::<String>::new());
        assert_eq!(ways(&[("a", &["a"])]), ["a"]);
        assert_eq!(ways(&[("a", &["b"]), ("b", &["a"])]), ["a b"]);
        assert_eq!(
            ways(&[("x", &["a"]), ("a", &["b"]), ("b", &["c"]), ("c", &["a"])]),
            ["a b c"]
        );
        assert_eq!(
            ways(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"]), ("d", &[])]),
            Vec::<String>::new()
        );
    }

    proptest! {
        #[test]
        fn cycles_are_found_exactly_when_names_cannot_be_ordered(
            edges in prop::collection::vec((0_usize..8, 0_usize..8), 0..20)
        ) {
            const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
            let mut graph: Graph = NAMES.iter().map(|name| (*name, Vec::new())).collect();
            for (from, to) in &edges {
                graph[NAMES[*from]].push((NAMES[*to], 0..0));
            }
            // Removes names without dependencies until none is left.
            let mut left: Vec<usize> = (0..8).collect();
            loop {
                let before = left.len();
                left = left.iter().copied().filter(|name| {
                    edges.iter().any(|(from, to)| from == name && left.contains(to))
                }).collect();
                if left.len() == before { break; }
            }
            let cycles = find(&graph);
            prop_assert_eq!(cycles.is_empty(), left.is_empty());
            for cycle in cycles {
                for (at, name) in cycle.names.iter().enumerate() {
                    let next = cycle.names[(at + 1) % cycle.names.len()];
                    prop_assert!(graph[name].iter().any(|(to, _)| *to == next));
                }
            }
        }
    }
}
