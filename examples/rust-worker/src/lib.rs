//! News in a Rust Worker: clients that connect with the URL from `/negotiate` receive what is posted to `/notify`.

use serde_json::{Value, json};
use uuid::Uuid;
use webpubsub_edge::events::{
    ConnectResponse, Event, EventResponse, Handler, Head, Kind, Received, StateChange,
};
use webpubsub_edge::{Message, WebPubSubServiceClient, web::Fetch};
use worker::{Context, Env, Headers, Method, Request, Response, event};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _: Context) -> Result<Response> {
    let connection_string = env.secret("WEB_PUBSUB")?.to_string();
    if let Some(response) = handle_event(&connection_string, &request)? {
        return respond(response);
    }

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
        _ => Ok(Response::error("Not found", 404)?),
    }
}

/// Handles the events of the service, which are verified with the key of the connection string. The service asks before it
/// accepts a client.
fn handle_event(connection_string: &str, request: &Request) -> Result<Option<EventResponse>> {
    let events = Handler::builder("news")
        .connection_string(connection_string)
        .build()?;
    let (method, url) = (request.method(), request.url()?);
    let headers: Vec<(String, String)> = request.headers().entries().collect();
    let headers = headers.iter().map(|(name, value)| (&**name, value.as_bytes()));
    let head = Head::new(method.as_ref(), url.as_str(), headers);
    Ok(match events.receive(head) {
        Received::Response(response) => Some(response),
        Received::Event(event) => Some(decide(&event)?),
        _ => None,
    })
}

fn decide(event: &Event) -> Result<EventResponse> {
    match event.kind() {
        Kind::Connect => Ok(ConnectResponse::new()
            .groups(&["readers"])
            .response(&StateChange::Keep)?),
        _ => Ok(EventResponse::empty()),
    }
}

fn respond(response: EventResponse) -> Result<Response> {
    let headers = Headers::new();
    for (name, value) in response.headers() {
        headers.set(name, value)?;
    }
    let status = response.status();
    Ok(Response::from_bytes(response.into_body())?
        .with_status(status)
        .with_headers(headers))
}
