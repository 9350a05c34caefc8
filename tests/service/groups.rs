//! Groups: adding and removing connections and users, one by one and by filter.

use std::collections::BTreeSet;

use webpubsub_edge::{ErrorKind, Filter};

use crate::support::{Client, Service};

fn set(clients: &[&Client]) -> BTreeSet<String> {
    clients.iter().map(|client| client.id.clone()).collect()
}

#[tokio::test]
async fn connection_exists_follows_the_connection() {
    let service = Service::start().await;
    let [ada, bob] = service.users(["ada", "bob"]).await;
    let hub = service.hub();
    hub.add_connection_to_group("room", &ada.id).await.unwrap();
    hub.group("room").unwrap().add_connection(&bob.id).await.unwrap();
    assert_eq!(service.members("room").await, set(&[&ada, &bob]));
    hub.remove_connection_from_group("room", &ada.id).await.unwrap();
    assert_eq!(service.members("room").await, set(&[&bob]));
    hub.group("room")
        .unwrap()
        .remove_connection(&bob.id)
        .await
        .unwrap();
    assert_eq!(service.members("room").await, set(&[]));
}

#[tokio::test]
async fn user_exists_follows_the_users_connections() {
    let service = Service::start().await;
    let [ada, also_ada, bob] = service.users(["ada", "ada", "bob"]).await;
    let hub = service.hub();
    hub.add_user_to_group("room", "ada").await.unwrap();
    hub.group("room").unwrap().add_user("bob").await.unwrap();
    assert_eq!(service.members("room").await, set(&[&ada, &also_ada, &bob]));
    hub.remove_user_from_group("room", "ada").await.unwrap();
    assert_eq!(service.members("room").await, set(&[&bob]));
    hub.group("room").unwrap().remove_user("bob").await.unwrap();
    assert_eq!(service.members("room").await, set(&[]));
}

#[tokio::test]
async fn all_groups_may_be_left_at_once() {
    let service = Service::start().await;
    let one = service.join("ada", &[], &["a", "b"]).await;
    let other = service.join("ada", &[], &["a", "b"]).await;
    let hub = service.hub();
    hub.remove_connection_from_all_groups(&one.id).await.unwrap();
    for group in ["a", "b"] {
        assert_eq!(service.members(group).await, set(&[&other]));
    }
    hub.add_connection_to_group("c", &one.id).await.unwrap();
    hub.remove_user_from_all_groups("ada").await.unwrap();
    for group in ["a", "b", "c"] {
        assert_eq!(service.members(group).await, set(&[]));
    }
}

#[tokio::test]
async fn connections_that_match_a_filter_are_added_and_removed() {
    let service = Service::start().await;
    let [ada, bob, eve] = service.users(["ada", "bob", "eve"]).await;
    let hub = service.hub();
    let not_eve = Filter::user_id().ne("eve");
    hub.add_connections_to_groups(&["a", "b"], not_eve).await.unwrap();
    for group in ["a", "b"] {
        assert_eq!(service.members(group).await, set(&[&ada, &bob]));
    }
    let only_bob = Filter::user_id().eq("bob");
    hub.remove_connections_from_groups(&["a"], only_bob)
        .await
        .unwrap();
    assert_eq!(service.members("a").await, set(&[&ada]));
    assert_eq!(service.members("b").await, set(&[&ada, &bob]));
    let everyone = "connectionId ne ''";
    hub.add_connections_to_groups(&["c"], everyone).await.unwrap();
    assert_eq!(service.members("c").await, set(&[&ada, &bob, &eve]));
    hub.remove_connections_from_groups(&["a", "b", "c"], everyone)
        .await
        .unwrap();
    for group in ["a", "b", "c"] {
        assert_eq!(service.members(group).await, set(&[]));
    }
}

#[tokio::test]
async fn names_are_not_rewritten() {
    let service = Service::start().await;
    let hub = service.hub();
    for name in [
        "a b", "a'()*~!b", "%2e%2e", "?#&=+:@", "日本", "a%b", "...", "[x]",
    ] {
        let client = service.join(name, &[], &[]).await;
        hub.add_user_to_group(name, name).await.unwrap();
        assert_eq!(service.members(name).await, set(&[&client]), "{name}");
        assert!(
            hub.user_exists(name).await.unwrap() && hub.group_exists(name).await.unwrap(),
            "{name}"
        );
        hub.remove_user_from_all_groups(name).await.unwrap();
        assert_eq!(service.members(name).await, set(&[]), "{name}");
    }
}

#[tokio::test]
async fn adding_an_absent_connection_fails() {
    let service = Service::start().await;
    let hub = service.hub();
    let connection = hub.add_connection_to_group("room", "gone").await.unwrap_err();
    assert_eq!(
        (connection.kind(), connection.code()),
        (ErrorKind::NotFound, "Error.Connection.NotExisted")
    );
    let user = hub.add_user_to_group("room", "nobody").await.unwrap_err();
    assert_eq!(
        (user.kind(), user.code()),
        (ErrorKind::NotFound, "Warning.User.NotExisted")
    );
    hub.remove_connection_from_group("room", "gone").await.unwrap();
    hub.remove_connection_from_all_groups("gone").await.unwrap();
    hub.remove_user_from_group("room", "nobody").await.unwrap();
    hub.remove_user_from_all_groups("nobody").await.unwrap();
}
