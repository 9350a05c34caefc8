//! A scripted server: it responds as a test says, or never, and records its requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// How long to wait for a request that must arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The claims of its token, whoever signed it.
    pub(crate) fn claims(&self) -> Value {
        let token = self
            .header("authorization")
            .unwrap()
            .strip_prefix("Bearer ")
            .unwrap();
        jsonwebtoken::dangerous::insecure_decode(token).unwrap().claims
    }
}

pub(crate) struct Server {
    authority: String,
    received: UnboundedReceiver<Received>,
    given_up: UnboundedReceiver<()>,
}

/// Reports that the client gave up waiting for a response.
struct GivenUp(UnboundedSender<()>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

impl Server {
    /// A server that sends what `respond` returns, which is called with the request and the number of earlier ones.
    pub(crate) async fn start(
        respond: impl Fn(&Received, usize) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        Self::perhaps(move |request, before| Some(respond(request, before))).await
    }

    /// A server that sends these responses in order, and repeats the last one.
    pub(crate) async fn responding(responses: Vec<Response<&'static str>>) -> Self {
        Self::start(move |_, before| {
            let scripted = responses.get(before).or(responses.last()).unwrap();
            let mut response = Response::new(Body::from(*scripted.body()));
            *response.status_mut() = scripted.status();
            *response.headers_mut() = scripted.headers().clone();
            response
        })
        .await
    }

    /// A server that never responds.
    pub(crate) async fn silent() -> Self {
        Self::perhaps(|_, _| None).await
    }

    /// A server that responds to some requests only.
    pub(crate) async fn perhaps(
        respond: impl Fn(&Received, usize) -> Option<Response<Body>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let (sender, received) = unbounded_channel();
        let (tell, given_up) = unbounded_channel();
        let (respond, count) = (Arc::new(respond), Arc::new(AtomicUsize::new(0)));
        let app = Router::new().fallback(move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let request = Received {
                method,
                target: uri.to_string(),
                headers,
                body,
            };
            let response = respond(&request, count.fetch_add(1, Ordering::SeqCst));
            let _ = sender.send(request);
            let guard = response.is_none().then(|| GivenUp(tell.clone()));
            async move {
                if let Some(response) = response {
                    return response;
                }
                std::future::pending::<()>().await;
                drop(guard);
                Response::new(Body::empty())
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            authority,
            received,
            given_up,
        }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> Received {
        timeout(PATIENCE, self.received.recv())
            .await
            .expect("no request")
            .unwrap()
    }

    /// The requests that have arrived and were not taken yet.
    pub(crate) fn arrived(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }

    /// Waits until the client gives a request up.
    pub(crate) async fn given_up(&mut self) {
        timeout(PATIENCE, self.given_up.recv())
            .await
            .expect("the request goes on")
            .unwrap();
    }
}

/// A response.
pub(crate) fn response(
    status: u16,
    headers: &[(&'static str, &str)],
    body: &'static str,
) -> Response<&'static str> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}
