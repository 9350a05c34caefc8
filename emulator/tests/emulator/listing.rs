//! Listing a group's connections, page by page.

use serde_json::{Value, json};

use crate::support::{Client, KEY, Service, in_one_minute, sign};

async fn members(service: &Service, count: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for number in 0..count {
        let user = if number == 0 {
            json!(null)
        } else {
            json!(format!("u{number}"))
        };
        clients.push(
            service
                .json_client(json!({"sub": user, "webpubsub.group": ["a b"]}))
                .await,
        );
    }
    clients
}

/// The pages from `target` on, following next links as they are.
async fn pages(service: &Service, target: &str) -> Vec<Value> {
    let mut url = service.url(target);
    let mut pages = Vec::new();
    loop {
        let token = sign(KEY, &json!({"aud": url, "exp": in_one_minute()}));
        let answer = service.raw("GET", &url, Some(&token), &[], "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let page = answer.json();
        let next = page.get("nextLink").map(|link| link.as_str().unwrap().to_owned());
        pages.push(page);
        match next {
            Some(next) => url = next,
            None => return pages,
        }
    }
}

/// The connection ids, page by page.
fn ids<'a>(pages: &'a [Value]) -> Vec<Vec<&'a str>> {
    let page = |page: &'a Value| {
        let entries = page["value"].as_array().unwrap();
        entries
            .iter()
            .map(|entry| entry["connectionId"].as_str().unwrap())
            .collect()
    };
    pages.iter().map(page).collect()
}

#[tokio::test]
async fn an_empty_group_has_one_empty_page() {
    let service = Service::start().await;
    let answer = service
        .expect(200, "GET", "/api/hubs/chat/groups/none/connections")
        .await;
    assert_eq!(
        (answer.body.as_str(), answer.header("content-length")),
        (r#"{"value":[]}"#, Some("12"))
    );
}

#[tokio::test]
async fn all_are_listed_with_their_users() {
    let service = Service::start().await;
    let clients = members(&service, 3).await;
    let pages = pages(&service, "/api/hubs/chat/groups/a%20b/connections").await;
    assert_eq!(
        pages,
        [json!({"value": [
            {"connectionId": clients[0].id, "userId": null},
            {"connectionId": clients[1].id, "userId": "u1"},
            {"connectionId": clients[2].id, "userId": "u2"},
        ]})]
    );
}

#[tokio::test]
async fn pages_follow_one_another_until_top_is_reached() {
    let service = Service::start().await;
    let clients = members(&service, 7).await;
    let all: Vec<&str> = clients.iter().map(|client| client.id.as_str()).collect();
    let base = "/api/hubs/chat/groups/a%20b/connections";

    let by_two = pages(&service, &format!("{base}?maxpagesize=2")).await;
    assert_eq!(ids(&by_two), all.chunks(2).collect::<Vec<_>>());

    let top_five = pages(&service, &format!("{base}?top=5&maxpagesize=2")).await;
    assert_eq!(ids(&top_five), all[..5].chunks(2).collect::<Vec<_>>());
    let link = top_five[0]["nextLink"].as_str().unwrap();
    let start = format!(
        "{}{base}?top=3&maxpagesize=2&continuationToken=",
        service.emulator.endpoint()
    );
    assert!(
        link.starts_with(&start) && link.ends_with("&api-version=2024-12-01"),
        "{link}"
    );

    // A full last page has no link, and top alone is one page.
    assert_eq!(
        ids(&pages(&service, &format!("{base}?top=4&maxpagesize=4")).await),
        [&all[..4]]
    );
    assert_eq!(
        ids(&pages(&service, &format!("{base}?top=100")).await),
        [&all[..]]
    );
}

#[tokio::test]
async fn who_leaves_between_pages_does_not_hide_others() {
    let service = Service::start().await;
    let clients = members(&service, 4).await;
    let target = "/api/hubs/chat/groups/a%20b/connections?maxpagesize=2";
    let first = service.expect(200, "GET", target).await.json();
    for gone in &clients[1..3] {
        service
            .expect(204, "DELETE", &format!("/api/hubs/chat/connections/{}", gone.id))
            .await;
    }
    let link = first["nextLink"]
        .as_str()
        .unwrap()
        .strip_prefix(&service.emulator.endpoint())
        .unwrap();
    let second = service.expect(200, "GET", link).await.json();
    assert_eq!(
        second,
        json!({"value": [{"connectionId": clients[3].id, "userId": "u3"}]})
    );
}
