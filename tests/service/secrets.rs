//! Debug output without secrets, and types that may cross threads.

use std::fmt::Debug;
use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use webpubsub_edge::service::{
    Call, ClientAssertionCredential, ClientSecretCredential, Connections, Credential, GetClientAccessToken,
    LogOptions, Raw, SendRequest, Transport, TransportResponse, operations,
};
use webpubsub_edge::{
    AzureKeyCredential, ClientOptions, ConnectionString, Error, Message, WebPubSubGroup,
    WebPubSubServiceClient,
};

use crate::support::{ENTRA_TOKEN, Host, KEY, Server, Service, hub_at, response};

/// The types that can be moved to or shared with other threads, with any transport that can.
#[allow(dead_code, reason = "compiling it is the test")]
fn calls_cross_threads<T: Transport>() {
    fn send<S: Send + 'static>() {}
    fn shared<S: Send + Sync + Clone + 'static>() {}
    shared::<WebPubSubServiceClient<T>>();
    shared::<WebPubSubGroup<T>>();
    shared::<AzureKeyCredential>();
    shared::<Credential>();
    shared::<ClientOptions>();
    shared::<Error>();
    send::<Call<T, operations::SendToAll>>();
    send::<Call<T, Raw<operations::UserExists>>>();
    send::<Connections<T>>();
    send::<GetClientAccessToken<T>>();
    send::<SendRequest<T>>();
    send::<ClientSecretCredential<T>>();
    send::<ClientAssertionCredential<T>>();
}

/// The futures of all calls can be tasks.
#[tokio::test]
async fn every_call_may_be_a_task() {
    let service = Service::start().await;
    let hub = service.hub();
    let call = hub.send_to_all(Message::text("x"));
    tokio::spawn(call.into_future()).await.unwrap().unwrap();
    let raw = hub.user_exists("ada").raw();
    assert_eq!(
        tokio::spawn(raw.into_future()).await.unwrap().unwrap().status(),
        404
    );
    let token = hub.get_client_access_token();
    tokio::spawn(token.into_future()).await.unwrap().unwrap();
    let request = hub.send_request(webpubsub_edge::operation::Method::Head, "/api/health");
    tokio::spawn(request.into_future()).await.unwrap().unwrap();
    let mut pages = hub.list_connections("g");
    tokio::spawn(async move { pages.next_page().await.map(drop) })
        .await
        .unwrap()
        .unwrap();
}

fn hidden(shown: impl Debug) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        for secret in [KEY, ENTRA_TOKEN, "eyJhbGciOi", "AccessKey="] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn debug_output_has_no_secret() {
    let service = Service::start().await;
    let hub = service.hub();
    hidden(&hub);
    hidden(hub.group("room").unwrap());
    hidden(ClientOptions::default());
    hidden(AzureKeyCredential::new(KEY).unwrap());
    hidden(Credential::from(AzureKeyCredential::new(KEY).unwrap()));
    hidden(Credential::from(
        ClientSecretCredential::new("t", "id", KEY, Host::new()).unwrap(),
    ));
    hidden(ConnectionString::parse(&format!("Endpoint=https://a;AccessKey={KEY}")).unwrap());
    hidden(hub.get_client_access_token().await.unwrap());
    hidden(webpubsub_edge::service::AccessToken {
        token: ENTRA_TOKEN.into(),
        expires_on: Duration::ZERO,
        refresh_after: None,
    });
    let shown = format!("{hub:?}");
    assert!(
        shown.contains(&service.endpoint()) && shown.contains("chat"),
        "the rest is: {shown}"
    );
}

#[tokio::test]
async fn no_error_prints_a_body_that_may_hold_a_token() {
    let body = r#"{"token":"eyJhbGciOi.x.y","code":"C","message":"m"}"#;
    let server = Server::responding(vec![response(201, &[], body)]).await;
    let error = hub_at(&server.endpoint(), Host::new())
        .send_to_all(Message::text("x"))
        .await
        .unwrap_err();
    hidden(&error);
    let shown = format!("{error:?} {error}");
    assert!(shown.contains("201") && shown.contains("\"C\""), "{shown}");
}

#[test]
fn debug_output_of_a_request_has_no_secret() {
    let header = |name: &str, value: &str| (String::from(name), String::from(value));
    let request = webpubsub_edge::operation::Request {
        method: webpubsub_edge::operation::Method::Post,
        url: "https://a.example/token?code=hush&api-version=1".into(),
        headers: vec![
            header("Authorization", "Bearer hush"),
            header("x-mine", "hush"),
            header("Accept", "a/b"),
        ],
        body: Some(String::from("client_secret=hush")),
    };
    let shown = format!("{request:?} {request:#?}");
    assert!(!shown.contains("hush"), "{shown}");
    assert!(
        shown.contains("a/b") && shown.contains("api-version=1"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_error_does_not_repeat_the_token_that_the_service_echoes() {
    use axum::body::Body;
    let mut server = Server::start(|request, _| {
        let said = request.header("authorization").unwrap();
        let body = serde_json::json!({"code": said, "message": format!("bad {said}"), "target": said});
        let mut response = axum::http::Response::new(Body::from(body.to_string()));
        *response.status_mut() = axum::http::StatusCode::BAD_REQUEST;
        response.headers_mut().insert("x-echo", said.parse().unwrap());
        response
    })
    .await;
    let journal = Arc::new(Mutex::new(String::new()));
    let records = Arc::clone(&journal);
    let mut log = LogOptions::new(move |attempt| *records.lock().unwrap() += &format!("{attempt:?}"));
    log.log_bodies = true;
    log.shown.additional_allowed_header_names.push("x-echo".into());
    let error = hub_at(&server.endpoint(), Host::new())
        .send_to_all(Message::text("x"))
        .log(log)
        .await
        .unwrap_err();
    let token = server
        .next()
        .await
        .header("authorization")
        .unwrap()
        .replace("Bearer ", "");
    let webpubsub_edge::Error::Service(service) = &error else {
        panic!("{error:?}")
    };
    let shown = format!(
        "{error} {error:?} {} {} {:?}",
        error.code(),
        service.body,
        service.headers
    );
    assert!(!shown.contains(&token), "{shown}");
    let logged = journal.lock().unwrap();
    assert!(
        logged.contains("x-echo") && logged.contains("bad Bearer"),
        "{logged}"
    );
    assert!(!logged.contains(&token), "{logged}");
}
