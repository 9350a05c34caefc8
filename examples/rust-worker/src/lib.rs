//! News in a Rust Worker: clients that connect with the URL from `/negotiate` receive what is posted to `/notify`.

use serde_json::{Value, json};
use uuid::Uuid;
use webpubsub_edge::events::{ConnectResponse, Event, EventResponse, Handler, Kind, StateChange};
use webpubsub_edge::{Error, Message, WebPubSubServiceClient, web::Fetch};
use worker::{Context, Env, HttpRequest, Method, Request, Response, event};

type Failure = Box<dyn std::error::Error>;

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _: Context) -> Result<Response, Failure> {
    let connection_string = env.secret("WEB_PUBSUB")?.to_string();
    let service = WebPubSubServiceClient::from_connection_string(&connection_string, "news", Fetch::new())?;
    match (request.method(), &*request.path()) {
        (Method::Get, "/negotiate") => {
            let access = service.get_client_access_token().user_id(Uuid::new_v4()).await?;
            Ok(Response::from_json(&json!({ "url": access.url }))?)
        }
        (Method::Post, "/notify") => {
            let news: Value = request.json().await?;
            service
                .group("readers")?
                .send_to_all(Message::json(&news)?)
                .await?;
            Ok(Response::empty()?.with_status(202))
        }
        _ => {
            // Events are verified with the key of the connection string; other requests get 404.
            let events = Handler::builder("news")
                .connection_string(connection_string)
                .build()?;
            let response = events.respond(HttpRequest::try_from(request)?, decide).await?;
            Ok(response.try_into()?)
        }
    }
}

/// The service asks before it accepts a client.
async fn decide(event: &Event<'_>, _body: Vec<u8>) -> Result<EventResponse, Error> {
    match event.kind() {
        Kind::Connect => ConnectResponse::new()
            .groups(&["readers"])
            .response(&StateChange::Keep),
        _ => Ok(EventResponse::empty()),
    }
}
