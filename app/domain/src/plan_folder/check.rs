//! Trees: who stands above whom.

use std::collections::{HashMap, HashSet};

use super::{quoted, row::Row};

/// Keys that are their own ancestors; each such row is a fault.
pub fn cycles<'t>(rows: &[Row<'t>]) -> HashSet<&'t str> {
    let parents: HashMap<_, _> = rows.iter().map(|row| (row.raw("key"), row.raw("parent"))).collect();
    let (mut settled, mut cyclic) = (HashSet::new(), HashSet::new());
    for row in rows {
        let mut path = Vec::new();
        let mut on_path = HashSet::new();
        let mut at = row.raw("key");
        while !at.is_empty() && !settled.contains(at) && on_path.insert(at) {
            path.push(at);
            at = parents.get(at).copied().unwrap_or_default();
        }
        if on_path.contains(at) {
            let from = path.iter().position(|key| *key == at).unwrap_or_default();
            cyclic.extend(&path[from..]);
        }
        settled.extend(path);
    }
    for row in rows.iter().filter(|row| cyclic.contains(row.raw("key"))) {
        let (key, parent) = (quoted(row.raw("key")), quoted(row.raw("parent")));
        row.fault(format!("列「parent」の「{parent}」をたどると「{key}」自身に戻ります。上にあるもののキーにしてください。"));
    }
    cyclic
}
