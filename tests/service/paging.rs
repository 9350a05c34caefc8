//! Listings, page by page.

use std::collections::BTreeSet;
use std::time::Duration;

use webpubsub_edge::ErrorKind;
use webpubsub_edge::RetryOptions;
use webpubsub_edge::service::Page;

use crate::support::{Client, Host, Server, Service, hub_at, ids, refused, response, soon};

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
async fn top_limits_a_listing() {
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
async fn a_listing_continues_where_another_one_ended() {
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
async fn a_group_without_connections_has_an_empty_page() {
    let service = Service::start().await;
    let mut pages = service.hub().list_connections("nobody");
    assert_eq!(pages.next_page().await.unwrap(), Some(Page::default()));
    assert_eq!(pages.next_page().await.unwrap(), None);
}

#[tokio::test]
async fn invalid_input_is_refused() {
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
async fn a_link_to_another_path_is_not_followed() {
    for link in [
        "https://elsewhere.example/steal?api-version=1",
        "https://elsewhere.example",
        "nonsense",
        "//a/api/x",
    ] {
        let body = Box::leak(format!(r#"{{"value":[],"nextLink":"{link}"}}"#).into_boxed_str());
        let mut server = Server::responding(vec![response(200, &[], body)]).await;
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
async fn a_page_that_failed_may_be_requested_again() {
    let responses = vec![
        response(500, &[], ""),
        response(200, &[], FIRST),
        response(502, &[], ""),
        response(200, &[], LAST),
    ];
    let server = Server::responding(responses).await;
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
async fn a_page_has_a_timeout() {
    let server = Server::silent().await;
    let mut pages = hub_at(&server.endpoint(), Host::new())
        .list_connections("g")
        .timeout(Duration::from_millis(30));
    let error = soon(pages.next_page()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_listing_whose_links_lead_back_ends() {
    let mut server = Server::responding(vec![response(200, &[], FIRST)]).await;
    let pages = hub_at(&server.endpoint(), Host::new()).list_connections("g");
    let error = pages.collect().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unexpected, "PARSE_ERROR")
    );
    assert_eq!(server.arrived().len(), 2);
}

#[tokio::test]
async fn a_link_that_url_parsers_rewrite_is_not_followed() {
    for path in ["/api/../x", "/api/%2e%2e/x", "/api/./x", "/api/a b", "/apix"] {
        let body = format!(r#"{{"value":[],"nextLink":"https://contoso.example{path}"}}"#);
        let mut server = Server::responding(vec![response(200, &[], Box::leak(body.into_boxed_str()))]).await;
        let pages = hub_at(&server.endpoint(), Host::new()).list_connections("g");
        assert_eq!(pages.collect().await.unwrap_err().code(), "PARSE_ERROR", "{path}");
        assert_eq!(server.arrived().len(), 1, "{path}");
    }
}

/// A page of three connections, with a link to the next one.
fn endless(number: usize) -> axum::http::Response<axum::body::Body> {
    let connections: Vec<_> = (0..3)
        .map(|index| format!(r#"{{"connectionId":"{number}-{index}"}}"#))
        .collect();
    let link = format!("https://a.example/api/hubs/chat/groups/g/connections?continuationToken={number}");
    let body = format!(r#"{{"value":[{}],"nextLink":"{link}"}}"#, connections.join(","));
    axum::http::Response::new(body.into())
}

#[tokio::test]
async fn top_holds_when_the_service_ignores_it() {
    let mut server = Server::start(|_, number| endless(number)).await;
    let hub = hub_at(&server.endpoint(), Host::new());
    assert_eq!(hub.list_connections("g").top(7).collect().await.unwrap().len(), 7);
    assert_eq!(server.arrived().len(), 3);
}

#[tokio::test]
async fn a_listing_ends_after_its_total_timeout() {
    let server = Server::start(|_, number| endless(number)).await;
    let limit = Duration::from_millis(200);
    let pages = hub_at(&server.endpoint(), Host::new())
        .list_connections("g")
        .total_timeout(limit);
    assert_eq!(pages.collect().await.unwrap_err().kind(), ErrorKind::Timeout);
    let silent = Server::silent().await;
    let mut pages = hub_at(&silent.endpoint(), Host::new())
        .list_connections("g")
        .total_timeout(limit);
    assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Timeout);
}
