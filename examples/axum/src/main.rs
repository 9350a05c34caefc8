//! News with axum: clients that connect with the URL from `/negotiate` receive what is posted to `/notify`.

use std::env;
use std::net::Ipv4Addr;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;
use webpubsub_edge::events::{ConnectResponse, Event, EventResponse, Handler, Kind, StateChange};
use webpubsub_edge::{Error, Message, WebPubSubServiceClient, reqwest::Http};

#[derive(Clone)]
struct App {
    service: WebPubSubServiceClient<Http>,
    events: Handler,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection_string = env::var("WEB_PUBSUB").map_err(|_| "WEB_PUBSUB is not set")?;
    let app = App {
        service: WebPubSubServiceClient::from_connection_string(&connection_string, "news", Http::new()?)?,
        // Events are verified with the key of the connection string.
        events: Handler::builder("news")
            .connection_string(connection_string)
            .build()?,
    };
    let routes = Router::new()
        .route("/negotiate", get(negotiate))
        .route("/notify", post(notify))
        .route("/api/webpubsub/hubs/{hub}/", any(handle_event))
        .with_state(app);

    let port = env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    println!("Listening on port {port}");
    Ok(axum::serve(listener, routes).await?)
}

async fn negotiate(State(app): State<App>) -> Result<Json<Value>, Failed> {
    let access = app
        .service
        .get_client_access_token()
        .user_id(Uuid::new_v4())
        .await?;
    Ok(Json(json!({ "url": access.url })))
}

async fn notify(State(app): State<App>, Json(news): Json<Value>) -> Result<StatusCode, Failed> {
    app.service
        .group("readers")?
        .send_to_all(Message::json(&news)?)
        .await?;
    Ok(StatusCode::ACCEPTED)
}

async fn handle_event(State(app): State<App>, request: Request) -> Result<impl IntoResponse, Failed> {
    Ok(app.events.respond(request, decide).await?)
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

/// An error, which is logged; the response does not show it.
struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        eprintln!("{}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
