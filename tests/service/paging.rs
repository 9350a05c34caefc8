//! Listings, page by page.

use std::collections::BTreeSet;
use std::time::Duration;

use webpubsub_edge::ErrorKind;
use webpubsub_edge::RetryOptions;
use webpubsub_edge::service::{Connection, Page};

use crate::support::{Client, Host, Server, Service, answer, hub_at, ids, refused, soon};

/// A service with five clients in the group `a b`; the first is anonymous.
async fn five() -> (Service, Vec<Client>) {
    let service = Service::start().await;
    let mut clients = Vec::new();
    for user in ["", "u1", "u2", "u3", "u4"] {
        clients.push(service.join(user, &[], &["a b"]).await);
    }
    (service, clients)
}

fn all_ids(clients: &[Client]) -> BTreeSet<String> {
    clients.iter().map(|client| client.id.clone()).collect()
}

#[tokio::test]
async fn every_connection_is_on_one_page() {
    let (service, clients) = five().await;
    let mut pages = service.hub().list_connections("a b").max_page_size(2);
    let (mut sizes, mut seen) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next_page().await.unwrap() {
        sizes.push((page.connections.len(), page.continuation_token.is_some()));
        seen.extend(page.connections);
    }
    assert_eq!(sizes, [(2, true), (2, true), (1, false)]);
    assert_eq!(ids(&seen), all_ids(&clients));
    let users: BTreeSet<_> = seen
        .iter()
        .map(|connection| connection.user_id.as_deref())
        .collect();
    assert_eq!(
        users,
        [None, Some("u1"), Some("u2"), Some("u3"), Some("u4")].into()
    );
    assert_eq!(pages.next_page().await.unwrap(), None, "it stays at its end");
}

