//! The states that connections show to others in a group: a few named texts each.

use std::collections::BTreeMap;

/// One connection's state in a group.
#[derive(Debug, Clone)]
pub(crate) struct GroupStateItem {
    pub(crate) connection_id: String,
    pub(crate) user_id: Option<String>,
    /// `None` once it has been cleared.
    pub(crate) state: Option<BTreeMap<String, String>>,
    /// Milliseconds since 1970.
    pub(crate) updated_at: i64,
}

/// States of a group on their way to a subscriber.
#[derive(Debug, Clone)]
pub(crate) struct GroupStates {
    pub(crate) group: String,
    /// Whether these are all states of the group, and not only those that changed.
    pub(crate) is_snapshot: bool,
    pub(crate) items: Vec<GroupStateItem>,
}
