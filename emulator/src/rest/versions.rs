//! The API versions of the service, and since which of them there are the younger operations and parameters.

use crate::http::{ApiError, Query};

/// From the oldest to the newest, which is also their order as text.
const SUPPORTED: [&str; 5] = [
    "2021-10-01",
    "2022-11-01",
    "2023-07-01",
    "2024-01-01",
    "2024-12-01",
];

/// The operations that the oldest version does not have.
///
/// The specification of 2023-07-01 lacks the two changes of groups by a filter, but the service was recorded to serve
/// them.
const OPERATIONS: [(&str, &str, &str); 4] = [
    ("POST", "/api/hubs/{hub}/:addToGroups", "2023-07-01"),
    ("POST", "/api/hubs/{hub}/:removeFromGroups", "2023-07-01"),
    (
        "DELETE",
        "/api/hubs/{hub}/connections/{connection}/groups",
        "2022-11-01",
    ),
    ("GET", "/api/hubs/{hub}/groups/{group}/connections", "2024-12-01"),
];

/// The parameters that the oldest version does not have, by the verb at the end of the path.
const PARAMETERS: [(&str, &str, &str); 4] = [
    (":send", "filter", "2022-11-01"),
    (":send", "messageTtlSeconds", "2024-01-01"),
    (":generateToken", "group", "2022-11-01"),
    (":generateToken", "clientType", "2024-01-01"),
];

/// All versions, as the header `api-supported-versions` lists them.
pub(super) fn supported() -> String {
    SUPPORTED.join(", ")
}

/// Checks that the version that a request names is known, and has its operation and all its parameters.
///
/// A parameter that is younger than the version is refused: without its filter, a message would go to everybody.
pub(super) fn check(method: &str, template: &str, query: &Query) -> Result<(), ApiError> {
    let Some(version) = query.first("api-version") else {
        return Err(ApiError::invalid(
            "api-version",
            "The query parameter api-version is required.",
        ));
    };
    if !SUPPORTED.contains(&version) {
        let supported = supported();
        return Err(ApiError::invalid(
            "api-version",
            format!("The api-version '{version}' is not supported. Use one of {supported}."),
        ));
    }
    let operation = OPERATIONS
        .iter()
        .filter(|(its_method, path, _)| (*its_method, *path) == (method, template))
        .map(|(_, path, since)| (format!("operation {method} {path}"), *since));
    let parameters = PARAMETERS
        .iter()
        .filter(|(verb, name, _)| template.ends_with(verb) && query.first(name).is_some())
        .map(|(_, name, since)| (format!("query parameter {name}"), *since));
    match operation.chain(parameters).find(|(_, since)| version < *since) {
        None => Ok(()),
        Some((what, since)) => Err(ApiError::invalid(
            "api-version",
            format!("The {what} needs the api-version {since} or a newer one, not '{version}'."),
        )),
    }
}
