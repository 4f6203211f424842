//! Finding one's way in the tree of a plan.

use super::{Kpi, Node, PlanContent};

impl PlanContent {
    pub fn node(&self, key: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.key == key)
    }

    pub fn children<'a>(&'a self, parent: Option<&'a str>) -> impl Iterator<Item = &'a Node> {
        self.nodes.iter().filter(move |node| node.parent.as_deref() == parent)
    }

    pub fn kpi(&self, code: &str) -> Option<&Kpi> {
        self.kpis.iter().find(|kpi| kpi.code == code)
    }

    /// From the top of the tree down to the node itself.
    pub fn path(&self, key: &str) -> Vec<&Node> {
        let mut path = Vec::new();
        let mut next = self.node(key);
        // The length bounds the walk even if a cycle were stored.
        while let Some(node) = next.filter(|_| path.len() < self.nodes.len()) {
            path.push(node);
            next = node.parent.as_deref().and_then(|parent| self.node(parent));
        }
        path.reverse();
        path
    }

    /// The node itself or anything under it.
    pub fn is_within(&self, key: &str, ancestor: &str) -> bool {
        self.path(key).iter().any(|node| node.key == ancestor)
    }

    pub fn kpis_within<'a>(&'a self, ancestor: &'a str) -> impl Iterator<Item = &'a Kpi> {
        self.kpis.iter().filter(move |kpi| self.is_within(&kpi.node, ancestor))
    }

    /// Nodes of a level under an ancestor.
    pub fn count_within(&self, ancestor: &str, level: &str) -> usize {
        self.nodes.iter().filter(|node| node.level == level && self.is_within(&node.key, ancestor)).count()
    }

    pub fn attribute_names(&self, node: &Node) -> Vec<&str> {
        let name = |key: &String| self.attributes.iter().find(|a| &a.key == key).map(|a| a.name.as_str());
        node.attributes.iter().filter_map(name).collect()
    }
}
