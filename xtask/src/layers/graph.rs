//! Cycles: sets of nodes that all reach each other.

use std::collections::{BTreeMap, BTreeSet};

/// Which node leads to which.
pub(super) type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Every set of two nodes or more that reach each other, sorted.
pub(super) fn cycles<'a>(edges: &Edges<'a>) -> Vec<Vec<&'a str>> {
    let reached: BTreeMap<_, _> = edges.keys().map(|node| (*node, reach(edges, node))).collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for node in edges.keys() {
        if seen.contains(node) {
            continue;
        }
        let both = |other: &&&str| reaches(node, other) && reaches(other, node);
        let mut members: Vec<&str> = edges.keys().filter(both).copied().collect();
        // A node that leads to itself is no cycle of several.
        members.retain(|other| other != node);
        if !members.is_empty() {
            members.push(node);
            members.sort_unstable();
            seen.extend(members.iter().copied());
            all.push(members);
        }
    }
    all
}

fn reach<'a>(edges: &Edges<'a>, from: &str) -> BTreeSet<&'a str> {
    let (mut all, mut left) = (BTreeSet::new(), vec![from]);
    while let Some(node) = left.pop() {
        for next in edges.get(node).into_iter().flatten() {
            if all.insert(*next) {
                left.push(next);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_found_and_what_only_leads_to_them_is_not_in_them() {
        let pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "e"), ("f", "g")];
        let mut edges = Edges::new();
        for (from, to) in pairs.into_iter().chain([("g", "f")]) {
            edges.entry(from).or_default().insert(to);
        }
        assert_eq!(cycles(&edges), [vec!["a", "b", "c"], vec!["f", "g"]]);
        edges.remove("c");
        edges.remove("g");
        assert!(cycles(&edges).is_empty());
    }
}
