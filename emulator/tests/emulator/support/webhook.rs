//! An event handler that remembers what it was sent and answers as told.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use axum::serve::Listener;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::tls;

/// One request to the handler.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The event's name without the common prefix, for example `sys.connect`.
    pub(crate) fn event(&self) -> &str {
        self.header("ce-type")
            .strip_prefix("azure.webpubsub.")
            .unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(crate) struct Webhook {
    origin: String,
    received: UnboundedReceiver<Received>,
}

impl Webhook {
    /// Agrees to the handshake and answers events with `answer`.
    pub(crate) async fn start(answer: impl Fn(&Received) -> Response<Body> + Send + Sync + 'static) -> Self {
        Self::bare(move |request| match request.method {
            Method::OPTIONS => {
                let mut agreed = ok();
                agreed
                    .headers_mut()
                    .insert("webhook-allowed-origin", "*".parse().unwrap());
                agreed
            }
            _ => answer(request),
        })
        .await
    }

    /// Answers everything, the handshake too, with `answer`.
    pub(crate) async fn bare(answer: impl Fn(&Received) -> Response<Body> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        Self::serve(listener, origin, answer)
    }

    /// One over https that agrees to all, and its certificate as PEM.
    pub(crate) async fn over_tls() -> (Self, String) {
        let (listener, pem) = tls::Listener::bind().await;
        let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let agree = |_: &Received| {
            let mut agreed = ok();
            agreed
                .headers_mut()
                .insert("webhook-allowed-origin", "*".parse().unwrap());
            agreed
        };
        (Self::serve(listener, origin, agree), pem)
    }

    fn serve<L: Listener>(
        listener: L,
        origin: String,
        answer: impl Fn(&Received) -> Response<Body> + Send + Sync + 'static,
    ) -> Self
    where
        L::Addr: std::fmt::Debug,
    {
        let (sender, received) = unbounded_channel();
        let answer = Arc::new(answer);
        let app = Router::new().fallback(move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let request = Received {
                method,
                target: uri.to_string(),
                headers,
                body,
            };
            let response = answer(&request);
            let _ = sender.send(request);
            std::future::ready(response)
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { origin, received }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> Received {
        timeout(Duration::from_secs(20), self.received.recv())
            .await
            .expect("no request")
            .unwrap()
    }

    /// Checks that nothing has come since the last request that was taken.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.received.try_recv().is_err()
    }

    /// The next request that is an event.
    pub(crate) async fn next_post(&mut self) -> Received {
        loop {
            let request = self.next().await;
            if request.method == Method::POST {
                return request;
            }
        }
    }

    /// The next request that is an event, which must be this one.
    pub(crate) async fn event(&mut self, name: &str) -> Received {
        let request = self.next_post().await;
        assert_eq!(request.event(), name);
        request
    }
}

/// 200 with nothing.
pub(crate) fn ok() -> Response<Body> {
    Response::new(Body::empty())
}

/// A status, a content type and a body.
pub(crate) fn answer(status: u16, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
        .headers_mut()
        .insert("content-type", content_type.parse().unwrap());
    response
}
