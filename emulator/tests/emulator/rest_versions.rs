//! The versions of the REST API: which there are, and what is younger than some of them.

use crate::rest_errors::{VERSIONS, invalid};
use crate::support::Service;

#[tokio::test]
async fn the_api_version_must_be_one_of_the_services() {
    let service = Service::start().await;
    let answer = service
        .call("DELETE", "/api/hubs/chat/connections/x?api-version=2020-01-01")
        .await;
    assert!(invalid(&answer, "api-version").contains("2024-12-01"));
    for version in VERSIONS.split(", ") {
        service
            .expect(
                204,
                "DELETE",
                &format!("/api/hubs/chat/connections/x?api-version={version}"),
            )
            .await;
    }
}

#[tokio::test]
async fn operations_and_parameters_that_are_younger_than_the_version_are_refused() {
    let service = Service::start().await;
    for (method, target, status, since) in [
        ("POST", ":addToGroups?", 200, "2023-07-01"),
        ("POST", ":removeFromGroups?", 200, "2023-07-01"),
        ("DELETE", "connections/x/groups?", 204, "2022-11-01"),
        ("GET", "groups/g/connections?", 200, "2024-12-01"),
        ("POST", ":send?filter=userId%20eq%20'u'&", 202, "2022-11-01"),
        (
            "POST",
            "groups/g/:send?filter=userId%20eq%20'u'&",
            202,
            "2022-11-01",
        ),
        ("POST", "users/u/:send?messageTtlSeconds=1&", 202, "2024-01-01"),
        (
            "POST",
            "connections/c/:send?messageTtlSeconds=1&",
            202,
            "2024-01-01",
        ),
        ("POST", ":generateToken?group=g&", 401, "2022-11-01"),
        ("POST", ":generateToken?clientType=mqtt&", 401, "2024-01-01"),
        ("POST", ":send?", 202, "2021-10-01"),
    ] {
        for version in VERSIONS.split(", ") {
            let target = format!("/api/hubs/chat/{target}api-version={version}");
            let json = ("content-type", "application/json");
            let answer = service
                .send(method, &target, &[json], r#"{"groups":["g"]}"#)
                .await;
            if version < since {
                let message = invalid(&answer, "api-version");
                assert!(message.contains(since), "{target} {version}: {message}");
            } else {
                assert_eq!(answer.status, status, "{target} {version}: {answer:?}");
            }
        }
    }
}
