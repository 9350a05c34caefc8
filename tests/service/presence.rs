//! Who is there, and who is sent away.

use webpubsub_edge::{Error, ErrorKind};

use crate::support::{Host, Server, Service, ends, gets, hub_at, response};

#[tokio::test]
async fn existence_follows_connections() {
    let service = Service::start().await;
    let hub = service.hub();
    let mut ada = service.join("ada", &[], &["room"]).await;
    assert!(hub.connection_exists(&ada.id).await.unwrap());
    assert!(hub.user_exists("ada").await.unwrap());
    assert!(hub.group_exists("room").await.unwrap());
    hub.close_connection(&ada.id).await.unwrap();
    ends(&mut ada, "Closed by REST API.").await;
    for exists in [
        hub.connection_exists(&ada.id).await,
        hub.user_exists("ada").await,
        hub.group_exists("room").await,
    ] {
        assert!(!exists.unwrap());
    }
}

#[tokio::test]
async fn closed_clients_receive_the_reason() {
    let service = Service::start().await;
    let hub = service.hub();
    let reason = "Zeit für Kaffee & Kuchen?";
    let mut ada = service.join("ada", &[], &[]).await;
    hub.close_connection(&ada.id).reason(reason).await.unwrap();
    ends(&mut ada, reason).await;
    let [mut ada, mut bob] = service.users(["ada", "bob"]).await;
    hub.close_user_connections("ada").reason(reason).await.unwrap();
    ends(&mut ada, reason).await;
    service.mark("still here").await;
    gets(&mut bob, "still here").await;
    hub.close_all_connections().reason(reason).await.unwrap();
    ends(&mut bob, reason).await;
}

#[tokio::test]
async fn excluded_connections_stay_open() {
    let service = Service::start().await;
    let hub = service.hub();
    let mut gone = service.join("ada", &[], &["room"]).await;
    let mut stays = service.join("ada", &[], &["room"]).await;
    let mut outside = service.join("ada", &[], &[]).await;
    hub.close_group_connections("room")
        .excluded(&[&stays.id])
        .reason("a")
        .await
        .unwrap();
    ends(&mut gone, "a").await;
    hub.close_user_connections("ada")
        .excluded(&[&stays.id])
        .reason("b")
        .await
        .unwrap();
    ends(&mut outside, "b").await;
    hub.close_all_connections().excluded(&[&stays.id]).await.unwrap();
    service.mark("still here").await;
    gets(&mut stays, "still here").await;
    hub.group("room")
        .unwrap()
        .close_all_connections()
        .reason("c")
        .await
        .unwrap();
    ends(&mut stays, "c").await;
}

#[tokio::test]
async fn closing_no_connections_succeeds() {
    let service = Service::start().await;
    let hub = service.hub();
    hub.close_connection("gone").await.unwrap();
    hub.close_user_connections("nobody").await.unwrap();
    hub.close_group_connections("nowhere").await.unwrap();
    hub.close_all_connections().await.unwrap();
}

#[tokio::test]
async fn get_service_status_succeeds_while_the_service_is_up() {
    let service = Service::start().await;
    service.hub().get_service_status().await.unwrap();
    let ill = Server::responding(vec![response(404, &[], "")]).await;
    let error = hub_at(&ill.endpoint(), Host::new())
        .get_service_status()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Service(e) if e.status == 404),
        "health is no question of existence"
    );
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
