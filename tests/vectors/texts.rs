//! Vectors of filters and roles.

use serde_json::{Value, json};
use webpubsub_edge::{Error, Filter, roles};

use crate::cases::{error_of, texts};

/// The text of a filter or of a role.
pub(crate) fn observe(case: &Value) -> Value {
    let text = match case["role"].as_str() {
        Some(name) => role(name, case["group"].as_str()),
        None => Ok(filter(case)),
    };
    match text {
        Ok(text) => json!({"text": text}),
        Err(error) => json!({"error": error_of(&error)}),
    }
}

fn filter(case: &Value) -> String {
    let user_id = Filter::user_id();
    let filter = match (&case["list"], case["value"].as_str()) {
        (list @ Value::Array(_), _) => user_id.is_in(&texts(list).unwrap()),
        (_, Some(value)) => user_id.eq(value),
        _ => user_id.is_null(),
    };
    filter.to_string()
}

fn role(name: &str, group: Option<&str>) -> Result<String, Error> {
    match (name, group) {
        ("joinLeaveGroup", None) => Ok(roles::JOIN_LEAVE_ANY_GROUP.into()),
        ("sendToGroup", None) => Ok(roles::SEND_TO_ANY_GROUP.into()),
        ("joinLeaveGroup", Some(group)) => roles::join_leave_group(group),
        ("sendToGroup", Some(group)) => roles::send_to_group(group),
        ("joinLeaveGroups", Some(pattern)) => roles::join_leave_groups(pattern),
        ("sendToGroups", Some(pattern)) => roles::send_to_groups(pattern),
        ("escape", Some(name)) => Ok(roles::escape(name)),
        other => panic!("unknown role {other:?}"),
    }
}
