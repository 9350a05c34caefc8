//! Requests and responses in the types of the crate `http`.

use std::convert::Infallible;
use std::sync::Mutex;

use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use futures_util::stream;
use webpubsub_edge::Error;
use webpubsub_edge::events::{Data, Event, EventResponse, Handler, Kind, Refusal, Reply, StateChange};

use crate::service::{self, ORIGIN, PATH, builder, handler};

/// A request of the service with a body.
fn request(request: &service::Request, body: impl Into<Body>) -> Request<Body> {
    let mut builder = Request::builder().method(request.method).uri(&request.target);
    for (name, value) in &request.headers {
        builder = builder.header(name, value.as_slice());
    }
    builder.body(body.into()).unwrap()
}

/// A text event with a body.
fn text_event(body: impl Into<Body>) -> Request<Body> {
    request(
        &service::Request::event("user.say").with("Content-Type", "text/plain"),
        body,
    )
}

/// A body of several pieces, without a length in front.
fn pieces(pieces: &[&'static str]) -> Body {
    let pieces: Vec<_> = pieces.iter().map(|piece| Ok::<_, Infallible>(*piece)).collect();
    Body::from_stream(stream::iter(pieces))
}

/// Answers with the text that came.
async fn echo(event: &Event<'_>, body: Vec<u8>) -> Result<EventResponse, Error> {
    let Kind::User(data_type) = event.kind() else {
        return Ok(EventResponse::empty());
    };
    match Data::read(data_type, body) {
        Ok(Data::Text(text)) => Reply::Text(text).response(&StateChange::Clear),
        Ok(_) => Refusal::status(415).response(None),
        Err(refusal) => Ok(refusal),
    }
}

/// The response of the handler, and whether it was asked to decide.
async fn respond(handler: &Handler, request: Request<Body>) -> (Response<Bytes>, bool) {
    let asked = Mutex::new(false);
    let decide = async |event: &Event<'_>, body: Vec<u8>| {
        *asked.lock().unwrap() = true;
        echo(event, body).await
    };
    let (parts, body) = handler.respond(request, decide).await.unwrap().into_parts();
    let body = axum::body::to_bytes(Body::new(body), usize::MAX).await.unwrap();
    (Response::from_parts(parts, body), asked.into_inner().unwrap())
}

#[tokio::test]
async fn an_event_is_decided_with_its_body() {
    for body in [Body::from("hello, all"), pieces(&["hello", ", ", "all"])] {
        let (response, asked) = respond(&handler(), text_event(body)).await;
        assert!(asked);
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(response.headers()["ce-connectionstate"], "e30=");
        assert_eq!(response.body(), "hello, all");
    }
    let (response, _) = respond(
        &handler(),
        request(&service::Request::event("sys.connected"), "{}"),
    )
    .await;
    assert_eq!((response.status().as_u16(), response.headers().len()), (204, 0));
}

#[test]
fn a_response_has_any_body_that_bytes_can_become() {
    let created = Reply::Binary(vec![0, 255]).response(&StateChange::Keep).unwrap();
    let response: Response<Vec<u8>> = created.into();
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert_eq!(response.into_body(), [0, 255]);
}

#[tokio::test]
async fn other_requests_are_responded_to_without_a_decision() {
    let (handshake, asked) = respond(
        &handler(),
        request(&service::Request::handshake(ORIGIN), Body::empty()),
    )
    .await;
    assert_eq!((handshake.status().as_u16(), asked), (200, false));
    assert_eq!(handshake.headers()["webhook-allowed-origin"], "*");
    for (other, status) in [
        (service::Request::event("user.say").at("/elsewhere"), 404),
        (service::Request::event("user.say").without("ce-signature"), 401),
        (
            service::Request::event("user.say").with("ce-connectionId", "forged"),
            401,
        ),
        (service::Request::event("sys.unknown"), 204),
    ] {
        let (response, asked) = respond(&handler(), request(&other, "hello")).await;
        assert_eq!((response.status().as_u16(), asked), (status, false));
    }
}

#[tokio::test]
async fn the_path_may_be_a_whole_url() {
    let target = format!("https://app.example{PATH}?code=1");
    let event = service::Request::event("sys.connected").at(&target);
    let (response, asked) = respond(&handler(), request(&event, "")).await;
    assert_eq!((response.status().as_u16(), asked), (204, true));
}

#[tokio::test]
async fn a_body_larger_than_the_limit_is_refused() {
    let limited = builder().max_body_bytes(5).build().unwrap();
    for (body, status) in [
        (Body::from("12345"), 200),
        (pieces(&["123", "45"]), 200),
        (Body::from("123456"), 413),
        (pieces(&["123", "456"]), 413),
    ] {
        let (response, asked) = respond(&limited, text_event(body)).await;
        assert_eq!((response.status().as_u16(), asked), (status, status == 200));
    }
    let endless = stream::repeat(Ok::<_, Infallible>("more"));
    let (response, _) = respond(&handler(), text_event(Body::from_stream(endless))).await;
    assert_eq!(response.status(), 413);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let body = Body::from_stream(stream::iter([Ok("half"), Err("reset")]));
    let (response, asked) = respond(&handler(), text_event(body)).await;
    assert_eq!((response.status().as_u16(), asked), (400, false));
    assert!(response.body().starts_with(b"The connection closed"));
}

#[tokio::test]
async fn the_error_of_a_decision_is_the_callers() {
    let failing = async |_: &Event<'_>, _: Vec<u8>| Err("the database is gone");
    let result = handler().respond(text_event("x"), failing).await;
    assert_eq!(result.unwrap_err(), "the database is gone");
}

/// The future of a request can be a task, which axum needs.
#[tokio::test]
async fn a_request_may_be_a_task() {
    let task = tokio::spawn(async { respond(&handler(), text_event("hi")).await });
    assert!(task.await.unwrap().1);
}
