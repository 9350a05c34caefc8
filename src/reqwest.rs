//! The transport over reqwest, for servers: with rustls, and tokio's timers.
//!
//! In here: [`Http`], a [`Transport`] for every target but wasm32. Not in here: the transport over `fetch` (`web/`), what
//! is retried (`core/judge.rs`).

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{fmt, time::Duration};
use std::{
    hash::{BuildHasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

use ::reqwest::{Client, ClientBuilder, Method as HttpMethod, redirect::Policy, retry};

use crate::{
    core::judge::MAX_RESPONSE_BYTES,
    error::{Result, TransportError},
    operation::{Method, Request},
    service::{Response, Transport},
};

/// A transport over [`reqwest::Client`]. Clones share its connections.
///
/// It follows no redirects and repeats no request, whatever its builder says: a token is for one URL only, and only the
/// client knows which requests may be repeated. It sets no timeouts, because
/// [`ClientOptions::timeout`](crate::ClientOptions::timeout) ends every call. Header values are Latin-1, as in `fetch`.
///
/// It needs a tokio runtime with timers.
///
/// ```no_run
/// use webpubsub_edge::{Message, WebPubSubServiceClient, reqwest::Http};
///
/// # async fn run() -> webpubsub_edge::Result<()> {
/// let connection_string = "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=key;Version=1.0;";
/// let service = WebPubSubServiceClient::from_connection_string(connection_string, "chat", Http::new()?)?;
/// service.send_to_all(Message::text("hello")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Http {
    client: Client,
    max_response_bytes: u32,
}

impl Http {
    /// Creates a transport with rustls, which trusts the CA certificates of this machine. Proxies are those of the
    /// environment: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
    ///
    /// # Errors
    /// [`Error::Transport`](crate::Error::Transport) if this machine has no CA certificates.
    pub fn new() -> Result<Self> {
        Self::with(Client::builder().tls_backend_rustls())
    }

    /// Creates a transport with options of your own: a proxy, further CA certificates, another TLS. Its policies for
    /// redirects and for retries are replaced.
    ///
    /// # Errors
    /// [`Error::Transport`](crate::Error::Transport) if the options exclude each other, or this machine has no CA
    /// certificates.
    pub fn with(builder: ClientBuilder) -> Result<Self> {
        let builder = builder.redirect(Policy::none()).retry(retry::never());
        let client = builder.build().map_err(|error| {
            let message = "The HTTP client could not be created: check the CA certificates of this machine and the \
                options of the builder";
            TransportError::network(message, Some(Arc::new(error)))
        })?;
        Ok(Self {
            client,
            max_response_bytes: MAX_RESPONSE_BYTES,
        })
    }

    /// The largest response that is read, in bytes, after decompression; a larger one is an error with the code
    /// `PARSE_ERROR`. Default: 4 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: u32) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Reads a body within the limit: a small one may be compressed from a huge one.
    async fn read(&self, mut response: ::reqwest::Response) -> Result<Vec<u8>, TransportError> {
        let url = response.url().clone();
        let failed = |error| failed(url.as_str(), error);
        let (mut body, mut left) = (Vec::new(), self.max_response_bytes as usize);
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            let rest = left.checked_sub(chunk.len());
            left = rest.ok_or_else(|| TransportError::too_large(self.max_response_bytes))?;
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl Transport for Http {
    type Body = Vec<u8>;
    type Response = Response;

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, TransportError> {
        let failed = |error| failed(&request.url, error);
        let mut sent = self.client.request(method(request.method), &request.url);
        for (name, value) in request.headers {
            sent = sent.header(name, to_latin1(&value));
        }
        if let Some(body) = request.body {
            sent = sent.body(body);
        }
        let response = sent.send().await.map_err(failed)?;
        let headers = response.headers().iter();
        Ok(Response {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.as_str().into(), from_latin1(value.as_bytes())))
                .collect(),
            body: self.read(response).await?,
        })
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn random(&self) -> u64 {
        RandomState::new().hash_one(())
    }
}

/// Shows neither the proxies of the builder, whose URLs may have passwords, nor its default headers.
impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}

/// The failure of a request to this URL, of which only the host is shown: its query may hold what no log may show.
fn failed(url: &str, error: ::reqwest::Error) -> TransportError {
    TransportError::no_response(url, Some(Arc::new(error.without_url())))
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::GET,
        Method::Head => HttpMethod::HEAD,
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
        Method::Patch => HttpMethod::PATCH,
        Method::Delete => HttpMethod::DELETE,
    }
}

/// The bytes of a header's value, whose characters the core has checked.
fn to_latin1(value: &str) -> Vec<u8> {
    value
        .chars()
        .map(|character| u8::try_from(character).unwrap_or(b'?'))
        .collect()
}

fn from_latin1(value: &[u8]) -> String {
    value.iter().copied().map(char::from).collect()
}