#[tokio::test]
async fn no_more_are_listed_than_asked_for() {
    let (service, clients) = five().await;
    let group = service.hub().group("a b").unwrap();
    let three = group
        .list_connections()
        .top(3)
        .max_page_size(2)
        .collect()
        .await
        .unwrap();
    assert_eq!(three.len(), 3);
    assert!(ids(&three).is_subset(&all_ids(&clients)));
    assert_eq!(group.list_connections().collect().await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_listing_goes_on_where_another_one_ended() {
    let (service, clients) = five().await;
    let hub = service.hub();
    let first = hub
        .list_connections("a b")
        .max_page_size(2)
        .next_page()
        .await
        .unwrap()
        .unwrap();
    let rest = hub
        .list_connections("a b")
        .continuation_token(first.continuation_token.unwrap());
    let rest = rest.collect().await.unwrap();
    assert_eq!((first.connections.len(), rest.len()), (2, 3));
    let both = [first.connections, rest].concat();
    assert_eq!(ids(&both), all_ids(&clients));
}

#[tokio::test]
async fn a_group_that_nobody_is_in_has_an_empty_page() {
    let service = Service::start().await;
    let mut pages = service.hub().list_connections("nobody");
    assert_eq!(pages.next_page().await.unwrap(), Some(Page::default()));
    assert_eq!(pages.next_page().await.unwrap(), None);
}

#[tokio::test]
async fn bad_input_is_refused() {
    let service = Service::start().await;
    let list = |group: &str| service.hub().list_connections(group);
    assert_eq!(refused(list("..").next_page().await), "InvalidGroup");
    assert_eq!(
        refused(list("g").max_page_size(0).next_page().await),
        "InvalidPageSize"
    );
    assert_eq!(
        refused(list("g").max_page_size(201).collect().await),
        "InvalidPageSize"
    );
    assert_eq!(refused(list("g").top(0).collect().await), "InvalidTop");
    let error = list("g")
        .continuation_token("not the service's")
        .next_page()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

/// The first page of two, where the service knows itself by another name.
const FIRST: &str = r#"{"value":[{"connectionId":"c1","userId":null}],"nextLink":"https://inner.example/api/hubs/chat/groups/g/connections?top=1&continuationToken=t%3D%3D&api-version=2024-12-01"}"#;
const LAST: &str = r#"{"value":[{"connectionId":"c2","userId":"u"}],"nextLink":null}"#;

#[tokio::test]
async fn a_link_is_followed_at_the_endpoint_and_signed_for_itself() {
    let mut server = Server::answering(vec![answer(200, &[], FIRST), answer(200, &[], LAST)]).await;
    let mut pages = hub_at(&server.endpoint(), Host::new())
        .list_connections("g")
        .header("x-a", "b");
    let first = pages.next_page().await.unwrap().unwrap();
    let connection = |id: &str, user: Option<&str>| Connection {
        connection_id: id.into(),
        user_id: user.map(String::from),
    };
    assert_eq!(first.connections, [connection("c1", None)]);
    assert_eq!(first.continuation_token.as_deref(), Some("t=="));
    let last = pages.next_page().await.unwrap().unwrap();
    assert_eq!(
        (last.connections, last.continuation_token),
        (vec![connection("c2", Some("u"))], None)
    );
    let requests = [server.next().await, server.next().await];
    assert_eq!(
        requests[0].target,
        "/api/hubs/chat/groups/g/connections?api-version=2024-12-01"
    );
    assert_eq!(
        requests[1].target,
        "/api/hubs/chat/groups/g/connections?top=1&continuationToken=t%3D%3D&api-version=2024-12-01"
    );
    for request in requests {
        assert_eq!(request.claims()["aud"], server.endpoint() + &request.target);
        assert_eq!(request.header("x-a"), Some("b"), "options are for every page");
        assert_eq!(request.header("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn a_link_that_leads_away_is_not_followed() {
    for link in [
        "https://elsewhere.example/steal?api-version=1",
        "https://elsewhere.example",
        "nonsense",
        "//a/api/x",
    ] {
        let body = Box::leak(format!(r#"{{"value":[],"nextLink":"{link}"}}"#).into_boxed_str());
        let mut server = Server::answering(vec![answer(200, &[], body)]).await;
        let mut pages = hub_at(&server.endpoint(), Host::new()).list_connections("g");
        pages.next_page().await.unwrap();
        let error = pages.next_page().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Unexpected, "PARSE_ERROR"),
            "{link}"
        );
        assert_eq!(server.arrived().len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_page_is_told_apart() {
    for body in [
        "",
        "{}",
        "[]",
        r#"{"value":7}"#,
        r#"{"value":[{}]}"#,
        r#"{"value":[{"connectionId":1}]}"#,
        "<html>",
    ] {
        let server = Server::answering(vec![answer(200, &[], body)]).await;
        let error = hub_at(&server.endpoint(), Host::new())
            .list_connections("g")
            .collect()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Unexpected, "PARSE_ERROR"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_page_that_failed_may_be_asked_for_again() {
    let answers = vec![
        answer(500, &[], ""),
        answer(200, &[], FIRST),
        answer(502, &[], ""),
        answer(200, &[], LAST),
    ];
    let server = Server::answering(answers).await;
    let once = RetryOptions {
        max_retries: 0,
        ..RetryOptions::default()
    };
    let mut pages = hub_at(&server.endpoint(), Host::new())
        .list_connections("g")
        .retry(once);
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        outcomes.push(
            pages
                .next_page()
                .await
                .map(|page| page.map(|page| page.connections[0].connection_id.clone())),
        );
    }
    let outcomes: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.map_err(|error| error.status().unwrap()))
        .collect();
    assert_eq!(
        outcomes,
        [
            Err(500),
            Ok(Some("c1".into())),
            Err(502),
            Ok(Some("c2".into())),
            Ok(None)
        ]
    );
}

#[tokio::test]
async fn a_page_keeps_its_time() {
    let server = Server::silent().await;
    let mut pages = hub_at(&server.endpoint(), Host::new())
        .list_connections("g")
        .timeout(Duration::from_millis(30));
    let error = soon(pages.next_page()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}
